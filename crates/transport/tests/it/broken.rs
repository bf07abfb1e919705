//! Servers that misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use larder_core::{Clocks, Error, ErrorKind, Failure, PeerFlaw, Phase, Secret, Session, Settings};
use larder_transport::Client;
use larder_transport::client::{CallError, Once, Options, Source};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::api::{Add, Echo, Fault, Put, Shelf, Stored};
use crate::shelf::settings;

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}";

/// No login, since these servers know none.
fn client() -> Client<Shelf> {
    Client::new(Session::with_token(Secret::new("t")), Options::default())
}

/// Reads a request up to its last byte, which is a brace; false at the end.
async fn request(tcp: &mut TcpStream) -> bool {
    let mut all = Vec::new();
    while !all.ends_with(b"}") {
        if tcp.read_buf(&mut all).await.unwrap_or(0) == 0 {
            return false;
        }
    }
    true
}

/// A server that says `script` to the requests of each connection in turn, then closes it.
async fn script(script: &'static [&'static [&'static str]]) -> (Settings<Shelf>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        for answers in script {
            let (mut tcp, _) = listener.accept().await.unwrap();
            for answer in *answers {
                if !request(&mut tcp).await {
                    break;
                }
                count.fetch_add(1, Ordering::SeqCst);
                tcp.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    (settings, requests)
}

fn echo() -> Echo {
    Echo { text: "a".to_owned() }
}

fn add() -> Add {
    Add { text: "a".to_owned() }
}

fn kind<T>(result: Result<T, Box<Error<Fault>>>) -> (ErrorKind<Fault>, Phase) {
    result.err().map(|error| (error.kind, error.phase)).unwrap()
}

#[tokio::test]
async fn a_pooled_connection_that_dies_as_we_send_is_retried_when_that_is_safe() {
    let (settings, requests) = script(&[&[ANSWER, ""], &[ANSWER]]).await;
    let client = client();
    client.call(add(), settings.clone()).await.unwrap();
    client.call(echo(), settings).await.unwrap();
    assert_eq!(requests.load(Ordering::SeqCst), 3, "the second connection was needed");
}

#[tokio::test]
async fn a_pooled_connection_that_dies_as_we_send_leaves_the_outcome_of_others_unknown() {
    let (settings, requests) = script(&[&[ANSWER, ""], &[ANSWER]]).await;
    let client = client();
    client.call(echo(), settings.clone()).await.unwrap();
    let (kind, phase) = kind(client.call(add(), settings).await);
    assert_eq!(kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert!(phase >= Phase::Send);
    assert_eq!(requests.load(Ordering::SeqCst), 2, "it was not sent again");
}

/// Whoever loses the race between our request and the server's close, an unsafe operation is never carried out twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_connection_that_is_closed_as_we_send_never_repeats_an_unsafe_operation() {
    for _ in 0..200 {
        let (settings, requests) = script(&[&[ANSWER], &[ANSWER]]).await;
        let client = client();
        client.call(add(), settings.clone()).await.unwrap();
        match client.call(add(), settings).await {
            Ok(_) => assert_eq!(requests.load(Ordering::SeqCst), 2),
            Err(error) => assert_eq!(error.kind, ErrorKind::OutcomeUnknown(Failure::Reset)),
        }
    }
}

#[tokio::test]
async fn a_silent_server_is_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    let closed = Arc::new(Semaphore::new(0));
    let told = Arc::clone(&closed);
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                assert!(request(&mut tcp).await);
                // Nothing more comes until the client closes.
                assert!(!request(&mut tcp).await);
                told.add_permits(1);
            });
        }
    });
    let clocks = Clocks { first_byte: Duration::from_millis(50).into(), ..Clocks::default() };
    let settings = Settings { clocks, ..settings(&target) };
    let client = client();
    assert_eq!(kind(client.call(add(), settings.clone()).await), (ErrorKind::OutcomeUnknown(Failure::Silence), Phase::Await));
    let error = client.call(echo(), settings).await.unwrap_err();
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Silence), 4));
    let _ = closed.acquire_many(5).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_cut_short_is_truncated() {
    let (settings, _) = script(&[&["HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"te"]]).await;
    assert_eq!(kind(client().call(add(), settings).await), (ErrorKind::OutcomeUnknown(Failure::Truncated), Phase::Receive));
    let (settings, _) = script(&[&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"t\r\n"]]).await;
    assert_eq!(kind(client().call(add(), settings).await).0, ErrorKind::OutcomeUnknown(Failure::Truncated));
}

#[tokio::test]
async fn what_is_no_http_is_a_protocol_failure() {
    let (settings, _) = script(&[&["SSH-2.0-OpenSSH_9.2p1\r\n\r\n"]]).await;
    assert_eq!(kind(client().call(add(), settings).await).0, ErrorKind::OutcomeUnknown(Failure::Protocol));
    let (settings, _) = script(&[&["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n"]]).await;
    assert_eq!(kind(client().call(add(), settings).await).0, ErrorKind::OutcomeUnknown(Failure::Protocol));
}

#[tokio::test]
async fn interim_answers_are_passed_over() {
    let (settings, _) =
        script(&[&["HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}"]]).await;
    assert_eq!(client().call(add(), settings).await.unwrap().text, "a");
}

/// A server that lets go of the first connection when it has seen a byte, and answers on the second.
async fn forgetful() -> Settings<Shelf> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.read_exact(&mut [0]).await.unwrap();
        drop(tcp);
        let (mut tcp, _) = listener.accept().await.unwrap();
        let mut all = Vec::new();
        while !all.ends_with(b"--\r\n") {
            tcp.read_buf(&mut all).await.unwrap();
        }
        assert!(all.windows(4).any(|part| part == b"file"));
        tcp.write_all(STORED.as_bytes()).await.unwrap();
    });
    settings
}

const STORED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"length\":4,\"sum\":0}";

fn put() -> Put {
    Put { name: "a".to_owned() }
}

#[tokio::test]
async fn an_upload_that_is_tried_again_begins_at_its_beginning() {
    let settings = forgetful().await;
    let stored = client().upload(put(), settings, Bytes::from_static(b"file")).await.unwrap();
    assert_eq!(stored, Stored { length: 4, sum: 0 });
}

#[tokio::test]
async fn an_upload_that_cannot_begin_again_ends_with_what_went_wrong_first() {
    let settings = forgetful().await;
    let CallError::Call(error) = client().upload(put(), settings, Once::new(&b"file"[..], Some(4))).await.unwrap_err() else {
        panic!()
    };
    assert_eq!(error.kind, ErrorKind::Failure(Failure::Reset));
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_upload_ends_it_and_closes_the_connection() {
    struct Stuck(bool);
    impl Source for Stuck {
        async fn read(&mut self, _: u64, _: usize) -> std::io::Result<Option<Bytes>> {
            if core::mem::replace(&mut self.0, true) {
                std::future::pending().await
            } else {
                Ok(Some(Bytes::from_static(b"some")))
            }
        }
    }
    for length in [Some(1000), None] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let settings = Settings { length, ..settings(&format!("http://{}", listener.local_addr().unwrap())) };
        let server = tokio::spawn(async move {
            let (mut tcp, _) = listener.accept().await.unwrap();
            let mut all = Vec::new();
            while !all.windows(4).any(|part| part == b"some") {
                tcp.read_buf(&mut all).await.unwrap();
            }
            tcp.write_all(STORED.as_bytes()).await.unwrap();
            tcp.read_to_end(&mut all).await.unwrap();
            all
        });
        // It cannot have stored what it has not seen.
        let Err(CallError::Call(error)) = client().upload(put(), settings, Stuck(false)).await else { panic!("a success") };
        assert_eq!(error.kind, ErrorKind::Peer(PeerFlaw::Early));
        let sent = server.await.unwrap();
        assert!(sent.ends_with(b"some") || sent.ends_with(b"some\r\n"), "the body was ended as if it were whole");
    }
}
