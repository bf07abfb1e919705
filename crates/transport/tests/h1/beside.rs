//! Beside hyper: its server understands what we write, we understand what it writes, and an answer that we take is the same to
//! hyper's client.

use std::io::{Read, Write};

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Empty, Full, StreamBody};
use hyper::body::Frame;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use larder_core::Length;
use larder_transport::h1::{Connection, Event, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::drive::get;

type Body = http_body_util::combinators::BoxBody<Bytes, std::convert::Infallible>;

/// Answers with what came, its length known if that of the request was.
async fn echo(request: Request<hyper::body::Incoming>) -> Result<Response<Body>, hyper::Error> {
    let is_chunked = request.headers().contains_key("transfer-encoding");
    let seen = format!("{} {} {:?};", request.method(), request.uri(), request.headers().get("host"));
    let body = request.into_body().collect().await?.to_bytes();
    let all = Bytes::from([seen.as_bytes(), &body].concat());
    let pieces = all.chunks(1000).map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece)))).collect::<Vec<_>>();
    Ok(Response::new(if is_chunked {
        StreamBody::new(futures_util::stream::iter(pieces)).boxed()
    } else {
        Full::new(all).boxed()
    }))
}

fn exchange(tcp: &mut std::net::TcpStream, connection: &mut Connection, length: Length, body: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    let head = Request::post("http://a.example/path?q").body(()).unwrap();
    connection.send(&head, length, &mut out).unwrap();
    for piece in body.chunks(777) {
        let after = connection.frame(piece.len(), &mut out).unwrap();
        out.extend_from_slice(piece);
        out.extend_from_slice(after);
    }
    connection.finish(&mut out).unwrap();
    tcp.write_all(&out).unwrap();
    let mut got = Vec::new();
    loop {
        match connection.event().unwrap() {
            Event::NeedInput => drop(connection.fill(connection.wanted(), |room| tcp.read(room)).unwrap()),
            Event::Head(head) => assert_eq!(head.status(), 200),
            Event::Data(data) => got.extend_from_slice(&data),
            Event::End => return got,
        }
    }
}

#[test]
fn hypers_server_and_we_understand_each_other() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(tcp), service_fn(echo)).await.unwrap();
    });
    let (mut tcp, mut connection) = (std::net::TcpStream::connect(address).unwrap(), Connection::new(Limits::default()));
    for size in [0, 1, 776, 777, 5000, 300_000] {
        let body: Vec<u8> = (0..size).map(|at: u32| at as u8).collect();
        for length in [Length::Known(u64::from(size)), Length::Unknown] {
            let got = exchange(&mut tcp, &mut connection, length, &body);
            let head = b"POST /path?q Some(\"a.example\");";
            assert!(got.starts_with(head) && got[head.len()..] == body, "{size} {length:?}");
            assert!(connection.can_be_reused());
        }
    }
}

/// What hyper's client makes of an answer to a GET: status and body, or nothing.
async fn by_hyper(text: &[u8]) -> Option<(u16, Vec<u8>)> {
    let (ours, mut theirs) = tokio::io::duplex(1 << 20);
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(ours)).await.unwrap();
    let connection = tokio::spawn(connection);
    let text = text.to_vec();
    let server = tokio::spawn(async move {
        let mut all = Vec::new();
        while !all.ends_with(b"\r\n\r\n") && theirs.read_buf(&mut all).await.unwrap_or(0) > 0 {}
        let _ = theirs.write_all(&text).await;
    });
    let request = Request::builder().method(Method::GET).uri("/").header("host", "a").body(Empty::<Bytes>::new()).unwrap();
    let seen = async {
        let response = sender.send_request(request).await.ok()?;
        let status = response.status().as_u16();
        Some((status, response.into_body().collect().await.ok()?.to_bytes().to_vec()))
    };
    let seen = seen.await;
    server.abort();
    connection.abort();
    seen
}

/// We take nothing that hyper reads in another way, or not at all; what we refuse, it may take.
#[tokio::test]
async fn what_we_take_hyper_takes_for_the_same() {
    let malformed = crate::malformed::MALFORMED.iter().map(|malformed| malformed.0.as_bytes().to_vec());
    let mut texts: Vec<Vec<u8>> = crate::answers::texts().map(|text| text.as_bytes().to_vec()).chain(malformed).collect();
    texts.extend(mutations(&texts));
    let (mut taken, mut refused_by_both) = (0, 0);
    for text in texts {
        let seen = get(&text);
        let theirs = by_hyper(&text).await;
        if seen.end.is_ok() {
            taken += 1;
            let ours = Some((seen.status.unwrap(), seen.body));
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        } else if theirs.is_none() {
            refused_by_both += 1;
        }
    }
    assert!(taken > 100 && refused_by_both > 100, "{taken} taken, {refused_by_both} refused by both");
}

/// Each text with a byte left out, doubled or changed, here and there.
fn mutations(texts: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        for at in (number % 5..text.len()).step_by(5) {
            let (before, after) = (&text[..at], &text[at + 1..]);
            all.push([before, after].concat());
            all.push([before, &text[at..=at], &text[at..=at], after].concat());
            all.push([before, &[b"\r\n;, \t0:"[at % 8]], after].concat());
        }
    }
    all
}
