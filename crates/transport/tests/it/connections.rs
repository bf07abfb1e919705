//! Clients that misbehave, limits, and shutdown.

use std::time::{Duration, Instant};

use larder_core::{ErrorKind, Failure};
use larder_transport::server::{Options, Plain};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::Echo;
use crate::shelf::{How, Running, client, start, start_with};

const PLAIN: &[u8] = b"GET /plain HTTP/1.1\r\nhost: h\r\n\r\n";
const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(60);

async fn with(options: Options) -> Running {
    start_with(How { options, ..How::default() }, Plain).await
}

async fn connect(server: &Running) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

/// Asks once, and reads the answer.
async fn ask(tcp: &mut TcpStream) -> String {
    tcp.write_all(PLAIN).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"secure: false") {
        assert_ne!(tcp.read_buf(&mut answer).await.unwrap(), 0, "{}", String::from_utf8_lossy(&answer));
    }
    String::from_utf8(answer).unwrap()
}

/// Waits for the server to close.
async fn closed(tcp: &mut TcpStream) {
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(20), tcp.read_to_end(&mut rest)).await;
    assert!(end.is_ok(), "it is not closed");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let server = with(Options { head: SHORT, idle: LONG, ..Options::default() }).await;
    let began = Instant::now();
    let mut silent = connect(&server).await;
    closed(&mut silent).await;
    let mut partial = connect(&server).await;
    partial.write_all(b"GET / HT").await.unwrap();
    closed(&mut partial).await;
    assert!(began.elapsed() >= 2 * SHORT);
}

#[tokio::test]
async fn a_head_that_drips_is_not_waited_for() {
    let server = with(Options { head: SHORT, idle: LONG, ..Options::default() }).await;
    let (mut reader, mut writer) = connect(&server).await.into_split();
    let drip = tokio::spawn(async move {
        let mut drops = tokio::time::interval(Duration::from_millis(10));
        for byte in b"GET /plain HTTP/1.1\r\nx: ".iter().chain(std::iter::repeat(&b'x')) {
            drops.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
        }
    });
    let end = tokio::time::timeout(Duration::from_secs(20), reader.read(&mut [0])).await.unwrap();
    assert!(matches!(end, Ok(0) | Err(_)));
    drip.await.unwrap();
}

#[tokio::test]
async fn a_connection_is_kept_longer_than_a_head_may_take_but_not_for_ever() {
    let server = with(Options { head: Duration::from_millis(50), idle: Duration::from_millis(400), ..Options::default() }).await;
    let mut tcp = connect(&server).await;
    ask(&mut tcp).await;
    // The pause is the subject.
    tokio::time::sleep(Duration::from_millis(150)).await;
    ask(&mut tcp).await;
    let began = Instant::now();
    closed(&mut tcp).await;
    assert!(began.elapsed() >= Duration::from_millis(300));
    // A later head has its own time too.
    let mut tcp = connect(&server).await;
    ask(&mut tcp).await;
    tcp.write_all(b"GET /pl").await.unwrap();
    let began = Instant::now();
    closed(&mut tcp).await;
    assert!(began.elapsed() < Duration::from_millis(300), "{:?}", began.elapsed());
}

#[tokio::test]
async fn heads_are_bounded() {
    let server = with(Options { head_size: 4 << 10, headers: 8, ..Options::default() }).await;
    let long = format!("GET /plain HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(8 << 10));
    let many = format!("GET /plain HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(9));
    for head in [long, many] {
        let mut tcp = connect(&server).await;
        tcp.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
}

#[tokio::test]
async fn who_closes_its_sending_half_is_answered() {
    let server = start().await;
    let mut tcp = connect(&server).await;
    tcp.write_all(PLAIN).await.unwrap();
    tcp.shutdown().await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("secure: false"), "{answer}");
}

#[tokio::test]
async fn an_address_has_its_share() {
    let server = with(Options { per_address: 2, ..Options::default() }).await;
    let (mut first, mut second, mut third) = (connect(&server).await, connect(&server).await, connect(&server).await);
    ask(&mut first).await;
    ask(&mut second).await;
    closed(&mut third).await;
}

#[tokio::test]
async fn beyond_the_limit_connections_wait_for_their_turn() {
    let server = with(Options { connections: 1, ..Options::default() }).await;
    let (mut first, mut second) = (connect(&server).await, connect(&server).await);
    second.write_all(PLAIN).await.unwrap();
    ask(&mut first).await;
    let early = tokio::time::timeout(SHORT, second.read(&mut [0])).await;
    assert!(early.is_err(), "it was served beside the first");
    drop(first);
    assert_eq!(second.read(&mut [0]).await.unwrap(), 1);
}

#[tokio::test]
async fn a_drain_ends_what_is_under_way_and_takes_no_more() {
    let mut server = start().await;
    let (client, settings) = (client(), server.settings());
    let (idle, mut fresh) = (&mut connect(&server).await, connect(&server).await);
    ask(idle).await;
    let call = tokio::spawn({
        let (client, settings) = (client.clone(), settings.clone());
        async move { client.call(Echo { text: "wait".to_owned() }, settings).await.map(|answer| answer.text) }
    });
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("echo"));
    drop(server.stop.take());
    closed(idle).await;
    closed(&mut fresh).await;
    let refused = client.call(Echo { text: String::new() }, settings).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Failure(Failure::Refused));
    server.state.gate.add_permits(1);
    assert_eq!(call.await.unwrap().unwrap(), "wait");
    let report = server.report.await.unwrap();
    assert!(report.aborted == 0 && report.drained >= 1, "{report:?}");
}

#[tokio::test]
async fn a_drain_has_an_end() {
    let mut server = with(Options { drain: SHORT, ..Options::default() }).await;
    let settings = server.settings();
    let call = tokio::spawn(async move { client().call(Echo { text: "wait".to_owned() }, settings).await.map(|_| ()) });
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("echo"));
    drop(server.stop.take());
    let report = server.report.await.unwrap();
    assert_eq!(report.aborted, 1);
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn without_half_close_a_client_that_is_gone_is_noticed_at_once() {
    let mut server = with(Options { half_close: false, ..Options::default() }).await;
    let settings = server.settings();
    let call = tokio::spawn(async move { client().call(Echo { text: "wait".to_owned() }, settings).await.map(|_| ()) });
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("echo"));
    assert_eq!(server.ended.recv().await.unwrap().status, 200);
    call.abort();
    let outcome = server.ended.recv().await.unwrap();
    assert!(outcome.is_broken && outcome.status == 0);
}

#[tokio::test]
async fn a_head_can_be_asked_for_alone() {
    let server = start().await;
    let mut tcp = connect(&server).await;
    tcp.write_all(b"HEAD /Fetch HTTP/1.1\r\nhost: h\r\nx-token: t\r\nx-request: {\"length\":1000}\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        assert_ne!(tcp.read_buf(&mut answer).await.unwrap(), 0);
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.contains("content-length: 1000\r\n"), "{answer}");
    ask(&mut tcp).await;
}

#[tokio::test]
async fn an_early_answer_is_not_followed_by_a_reset() {
    let server = start().await;
    let mut tcp = connect(&server).await;
    let head = "POST /Put HTTP/1.1\r\nhost: h\r\nx-token: t\r\ncontent-length: 9999999\r\ncontent-type: multipart/form-data; boundary=b\r\n\r\n";
    let field = "--b\r\nContent-Disposition: form-data; name=request\r\n\r\n{\"name\":\"refuse\"}\r\n";
    let file = "--b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n";
    let body = "x".repeat(400 << 10);
    tcp.write_all([head, field, file, &body].concat().as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 507 ") && answer.contains("connection: close\r\n"), "{answer}");
}
