//! How long, and how much, a server reads on after an answer that came early.

use std::time::{Duration, Instant};

use larder_transport::server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::shelf::{How, Running, start_with};

/// An upload that was refused before its end: the answer is read, and the server has closed its half.
async fn refused(options: server::Options) -> (Running, TcpStream) {
    let server = start_with(How { options, ..How::default() }, server::Plain).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    let head = "POST /Put HTTP/1.1\r\nhost: h\r\nx-token: t\r\ncontent-length: 999999999\r\n\
                content-type: multipart/form-data; boundary=b\r\n\r\n";
    let field = "--b\r\nContent-Disposition: form-data; name=request\r\n\r\n{\"name\":\"refuse\"}\r\n";
    let file = "--b\r\nContent-Disposition: form-data; name=file; filename=f\r\n\r\n";
    tcp.write_all([head, field, file, &"x".repeat(1 << 10)].concat().as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 507 "), "{answer}");
    (server, tcp)
}

/// How many bytes can be sent after that, until nothing moves any more, or all of it is taken.
async fn taken(linger_size: usize, most: usize) -> usize {
    let linger = Duration::from_secs(600);
    let (_server, mut tcp) = refused(server::Options { linger, linger_size, ..server::Options::default() }).await;
    let (piece, mut sent) = (vec![b'x'; 64 << 10], 0);
    while sent < most
        && let Ok(count) = timeout(Duration::from_secs(1), tcp.write(&piece)).await
    {
        sent += count.unwrap();
    }
    sent
}

/// What the sockets of both sides hold comes on top of what is read: some megabytes.
#[tokio::test]
async fn so_much_is_read_on_and_no_more() {
    const SOCKETS: usize = 48 << 20;
    for size in [64 << 10, 64 << 20] {
        let taken = taken(size, 4 * SOCKETS).await;
        assert!((size..size + SOCKETS).contains(&taken), "{taken} of {size}");
    }
}

/// Whether the server is gone within a time, for someone who sends on and on.
async fn is_gone(linger: Duration, within: Duration) -> bool {
    let (_server, mut tcp) = refused(server::Options { linger, linger_size: usize::MAX, ..server::Options::default() }).await;
    let begun = Instant::now();
    while begun.elapsed() < within {
        if tcp.write_all(b"x").await.is_err() {
            return true;
        }
        // So that a byte is sent now and then.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    false
}

#[tokio::test]
async fn it_is_waited_for_so_long_and_no_longer() {
    let (short, long) = (Duration::from_millis(100), Duration::from_secs(600));
    assert!(is_gone(short, Duration::from_secs(20)).await);
    assert!(!is_gone(long, 10 * short).await);
}
