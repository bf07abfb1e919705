//! The HTTP/1.1 of the client without a runtime. However an answer is cut up, it comes to the same; what is wrong stays wrong;
//! small limits hold; and a peer that goes on and on takes no more memory than one that does not.
//!
//! The first line is the request: `GET`, `HEAD` or `POST`, and in small letters when the connection breaks off at the end instead
//! of being closed. The second are the lengths of the pieces, a byte each; the rest is what the peer sends.

use bytes::BytesMut;
use http::{Method, Request};
use larder_core::Length;
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;
use larder_transport::h1::{Connection, Event, Flaw, Limits};

use crate::input;

/// Small, so that short inputs reach them.
const LIMITS: Limits = Limits { head: 1024, headers: 16, interim: 3, extensions: 64, trailers: 128 };

/// What a connection may take besides the piece that it is handed: a head of that size, its fields, and room to grow.
const MEMORY: usize = 16 << 10;

/// What an answer came to.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: Option<u16>,
    fields: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    end: Result<(), Flaw>,
    can_be_reused: bool,
}

/// Tries one input.
pub fn run(data: &[u8]) {
    let (first, rest) = input::line(data);
    let (sizes, sent) = input::line(rest);
    let whole = read(first, &[sent]);
    bounds(&whole);
    assert_eq!(read(first, &input::cut(sent, sizes)), whole);
    assert_eq!(read(first, &input::cut(sent, &[1])), whole);
    flood(first, sent);
}

fn asked(first: &[u8]) -> Connection {
    let is = |method: &str| first.eq_ignore_ascii_case(method.as_bytes());
    let method = [Method::HEAD, Method::POST].into_iter().find(|method| is(method.as_str())).unwrap_or(Method::GET);
    let mut connection = Connection::new(LIMITS);
    let mut request = Request::new(());
    (*request.method_mut(), *request.uri_mut()) = (method, http::Uri::from_static("http://a.example/x"));
    let sent = connection.send(&request, Length::Known(0), &mut BytesMut::new());
    assert_eq!(sent, Ok(()));
    connection
}

fn read(first: &[u8], pieces: &[&[u8]]) -> Seen {
    let breaks_off = first.first().is_some_and(u8::is_ascii_lowercase);
    let mut connection = asked(first);
    let mut seen = Seen { status: None, fields: Vec::new(), body: Vec::new(), end: Ok(()), can_be_reused: false };
    let mut pieces = pieces.iter().copied().filter(|piece| !piece.is_empty());
    loop {
        match connection.event() {
            Ok(Event::NeedInput) => match pieces.next() {
                Some(piece) => put(&mut connection, piece),
                None if breaks_off => seen.end = Err(connection.cut_off()),
                None => put(&mut connection, b""),
            },
            Ok(Event::Head(head)) => {
                assert_eq!(seen.status.replace(head.status().as_u16()), None, "a second head");
                let fields = head.headers().iter();
                seen.fields.extend(fields.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())));
            }
            Ok(Event::Data(data)) => {
                assert!(!data.is_empty() && seen.status.is_some(), "an empty piece, or one without a head");
                seen.body.extend_from_slice(&data);
            }
            Ok(Event::End) => {
                // What is left was sent without being asked for.
                pieces.for_each(|piece| put(&mut connection, piece));
                seen.can_be_reused = connection.can_be_reused();
                return seen;
            }
            Err(flaw) => {
                assert_eq!(connection.event().err(), Some(flaw), "another flaw the second time");
                assert!(!connection.can_be_reused());
                seen.end = Err(flaw);
                return seen;
            }
        }
    }
}

fn put(connection: &mut Connection, piece: &[u8]) {
    let copied: Result<_, ()> = connection.fill(piece.len(), |room| {
        room[..piece.len()].copy_from_slice(piece);
        Ok(piece.len())
    });
    assert_eq!(copied, Ok(piece.len()));
}

fn bounds(seen: &Seen) {
    assert!(seen.fields.len() <= LIMITS.headers);
    assert!(seen.fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() <= LIMITS.head);
    assert!(seen.status.is_none_or(|status| status >= 200), "an interim answer is no answer");
    assert!(!seen.can_be_reused || seen.end.is_ok());
}

/// The same again and again, as long as it is taken, to who keeps nothing of it.
fn flood(first: &[u8], sent: &[u8]) {
    let ((), most) = peak(|| {
        let mut connection = asked(first);
        let mut pieces = core::iter::repeat_n(sent, 64);
        loop {
            match connection.event() {
                Ok(Event::NeedInput) => match pieces.next() {
                    Some(piece) if !piece.is_empty() => put(&mut connection, piece),
                    Some(_) | None => return,
                },
                Ok(Event::Head(_) | Event::Data(_)) => {}
                Ok(Event::End) | Err(_) => return,
            }
        }
    });
    assert!(most <= MEMORY + 4 * sent.len(), "{most} bytes for pieces of {}", sent.len());
}

/// The answers of the fixtures, and small ones with what is easy to get wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add = |sent: &[u8]| {
        let first: &[u8] = [&b"GET"[..], b"POST", b"get", b"HEAD"][seeds.len() % 4];
        let sizes: &[u8] = [&b""[..], b"\x07", b"\x20\x01\x03", b"\x00\x02"][seeds.len() / 4 % 4];
        seeds.push([first, b"\n", sizes, b"\n", sent].concat());
    };
    for fixture in fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Response) {
        add(&fixture.content);
        if let Some(body) = fixture.content.windows(4).position(|end| end == b"\r\n\r\n").map(|at| &fixture.content[at + 4..]) {
            add(&chunked(body));
        }
    }
    ODD.iter().for_each(|sent| add(sent));
    seeds
}

/// A body in two chunks, with all that may stand beside them.
fn chunked(body: &[u8]) -> Vec<u8> {
    let mut sent = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for half in [&body[..body.len() / 2], &body[body.len() / 2..]].into_iter().filter(|half| !half.is_empty()) {
        sent.extend_from_slice(format!("{:X};a=\"b\"\r\n", half.len()).as_bytes());
        sent.extend_from_slice(half);
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b"0\r\nx-sum: 1\r\n\r\n");
    sent
}

const ODD: &[&[u8]] = &[
    b"",
    b"HTTP/1.1 200\r\n\r\nto the end",
    b"HTTP/1.0 404 Not Found\r\nconnection: keep-alive\r\ncontent-length: 2, 002\r\n\r\nokmore",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;x\r\n!\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    b"HTTP/1.1 200 OK\ncontent-length: 1\n\na",
    b"HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nx : a\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
    b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2p1\r\n",
];
