//! One memory for the bodies of all requests.

use std::time::Duration;

use bytes::Bytes;
use larder_core::{Limits, Serving};
use larder_transport::server::{Memory, Plain};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::api::{Add, Echo, Fault, Put};
use crate::shelf::{How, Running, client, file, start_with};

const LARGE: usize = 1 << 20;

/// Room for three large bodies, and a quarter for small ones.
async fn server(memory: &Memory) -> Running {
    let serving = Serving { limits: Limits { request: LARGE, ..Limits::default() }, ..Serving::default() };
    start_with(How { serving, memory: memory.clone(), ..How::default() }, Plain).await
}

/// Waits until it is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    let all = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.expect("it never came to that");
}

/// A client that begins a body of this length, sends this much of it, and goes silent.
async fn begin(server: &Running, length: usize, sent: usize) -> TcpStream {
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let head = format!("POST /Add HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    tcp.write_all(head.as_bytes()).await.unwrap();
    // It may be refused before all is out.
    let _ = tcp.write_all(&vec![b'x'; sent]).await;
    tcp
}

async fn answer(mut tcp: TcpStream) -> String {
    let mut all = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), tcp.read_to_end(&mut all)).await.expect("it is closed");
    String::from_utf8(all).unwrap()
}

fn add(size: usize) -> Add {
    Add { text: "x".repeat(size) }
}

#[tokio::test]
async fn large_bodies_share_it_and_small_ones_are_served_all_the_same() {
    let memory = Memory::new(4 * LARGE);
    let server = server(&memory).await;
    let mut hostile = Vec::new();
    for number in 1..=3 {
        hostile.push(begin(&server, LARGE, LARGE - 1).await);
        until(|| memory.used() == number * LARGE).await;
    }
    // The kept quarter is not for this one, although it is free.
    let refused = answer(begin(&server, LARGE, LARGE - 1).await).await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("connection: close"), "{refused}");
    until(|| memory.used() == 3 * LARGE).await;
    let client = client();
    for _ in 0..20 {
        assert_eq!(client.call(Echo { text: "small".to_owned() }, server.settings()).await.unwrap().text, "small");
    }
    // A file passes through.
    let content = file(0, 5 << 20);
    let put = Put { name: "a".to_owned() };
    let stored = client.upload(put, server.settings(), content.clone()).await.unwrap();
    assert_eq!(stored.length, content.len() as u64);
    let error = client.call(add(LARGE - 100), server.settings()).await.unwrap_err();
    assert_eq!(error.fault(), Some(&Fault::new(503, "the service is busy")));
    assert_eq!(memory.used(), 3 * LARGE);

    drop(hostile.pop());
    until(|| memory.used() == 2 * LARGE).await;
    assert_eq!(client.call(add(LARGE - 100), server.settings()).await.unwrap().text.len(), LARGE - 100);
    hostile.clear();
    until(|| memory.used() == 0).await;
}

#[tokio::test]
async fn whatever_ends_an_exchange_gives_it_back() {
    let memory = Memory::new(4 * LARGE);
    let mut server = server(&memory).await;
    let client = client();
    for round in 0..30 {
        // Hung up, in mid-body and before a body; too large; malformed; served; refused.
        drop(begin(&server, LARGE, round * 30_000).await);
        drop(begin(&server, LARGE, 0).await);
        assert!(answer(begin(&server, LARGE + 1, 10).await).await.starts_with("HTTP/1.1 400"));
        assert!(answer(begin(&server, 10, 10).await).await.starts_with("HTTP/1.1 400"));
        client.call(add(round * 20_000), server.settings()).await.unwrap();
    }
    // In the middle of the work.
    let settings = server.settings();
    let call = tokio::spawn(async move { client.call(Echo { text: "wait".to_owned() }, settings).await.map(|_| ()) });
    while server.entered.recv().await.unwrap() != "echo" {}
    until(|| (1..1_000).contains(&memory.used())).await;
    server.stop.take().unwrap().send(()).unwrap();
    server.report.abort();
    until(|| memory.used() == 0).await;
    call.abort();
}

#[tokio::test]
async fn fields_before_a_file_count_and_the_file_does_not() {
    let memory = Memory::new(4 * LARGE);
    let server = server(&memory).await;
    let form = |text: usize| {
        let field = format!("--b\r\ncontent-disposition: form-data; name=\"request\"\r\n\r\n{}\r\n", "x".repeat(text));
        let file = "--b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
        (Bytes::from(field), Bytes::from_static(file.as_bytes()))
    };
    let head =
        "POST /Put HTTP/1.1\r\nhost: a\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 9000000\r\n\r\n";
    let mut open = Vec::new();
    for number in 1..=3 {
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        tcp.write_all(&[head.as_bytes(), &form(LARGE - 1).0].concat()).await.unwrap();
        until(|| memory.used() == number * (LARGE - 1)).await;
        open.push(tcp);
    }
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let _ = tcp.write_all(&[head.as_bytes(), &form(LARGE - 1).0].concat()).await;
    assert!(answer(tcp).await.starts_with("HTTP/1.1 503"));
    drop(open);
    until(|| memory.used() == 0).await;
}
