//! Heads of messages, at their limits and beyond them, on both sides.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use larder_core::{Error, ErrorKind, Failure, Secret, Session};
use larder_transport::Client;
use larder_transport::{client, server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::api::{Echo, Fault};
use crate::shelf::{How, settings, start_with};

/// The status that a server says to a head, by its number.
async fn asked(options: server::Options, head: String) -> String {
    let server = start_with(How { options, ..How::default() }, server::Plain).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    tcp.read_exact(&mut status).await.unwrap();
    String::from_utf8(status.into()).unwrap()
}

#[tokio::test]
async fn header_fields_of_a_request() {
    let options = server::Options { headers: 8, ..server::Options::default() };
    let head = |fields: usize| format!("GET /plain HTTP/1.1\r\nhost: h\r\n{}\r\n", "x: y\r\n".repeat(fields - 1));
    assert_eq!(asked(options, head(8)).await, "HTTP/1.1 200");
    assert_eq!(asked(options, head(9)).await, "HTTP/1.1 431");
    assert_eq!(asked(server::Options::default(), head(100)).await, "HTTP/1.1 200");
    assert_eq!(asked(server::Options::default(), head(101)).await, "HTTP/1.1 431");
}

#[tokio::test]
async fn bytes_of_a_requests_head() {
    for size in [4 << 10, server::Options::default().head_size] {
        let options = server::Options { head_size: size, ..server::Options::default() };
        let head = |length: usize| {
            let around = "GET /plain HTTP/1.1\r\nhost: h\r\nx: \r\n\r\n";
            format!("{}{}\r\n\r\n", around.trim_end_matches("\r\n"), "x".repeat(length - around.len()))
        };
        assert_eq!(head(size).len(), size);
        assert_eq!(asked(options, head(size)).await, "HTTP/1.1 200");
        assert_eq!(asked(options, head(size + 1)).await, "HTTP/1.1 431");
    }
}

/// What a client makes of a head.
async fn answered(options: client::Options, head: String) -> Result<Echo, Box<Error<Fault>>> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    let server = tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            assert!(tcp.read(&mut [0; 1 << 10]).await.unwrap() > 0);
            // A client that has seen enough may be gone before the end.
            let _ = tcp.write_all(format!("{head}{{\"text\":\"a\"}}").as_bytes()).await;
        }
    });
    let client = Client::new(Session::with_token(Secret::new("t")), options);
    let outcome = client.call(Echo { text: "a".to_owned() }, settings).await;
    server.abort();
    outcome
}

fn kind(outcome: Result<Echo, Box<Error<Fault>>>) -> ErrorKind<Fault> {
    outcome.unwrap_err().kind
}

const PROTOCOL: ErrorKind<Fault> = ErrorKind::Failure(Failure::Protocol);

#[tokio::test]
async fn header_fields_of_an_answer() {
    let head = |fields: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n{}\r\n", "x: y\r\n".repeat(fields - 1));
    for most in [8, client::Options::default().headers] {
        let options = client::Options { headers: most, ..client::Options::default() };
        assert_eq!(answered(options.clone(), head(most)).await.unwrap().text, "a");
        assert_eq!(kind(answered(options, head(most + 1)).await), PROTOCOL);
    }
}

/// The buffer has no end in the middle of a piece that came, so that a head a little longer may pass.
#[tokio::test]
async fn bytes_of_an_answers_head() {
    let head = |length: usize| {
        let around = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\nx: \r\n\r\n";
        format!("{}{}\r\n\r\n", around.trim_end_matches("\r\n"), "x".repeat(length - around.len()))
    };
    for most in [8 << 10, client::Options::default().buffer] {
        let options = client::Options { buffer: most, ..client::Options::default() };
        assert_eq!(answered(options.clone(), head(most - 1)).await.unwrap().text, "a");
        assert_eq!(kind(answered(options, head(2 * most)).await), PROTOCOL);
    }
}

/// How many connections two calls take, the second after a pause.
async fn connections(options: client::Options, pause: Duration) -> usize {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("http://{}", listener.local_addr().unwrap()));
    let count = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&count);
    let server = tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            seen.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while tcp.read(&mut [0; 1 << 10]).await.is_ok_and(|count| count > 0) {
                    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}";
                    tcp.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    let client = Client::new(Session::with_token(Secret::new("t")), options);
    client.call(Echo { text: "a".to_owned() }, settings.clone()).await.unwrap();
    // The pause is the subject.
    tokio::time::sleep(pause).await;
    client.call(Echo { text: "a".to_owned() }, settings).await.unwrap();
    server.abort();
    count.load(Ordering::SeqCst)
}

#[tokio::test]
async fn connections_that_are_kept() {
    let options = client::Options::default();
    let pause = Duration::from_millis(20);
    assert_eq!(connections(client::Options { idle_per_host: 1, ..options.clone() }, pause).await, 1);
    assert_eq!(connections(client::Options { idle_per_host: 0, ..options.clone() }, pause).await, 2);
    assert_eq!(connections(client::Options { idle: 500 * pause, ..options.clone() }, pause).await, 1);
    assert_eq!(connections(client::Options { idle: pause, ..options }, 5 * pause).await, 2);
}

/// What stands before an answer counts too, if it never ends.
#[tokio::test]
async fn a_status_line_without_an_end() {
    assert_eq!(kind(answered(client::Options::default(), format!("HTTP/1.1 200 {}", "x".repeat(1 << 20))).await), PROTOCOL);
}
