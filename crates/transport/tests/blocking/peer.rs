//! Servers by script, each on a thread of its own.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use larder_core::{Error, ErrorKind, Phase, Policy, Secret, Session, Settings, Target};
use larder_transport::blocking::{Client, Options};

use crate::api::{Add, Echo, Fault, Put, Shelf};

pub(crate) const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}";
pub(crate) const STORED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"length\":4,\"sum\":0}";

/// A server that takes one connection after the other, and what it does with each.
pub(crate) struct Peer {
    pub(crate) settings: Settings<Shelf>,
    /// Told what `serve` returned, connection by connection, after it was dropped.
    pub(crate) done: Receiver<usize>,
    thread: JoinHandle<()>,
}

/// Calls `serve` with each connection and its number. Ends after so many.
pub(crate) fn peer(connections: usize, mut serve: impl FnMut(TcpStream, usize) -> usize + Send + 'static) -> Peer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    let (told, done) = channel();
    let thread = thread::spawn(move || {
        for number in 0..connections {
            let (tcp, _) = listener.accept().unwrap();
            let _ = told.send(serve(tcp, number));
        }
    });
    Peer { settings, done, thread }
}

impl Peer {
    /// What it returned for all connections that nobody asked for yet, when it has seen the last one.
    pub(crate) fn join(self) -> Vec<usize> {
        self.thread.join().unwrap();
        self.done.iter().collect()
    }
}

/// A server that says `script` to the requests of each connection in turn, then closes it. Returns how many requests came.
pub(crate) fn script(script: &'static [&'static [&'static str]]) -> Peer {
    peer(script.len(), move |mut tcp, number| {
        let mut count = 0;
        for answer in script[number] {
            if !request(&mut tcp) {
                break;
            }
            count += 1;
            tcp.write_all(answer.as_bytes()).unwrap();
        }
        count
    })
}

/// Reads a request up to its last byte, which is a brace; false at the end.
pub(crate) fn request(tcp: &mut TcpStream) -> bool {
    upto(tcp, |all| all.ends_with(b"}"))
}

/// Reads until this is so; false at the end.
pub(crate) fn upto(tcp: &mut TcpStream, is_all: impl Fn(&[u8]) -> bool) -> bool {
    let (mut all, mut room) = (Vec::new(), [0; 4096]);
    while !is_all(&all) {
        match tcp.read(&mut room) {
            Ok(0) | Err(_) => return false,
            Ok(count) => all.extend_from_slice(&room[..count]),
        }
    }
    true
}

/// Reads on until the client closes. The number of bytes.
pub(crate) fn drain(tcp: &mut TcpStream) -> usize {
    let (mut sum, mut room) = (0, vec![0; 1 << 16]);
    while let Ok(count @ 1..) = tcp.read(&mut room) {
        sum += count;
    }
    sum
}

/// Retries that do not take long.
pub(crate) fn settings(target: &str) -> Settings<Shelf> {
    let policy = Policy { base: Duration::from_millis(1), ..Policy::default() };
    Settings { policy, ..Settings::new(Target::parse(target).unwrap()) }
}

/// No login, since these servers know none.
pub(crate) fn client() -> Client<Shelf> {
    Client::new(Session::with_token(Secret::new("t")), Options::default())
}

pub(crate) fn echo() -> Echo {
    Echo { text: "a".to_owned() }
}

pub(crate) fn add() -> Add {
    Add { text: "a".to_owned() }
}

pub(crate) fn put() -> Put {
    Put { name: "a".to_owned() }
}

pub(crate) fn kind<T>(result: Result<T, Box<Error<Fault>>>) -> (ErrorKind<Fault>, Phase) {
    result.err().map(|error| (error.kind, error.phase)).unwrap()
}
