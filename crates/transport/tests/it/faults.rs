//! Peers that close, answer early, dawdle or speak no TLS.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use larder_core::{Clocks, ErrorKind, Failure, PeerFlaw, Phase, Secret, Session, Settings, Verdict};
use larder_transport::Client;
use larder_transport::client::{CallError, Options, Sink, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::api::{Add, Echo, Fault, Fetch, Put, Shelf, Stored};
use crate::shelf::{file, settings};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}";

fn client() -> Client<Shelf> {
    Client::new(Session::with_token(Secret::new("t")), Options::default())
}

async fn listen() -> (TcpListener, Settings<Shelf>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    (listener, settings)
}

fn echo() -> Echo {
    Echo { text: "a".to_owned() }
}

fn add() -> Add {
    Add { text: "a".to_owned() }
}

fn put() -> Put {
    Put { name: "a".to_owned() }
}

/// Reads up to the end of a small message, which is a brace.
async fn request(tcp: &mut TcpStream) {
    let mut all = Vec::new();
    while !all.ends_with(b"}") {
        assert_ne!(tcp.read_buf(&mut all).await.unwrap(), 0);
    }
}

/// After this, the runtime has seen what happened to any socket before.
async fn turn() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (ours, theirs) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
    theirs.unwrap().0.write_all(b"x").await.unwrap();
    ours.unwrap().read_exact(&mut [0]).await.unwrap();
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_before_we_send_costs_nothing() {
    let (listener, settings) = listen().await;
    let (closed, is_closed) = oneshot::channel();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.write_all(ANSWER).await.unwrap();
        drop(tcp);
        closed.send(()).unwrap();
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.write_all(ANSWER).await.unwrap();
        let _ = tcp.read(&mut [0]).await;
    });
    let client = client();
    client.call(add(), settings.clone()).await.unwrap();
    is_closed.await.unwrap();
    turn().await;
    let report = client.report(add(), settings).await.unwrap();
    assert_eq!((report.answer.text.as_str(), report.attempts.len(), report.recovered), ("a", 1, None));
    assert_eq!(report.attempts[0].verdict, Verdict::Success);
}

/// A service that times a connection out says so before it closes: that is no answer to what is sent next.
#[tokio::test]
async fn what_was_said_on_a_kept_connection_is_no_answer_to_the_next_request() {
    let (listener, settings) = listen().await;
    let (closed, is_closed) = oneshot::channel();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.write_all(ANSWER).await.unwrap();
        tcp.write_all(b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        closed.send(tcp).unwrap();
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.write_all(ANSWER).await.unwrap();
        let _ = tcp.read(&mut [0]).await;
    });
    let client = client();
    client.call(add(), settings.clone()).await.unwrap();
    let _still_open = is_closed.await.unwrap();
    turn().await;
    assert_eq!(client.report(add(), settings).await.unwrap().attempts.len(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_closes_at_the_first_byte_may_have_taken_the_request() {
    let (listener, settings) = listen().await;
    tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            request(&mut tcp).await;
            tcp.write_all(ANSWER).await.unwrap();
            let _ = tcp.read(&mut [0]).await;
        }
    });
    let client = client();
    client.call(echo(), settings.clone()).await.unwrap();
    let error = client.call(add(), settings.clone()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert!(error.phase >= Phase::Send);
    client.call(echo(), settings.clone()).await.unwrap();
    let report = client.report(echo(), settings).await.unwrap();
    let verdicts: Vec<_> = report.attempts.iter().map(|attempt| attempt.verdict).collect();
    assert_eq!(verdicts, [Verdict::Failed(Failure::Reset), Verdict::Success]);
}

/// Answers when it has seen some of the upload, then closes at once or reads to the end; what came after is gone.
async fn answers_early(listener: TcpListener, answer: &'static [u8], closes: bool) {
    let (mut tcp, _) = listener.accept().await.unwrap();
    let mut some = vec![0; 64 << 10];
    tcp.read_exact(&mut some).await.unwrap();
    tcp.write_all(answer).await.unwrap();
    if closes {
        // With bytes unread: the client is told by a reset.
        return;
    }
    let mut total = some.len();
    while let Ok(count @ 1..) = tcp.read(&mut some).await {
        total += count;
    }
    assert!(total < 64 << 20, "all of it was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_early_answer_ends_a_large_upload_also_when_a_reset_follows_it() {
    let too_large =
        b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 29\r\n\r\n{\"status\":413,\"text\":\"large\"}";
    let fault = b"HTTP/1.1 200 OK\r\ncontent-length: 28\r\n\r\n{\"status\":507,\"text\":\"full\"}";
    let html = b"HTTP/1.1 413 Too Large\r\ncontent-length: 6\r\n\r\n<html>";
    let expected = [
        (&too_large[..], ErrorKind::Fault(Fault::new(413, "large"))),
        (fault, ErrorKind::Fault(Fault::new(507, "full"))),
        (html, ErrorKind::Peer(PeerFlaw::Status(413))),
    ];
    let large = Bytes::from(vec![b'x'; 64 << 20]);
    for (answer, kind) in expected {
        for closes in [false, true, true, true, true] {
            let (listener, settings) = listen().await;
            let server = tokio::spawn(answers_early(listener, answer, closes));
            let error = client().upload(put(), settings, large.clone()).await.unwrap_err();
            let CallError::Call(error) = error else { panic!("{error}") };
            assert_eq!((&error.kind, error.attempts.len()), (&kind, 1));
            // It ends only when our connection is closed.
            server.await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_end_instead_of_an_answer_is_a_broken_connection() {
    let (listener, settings) = listen().await;
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.shutdown().await.unwrap();
        // Our half is open: only the client's close ends this.
        assert_eq!(tcp.read(&mut [0]).await.unwrap_or(0), 0);
    });
    let error = client().call(add(), settings).await.unwrap_err();
    assert_eq!((&error.kind, error.phase), (&ErrorKind::OutcomeUnknown(Failure::Reset), Phase::Await));
}

#[tokio::test]
async fn an_answer_that_ends_with_the_servers_half_is_whole() {
    let (listener, settings) = listen().await;
    let server = tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        request(&mut tcp).await;
        tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"text\":\"a\"}").await.unwrap();
        tcp.shutdown().await.unwrap();
        assert_eq!(tcp.read(&mut [0]).await.unwrap_or(0), 0);
    });
    assert_eq!(client().call(add(), settings).await.unwrap().text, "a");
    server.await.unwrap();
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_stalled() {
    let (listener, target) = listen().await;
    let clocks = Clocks { stall: Duration::from_millis(100).into(), ..Clocks::default() };
    let settings = Settings { clocks, ..target };
    // It has a socket, and nobody reads from it.
    let error = client().upload(put(), settings, Bytes::from(vec![b'x'; 64 << 20])).await.unwrap_err();
    let CallError::Call(error) = error else { panic!("{error}") };
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Silence), 4));
    drop(listener);
}

const SLOW: Duration = Duration::from_millis(200);

struct SlowSource(u32);

impl Source for SlowSource {
    async fn read(&mut self, _: u64, _: usize) -> io::Result<Option<Bytes>> {
        sleep(SLOW).await;
        self.0 += 1;
        Ok((self.0 < 4).then(|| Bytes::from_static(b"some")))
    }
}

struct SlowSink;

impl Sink for SlowSink {
    async fn write(&mut self, _: u64, _: Bytes) -> io::Result<()> {
        sleep(SLOW).await;
        Ok(())
    }
}

/// The caller's slowness is nobody's stall.
#[tokio::test]
async fn a_slow_caller_is_waited_for() {
    let server = crate::shelf::start().await;
    let clocks = Clocks { stall: (SLOW / 2).into(), first_byte: (SLOW / 2).into(), ..Clocks::default() };
    let settings = Settings { clocks, ..server.settings() };
    let client = crate::shelf::client();
    assert_eq!(client.upload(put(), settings.clone(), SlowSource(0)).await.unwrap().length, 12);
    client.download(Fetch { length: 2 << 20 }, settings, SlowSink).await.unwrap();
}

#[tokio::test]
async fn connecting_has_a_clock_of_its_own() {
    // Its queue is full, and nobody accepts.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(tcp) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await {
        queue.push(tcp.unwrap());
    }
    let clocks = Clocks { connect: Duration::from_millis(50).into(), ..Clocks::default() };
    let settings = Settings { clocks, ..settings(&format!("http://{address}")) };
    let error = client().call(add(), settings).await.unwrap_err();
    assert_eq!((&error.kind, error.phase), (&ErrorKind::Failure(Failure::Connect), Phase::Connect));
    assert_eq!(error.attempts.len(), 4, "nothing was sent: also what must not be repeated is tried again");
    assert!(error.attempts.iter().all(|attempt| attempt.phase == Phase::Connect));
}

#[cfg(feature = "tls")]
mod tls {
    use super::*;

    /// What a client of `https` meets when this is said to it; it trusts `trusted`, if anybody.
    async fn met(answer: &'static [u8], closes: bool) -> Box<larder_core::Error<Fault>> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = settings(&format!("https://{}", listener.local_addr().unwrap()));
        let clocks = Clocks { connect: Duration::from_secs(5).into(), ..Clocks::default() };
        tokio::spawn(async move {
            while let Ok((mut tcp, _)) = listener.accept().await {
                let _ = tcp.read(&mut [0; 1024]).await;
                let _ = tcp.write_all(answer).await;
                if !closes {
                    let _ = tcp.read(&mut [0; 1024]).await;
                }
            }
        });
        let settings = Settings { clocks, ..target };
        let error = client().call(add(), settings).await.unwrap_err();
        assert_eq!(error.phase, Phase::Connect);
        error
    }

    #[tokio::test]
    async fn who_speaks_no_tls_is_no_server_of_ours() {
        let plain = met(b"HTTP/1.1 400 Bad Request\r\n\r\n", false).await;
        assert_eq!((&plain.kind, plain.attempts.len()), (&ErrorKind::Failure(Failure::Tls), 1));
        assert!(plain.to_string().contains("handshake failed: received corrupt message"), "{plain}");
        let gone = met(b"", true).await;
        assert_eq!((&gone.kind, gone.attempts.len()), (&ErrorKind::Failure(Failure::Connect), 4), "it may come back");
        assert!(gone.detail.is_some(), "{gone}");
    }
}

#[tokio::test]
async fn parts_of_one_file_go_in_and_out_at_once() {
    use larder_transport::client::Positioned;

    let server = crate::shelf::start().await;
    let client = crate::shelf::client();
    let local = Arc::new(tempfile::tempfile().unwrap());
    let part = |start: u64| Positioned::new(Arc::clone(&local), start).with_length(1 << 20);
    let fetch = |start: u64| client.download(Fetch { length: 1 << 20 }, server.settings(), part(start));
    let (first, second) = tokio::join!(fetch(0), fetch(3 << 20));
    first.unwrap();
    second.unwrap();
    assert_eq!(local.metadata().unwrap().len(), 4 << 20);
    let sum = crate::shelf::sum(0, &file(0, 1 << 20));
    for start in [0, 3 << 20] {
        let stored = client.upload(put(), server.settings(), part(start)).await.unwrap();
        assert_eq!(stored, Stored { length: 1 << 20, sum });
    }
    let error = client.download(Fetch { length: (1 << 20) + 1 }, server.settings(), part(0)).await.unwrap_err();
    assert!(matches!(error, CallError::Sink(error) if error.kind() == io::ErrorKind::StorageFull));
}
