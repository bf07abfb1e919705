//! The client against our own server, which runs on a runtime of the test.

use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use larder_core::{
    Action, Call, ClientMachine, Clocks, ErrorKind, Failure, Input, Machine, Meta, Misuse, Phase, Session, Settings, Shared,
    Time, Why,
};
use larder_transport::blocking::{CallError, Client, Once, Options, Positioned, Seekable, Writer};
use larder_transport::server::{Accept, Plain};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::api::{Add, Echo, Fault, Fetch, Login, Put, Shelf, Stored};
use crate::shelf::{How, Running, file, start_with, sum};

const SIZE: usize = 8 << 20;

/// The service, and the runtime that keeps it going.
fn serve(how: How) -> (Runtime, Running) {
    serve_with(how, Plain)
}

fn serve_with(how: How, layer: impl Accept) -> (Runtime, Running) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let running = runtime.block_on(start_with(how, layer));
    (runtime, running)
}

/// Counts connections.
struct Counting(Arc<AtomicUsize>);

impl Accept for Counting {
    type Io = TcpStream;
    const IS_SECURE: bool = false;

    async fn accept(&self, tcp: TcpStream) -> io::Result<TcpStream> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(tcp)
    }
}

fn client() -> Client<Shelf> {
    Client::new(Session::with_login(Login { user: "u".to_owned() }), Options::default())
}

fn echo(text: &str) -> Echo {
    Echo { text: text.to_owned() }
}

fn put(name: &str) -> Put {
    Put { name: name.to_owned() }
}

#[test]
fn two_hundred_threads_need_one_login() {
    let (_runtime, mut server) = serve(How { logins_wait: true, ..How::default() });
    let (client, together) = (client(), Arc::new(Barrier::new(200)));
    let threads: Vec<_> = (0..200)
        .map(|number| {
            let (client, settings, together) = (client.clone(), server.settings(), Arc::clone(&together));
            thread::spawn(move || {
                together.wait();
                client.call(echo(&number.to_string()), settings).unwrap().text
            })
        })
        .collect();
    assert_eq!(server.entered.blocking_recv(), Some("login"));
    server.state.gate.add_permits(1);
    for (number, thread) in threads.into_iter().enumerate() {
        assert_eq!(thread.join().unwrap(), number.to_string());
    }
    assert_eq!((server.state.logins.load(Ordering::SeqCst), server.state.echoes.load(Ordering::SeqCst)), (1, 200));
}

#[test]
fn who_waits_for_anothers_login_has_a_deadline() {
    let (_runtime, mut server) = serve(How { logins_wait: true, ..How::default() });
    let client = client();
    let leader = thread::spawn({
        let (client, settings) = (client.clone(), server.settings());
        move || client.call(echo("leader"), settings).unwrap().text
    });
    assert_eq!(server.entered.blocking_recv(), Some("login"));
    let clocks = Clocks { total: Duration::from_millis(50).into(), ..Clocks::default() };
    let error = client.call(echo("late"), Settings { clocks, ..server.settings() }).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Deadline(Why::Session));
    server.state.gate.add_permits(1);
    assert_eq!(leader.join().unwrap(), "leader");
}

/// A machine that panics with the first word of its peer.
#[derive(Debug)]
struct Trap(Call<Echo>);

impl Machine for Trap {
    type Shared = Shared<Shelf>;
    type Input = Input;
    type Action = Action<Echo, Fault>;

    fn poll(&mut self, now: Time, shared: &mut Shared<Shelf>) -> Self::Action {
        self.0.poll(now, shared)
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        assert!(!matches!(input, Input::Head { .. }), "a machine that panics, on purpose");
        self.0.handle(input)
    }
}

impl ClientMachine<Shelf> for Trap {
    type Answer = Echo;

    fn about(&self) -> (&'static Meta, &str) {
        self.0.about()
    }

    fn abandon(&mut self, shared: &mut Shared<Shelf>) {
        self.0.abandon(shared);
    }
}

#[test]
fn a_leader_that_panics_in_its_login_stands_in_nobodys_way() {
    let (_runtime, mut server) = serve(How { logins_wait: true, ..How::default() });
    let client = client();
    let leader = thread::spawn({
        let (client, trap) = (client.clone(), Trap(Call::new(echo("leader"), server.settings())));
        move || client.drive(trap, (), ()).is_ok()
    });
    assert_eq!(server.entered.blocking_recv(), Some("login"));
    let others = [0, 1, 2].map(|number: u8| {
        let (client, settings) = (client.clone(), server.settings());
        thread::spawn(move || client.call(echo(&number.to_string()), settings).unwrap().text)
    });
    server.state.gate.add_permits(1);
    assert!(leader.join().is_err(), "it panicked");
    // One of the others leads the next login.
    assert_eq!(server.entered.blocking_recv(), Some("login"));
    server.state.gate.add_permits(1);
    assert_eq!(others.map(|other| other.join().unwrap()), ["0", "1", "2"]);
    assert_eq!(server.state.logins.load(Ordering::SeqCst), 2);
}

#[test]
fn a_source_that_panics_stands_in_nobodys_way() {
    struct Panics;
    impl larder_transport::blocking::Source for Panics {
        fn read(&mut self, _: u64, _: usize) -> io::Result<Option<Bytes>> {
            panic!("a source that panics, on purpose")
        }
    }
    let (_runtime, server) = serve(How::default());
    let client = client();
    let call = AssertUnwindSafe(|| client.upload(put("a"), server.settings(), Panics));
    assert!(catch_unwind(call).is_err());
    assert_eq!(client.call(echo("after"), server.settings()).unwrap().text, "after");
    assert_eq!(server.state.logins.load(Ordering::SeqCst), 1);
}

#[test]
fn a_file_arrives_from_every_kind_of_source() {
    let ((_runtime, server), client) = (serve(How::default()), client());
    let whole = file(0, SIZE);
    let expected = Stored { length: SIZE as u64, sum: sum(0, &whole) };
    let cursor = || Cursor::new(whole.clone());
    assert_eq!(client.upload(put("a"), server.settings(), whole.clone()).unwrap(), expected);
    assert_eq!(client.upload(put("a"), server.settings(), Seekable::new(cursor(), Some(SIZE as u64))).unwrap(), expected);
    // Chunked, since nobody knows the length.
    assert_eq!(client.upload(put("a"), server.settings(), Once::new(cursor(), None)).unwrap(), expected);
    let empty = Stored { length: 0, sum: 0 };
    assert_eq!(client.upload(put("a"), server.settings(), Bytes::new()).unwrap(), empty);
    let mut on_disk = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut on_disk, &[&b"before"[..], &whole, b"after"].concat()).unwrap();
    let on_disk = Arc::new(on_disk);
    let part = Positioned::new(Arc::clone(&on_disk), 6).with_length(SIZE as u64);
    assert_eq!(client.upload(put("a"), server.settings(), part).unwrap(), expected);
    let rest = Positioned::new(on_disk, 6 + SIZE as u64).with_length(5);
    assert_eq!(client.upload(put("a"), server.settings(), rest).unwrap(), Stored { length: 5, sum: sum(0, b"after") });
}

#[test]
fn a_file_arrives_in_every_kind_of_sink() {
    let ((_runtime, server), client) = (serve(How::default()), client());
    let fetch = || Fetch { length: SIZE as u64 };
    let (mut first, mut second) = (Vec::new(), Vec::new());
    client.download(fetch(), server.settings(), &mut first).unwrap();
    client.download(fetch(), server.settings(), Writer(&mut second)).unwrap();
    let on_disk = Arc::new(tempfile::tempfile().unwrap());
    client.download(fetch(), server.settings(), Positioned::new(Arc::clone(&on_disk), 6)).unwrap();
    let mut third = Vec::new();
    io::Read::read_to_end(&mut &*on_disk, &mut third).unwrap();
    assert!(first == file(0, SIZE) && second == first);
    assert!(third[..6] == [0; 6] && third[6..] == first);
    client.download(Fetch { length: 0 }, server.settings(), ()).unwrap();
}

#[test]
fn an_early_refusal_reaches_a_client_that_is_still_sending() {
    let ((_runtime, server), client) = (serve(How::default()), client());
    for _ in 0..10 {
        let error = client.upload(put("refuse"), server.settings(), file(0, 32 << 20)).unwrap_err();
        let CallError::Call(error) = error else { panic!("{error}") };
        assert_eq!(error.fault(), Some(&Fault::new(507, "full")));
        assert_eq!(error.attempts.iter().filter(|attempt| attempt.operation.name == "Put").count(), 1);
    }
}

/// Far more than buffers hold, to a sink that holds it back.
#[test]
fn a_slow_sink_holds_the_server_back() {
    struct Slow(Arc<crate::shelf::State>, u64);
    impl larder_transport::blocking::Sink for Slow {
        fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
            assert_eq!(offset, self.1);
            self.1 += chunk.len() as u64;
            thread::yield_now();
            assert!(self.0.read.load(Ordering::SeqCst) < self.1 + (24 << 20));
            Ok(())
        }
    }
    let (_runtime, server) = serve(How::default());
    let sink = Slow(Arc::clone(&server.state), 0);
    client().download(Fetch { length: 96 << 20 }, server.settings(), sink).unwrap();
}

#[test]
fn one_call_after_the_other_takes_one_connection() {
    let connections = Arc::new(AtomicUsize::new(0));
    let (runtime, mut server) = serve_with(How::default(), Counting(Arc::clone(&connections)));
    let client = client();
    for number in 0..50 {
        let text = number.to_string();
        assert_eq!(client.call(Add { text: text.clone() }, server.settings()).unwrap().text, text);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    drop(client);
    drop(server.stop.take());
    let report = runtime.block_on(server.report).unwrap();
    assert_eq!(report.aborted, 0, "{report:?}");
}

/// An address where nobody answers: its line of connections is full, and the kernel drops what else comes.
#[test]
fn an_address_that_does_not_answer_ends_by_the_connect_clock() {
    const SHORT: Duration = Duration::from_millis(100);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.listen(1).unwrap()
    });
    let address = listener.local_addr().unwrap();
    let connect = || std::net::TcpStream::connect_timeout(&address, SHORT);
    let waiting: Vec<_> = core::iter::from_fn(|| connect().ok()).take(64).collect();
    assert!(waiting.len() < 64, "the line has no end");
    let clocks = Clocks { connect: SHORT.into(), ..Clocks::default() };
    let mut settings = Settings { clocks, ..crate::shelf::settings(&format!("http://{address}")) };
    settings.policy.attempts = 1;
    let began = Instant::now();
    let error = client().call(echo("a"), settings).unwrap_err();
    let phases: Vec<_> = error.attempts.iter().map(|attempt| attempt.phase).collect();
    assert_eq!((&error.kind, phases), (&ErrorKind::Failure(Failure::Connect), vec![Phase::Connect]));
    assert!((SHORT..Duration::from_secs(20)).contains(&began.elapsed()), "{:?}", began.elapsed());
}
