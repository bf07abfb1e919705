//! The line between client and server: it carries everything, and does what lines do at the worst moment.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A line to wherever the server is now.
#[derive(Clone)]
pub(crate) struct Line(Arc<State>);

struct State {
    address: SocketAddr,
    server: Mutex<Option<SocketAddr>>,
    /// Bytes that went to the server.
    sent: AtomicU64,
    /// The next reply does not arrive.
    loses: AtomicBool,
    lost: AtomicU64,
    /// The newest session's token that passed.
    token: Mutex<Option<String>>,
}

impl Line {
    /// Listens on a port of its own.
    pub(crate) fn open() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let state = State {
            address: listener.local_addr()?,
            server: Mutex::new(None),
            sent: AtomicU64::new(0),
            loses: AtomicBool::new(false),
            lost: AtomicU64::new(0),
            token: Mutex::new(None),
        };
        let line = Self(Arc::new(state));
        let accepting = line.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let line = accepting.clone();
                thread::spawn(move || line.carry(&client));
            }
        });
        Ok(line)
    }

    /// Where clients connect to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Where the server is; none while it is dead.
    pub(crate) fn leads_to(&self, server: Option<SocketAddr>) {
        *self.0.server.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }

    /// Bytes that went to the server, heads included.
    pub(crate) fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// The next reply will not arrive.
    pub(crate) fn lose_a_reply(&self) {
        self.0.loses.store(true, Ordering::Relaxed);
    }

    /// Replies that did not arrive.
    pub(crate) fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    /// Ends the client's session behind its back, as twenty idle minutes would.
    pub(crate) fn end_session(&self) -> io::Result<()> {
        let token = self.0.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let token = token.ok_or_else(|| io::Error::other("no login has passed yet"))?;
        let mut server = self.server()?;
        let body = format!("sessionToken={token}");
        let length = body.len();
        write!(
            server,
            "POST /ws/Authentication/Logout.ashx HTTP/1.1\r\nHost: operator\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut reply = String::new();
        server.read_to_string(&mut reply)?;
        let is_over = reply.contains("<ResponseCode>0</ResponseCode>");
        if is_over { Ok(()) } else { Err(io::Error::other("the session could not be ended")) }
    }

    fn server(&self) -> io::Result<TcpStream> {
        let server = *self.0.server.lock().unwrap_or_else(PoisonError::into_inner);
        TcpStream::connect(server.ok_or(io::ErrorKind::ConnectionRefused)?)
    }

    /// Carries one connection, until either side ends it. Without a server it ends at once.
    fn carry(&self, client: &TcpStream) {
        if let Ok(server) = self.server() {
            let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _ = self.to_server(client, &server);
                    cut(client, &server);
                });
                let _ = self.to_client(&server, client);
                cut(client, &server);
            });
        }
    }

    fn to_server(&self, mut client: &TcpStream, mut server: &TcpStream) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = client.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            server.write_all(&buffer[..count])?;
            self.0.sent.fetch_add(count as u64, Ordering::Relaxed);
        }
    }

    fn to_client(&self, mut server: &TcpStream, mut client: &TcpStream) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let count = server.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            if self.0.loses.swap(false, Ordering::Relaxed) {
                self.0.lost.fetch_add(1, Ordering::Relaxed);
                return Ok(());
            }
            self.watch(&buffer[..count]);
            client.write_all(&buffer[..count])?;
        }
    }

    /// Keeps a session's token that passes.
    fn watch(&self, reply: &[u8]) {
        let text = String::from_utf8_lossy(reply);
        // XML or JSON: an element's end, or a colon and quotes, stand before it.
        let rest = text.split_once("SessionToken").map(|(_, rest)| rest.trim_start_matches(['>', '"', ':', ' ']));
        let token = rest.and_then(|rest| rest.split_once(['<', '"']));
        if let Some((token, _)) = token {
            *self.0.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.to_owned());
        }
    }
}

fn cut(client: &TcpStream, server: &TcpStream) {
    // Whichever is closed already needs no more.
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
