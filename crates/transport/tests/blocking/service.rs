//! The client against our own server, which runs on a runtime of the test.

use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use larder_core::{Clocks, ErrorKind, Session, Settings, Why};
use larder_transport::blocking::{CallError, Client, Once, Options, Positioned, Seekable, Writer};
use larder_transport::server::Plain;
use tokio::runtime::Runtime;

use crate::api::{Add, Echo, Fault, Fetch, Login, Put, Shelf, Stored};
use crate::shelf::{How, Running, file, start_with, sum};

const SIZE: usize = 8 << 20;

/// The service, and the runtime that keeps it going.
fn serve(how: How) -> (Runtime, Running) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let running = runtime.block_on(start_with(how, Plain));
    (runtime, running)
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

/// Its observer panics in the middle of the login that it leads: another leads the next one.
#[test]
fn a_leader_that_panics_stands_in_nobodys_way() {
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
    let (runtime, mut server) = serve(How::default());
    let client = client();
    for number in 0..50 {
        let text = number.to_string();
        assert_eq!(client.call(Add { text: text.clone() }, server.settings()).unwrap().text, text);
    }
    drop(client);
    drop(server.stop.take());
    let report = runtime.block_on(server.report).unwrap();
    assert_eq!(report.aborted, 0, "{report:?}");
}
