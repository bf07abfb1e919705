//! Answers that are answers: the same however they are cut up.

use bytes::BytesMut;
use http::Method;
use larder_core::Length;
use larder_transport::h1::{Connection, Flaw, Limits};
use proptest::prelude::*;

use crate::drive::{Seen, answer, asked, get, request};

/// Answers to a GET: status, body, and whether the connection can be used again.
const ANSWERS: &[(&str, u16, &str, bool)] = &[
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "hello", true),
    ("HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", 200, "", true),
    ("HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n", 200, "", true),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true),
    ("HTTP/1.1 200 OK\r\ncontent-length: 2, 002\r\n\r\nok", 200, "ok", true),
    ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive, Close\r\n\r\nok", 200, "ok", false),
    ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", 200, "ok", false),
    ("HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok", 200, "ok", false),
    ("HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", false),
    ("HTTP/1.0 404 Not Found\r\nx: y\r\n\r\n", 404, "", false),
    ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
    ("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n", 204, "", true),
    ("HTTP/1.1 304 Not Modified\r\ncontent-length: 999\r\n\r\n", 304, "", true),
    ("HTTP/1.1 304 Not Modified\r\ntransfer-encoding: chunked\r\n\r\n", 304, "", true),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx",
        200,
        "x",
        true,
    ),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0001\r\n!\r\n000\r\n\r\n", 200, "hello!", true),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;a=b;c=\"d;e\"\r\nhello\r\n1 ;x\r\n!\r\n1\t \r\n?\r\n0;z\r\n\r\n",
        200,
        "hello!?",
        true,
    ),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nA\r\n0\r\n\r\n34567\r\n0\r\nx-sum: 1\r\nset-cookie: a\r\n\r\n",
        200,
        "0\r\n\r\n34567",
        true,
    ),
    ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\nx:\r\ny: \t a b \t\r\nz: \u{fc}\r\n\r\nx", 200, "x", true),
    ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokmore", 200, "ok", false),
    ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, "ok", false),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n\r\n", 200, "", false),
];

#[test]
fn answers_are_read() {
    for (text, status, body, can_be_reused) in ANSWERS {
        let seen = get(text.as_bytes());
        let got = (seen.status, str::from_utf8(&seen.body).unwrap(), seen.end, seen.can_be_reused);
        assert_eq!(got, (Some(*status), *body, Ok(()), *can_be_reused), "{text:?}");
    }
}

#[test]
fn fields_come_in_order_without_the_space_around_them() {
    let seen = get(b"HTTP/1.1 200 OK\r\nX-A: 1\r\ncontent-length:0\r\nx-b:\r\nX-a: \t two words\t \r\n\r\n");
    let named = |name: &str| seen.fields.iter().filter(|field| field.0 == name).map(|field| &field.1[..]).collect::<Vec<_>>();
    assert_eq!(named("x-a"), [&b"1"[..], b"two words"]);
    assert_eq!((named("x-b"), named("content-length")), (vec![&b""[..]], vec![&b"0"[..]]));
}

#[test]
fn an_answer_to_head_has_no_body() {
    for text in ["HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"] {
        let seen = answer(&mut asked(Method::HEAD, Limits::default()), &[text.as_bytes()]);
        assert_eq!((seen.body.len(), seen.end, seen.can_be_reused), (0, Ok(()), true), "{text}");
    }
}

/// However it is cut up in two, and byte by byte. Malformed ones, too: the same flaw.
#[test]
fn every_split_finds_the_same() {
    let texts = ANSWERS.iter().map(|answer| answer.0.as_bytes());
    for text in texts.chain(crate::malformed::MALFORMED.iter().map(|malformed| malformed.0.as_bytes())) {
        let whole = get(text);
        for at in 0..=text.len() {
            let (first, second) = text.split_at(at);
            same(&answer(&mut asked(Method::GET, Limits::default()), &[first, second]), &whole, text);
        }
        let bytes: Vec<&[u8]> = text.chunks(1).collect();
        same(&answer(&mut asked(Method::GET, Limits::default()), &bytes), &whole, text);
    }
}

/// Of two flaws, the one that is seen first depends on nothing but the text. What came of the body before it may.
fn same(seen: &Seen, whole: &Seen, text: &[u8]) {
    assert_eq!(seen, whole, "{:?}", String::from_utf8_lossy(text));
}

#[test]
fn one_connection_carries_one_exchange_after_the_other() {
    let mut connection = Connection::new(Limits::default());
    for (text, ..) in &ANSWERS[..3] {
        connection.send(&request(Method::GET), Length::Known(0), &mut BytesMut::new()).unwrap();
        let seen = answer(&mut connection, &[text.as_bytes()]);
        assert!(seen.can_be_reused);
    }
    let unasked = |room: &mut [u8]| {
        room.copy_from_slice(b"HTTP");
        Ok::<_, ()>(4)
    };
    connection.fill(4, unasked).unwrap();
    assert!(!connection.can_be_reused());
    assert_eq!(connection.event().unwrap_err(), Flaw::Unasked);
}

#[test]
fn an_answer_before_the_end_of_the_request_is_read_and_the_connection_not_used_again() {
    let mut connection = Connection::new(Limits::default());
    connection.send(&request(Method::POST), Length::Known(10), &mut BytesMut::new()).unwrap();
    connection.frame(4, &mut BytesMut::new()).unwrap();
    let seen = answer(&mut connection, &[b"HTTP/1.1 507 Full\r\ncontent-length: 4\r\n\r\nfull"]);
    assert_eq!((seen.status, &seen.body[..], seen.can_be_reused), (Some(507), &b"full"[..], false));
}

proptest! {
    /// Any body, in any chunks with any extensions, cut up anyhow.
    #[test]
    fn any_body_in_chunks_arrives(
        chunks in prop::collection::vec((prop::collection::vec(any::<u8>(), 1..40), "(;[a-z]{0,9})?"), 0..9),
        trailers in prop::collection::vec("[a-z]{1,9}: [ -~]{0,9}\r\n", 0..3),
        sizes in prop::collection::vec(1..20_usize, 1..9),
    ) {
        let mut text = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        let mut body = Vec::new();
        for (chunk, extension) in &chunks {
            text.extend(format!("{:x}{extension}\r\n", chunk.len()).bytes());
            text.extend(chunk.iter().chain(b"\r\n"));
            body.extend(chunk);
        }
        text.extend(format!("0\r\n{}\r\n", trailers.concat()).bytes());
        let (mut rest, mut pieces) = (&text[..], Vec::new());
        for size in sizes.iter().cycle() {
            if rest.is_empty() { break; }
            let (piece, after) = rest.split_at(rest.len().min(*size));
            pieces.push(piece);
            rest = after;
        }
        let seen = answer(&mut asked(Method::GET, Limits::default()), &pieces);
        prop_assert_eq!((seen.body, seen.end, seen.can_be_reused), (body, Ok(()), true));
    }

    /// Anything at all has an outcome, and the same one byte by byte.
    #[test]
    fn anything_has_an_outcome(
        head in "(HTTP/1\\.[01] [0-9]{3} [ -~]{0,5}\r\n)?",
        lines in prop::collection::vec(
            "(content-length: [0-9]{0,3}|transfer-encoding: (chunked|gzip)|connection: close|[a-z]{0,5}[: ][ -~]{0,9})(\r\n|\n|\r)", 0..5),
        rest in "(\r\n|\n)?([0-9a-f]{0,2}(;[a-z])?\r\n[a-z]{0,5}(\r\n)?){0,4}",
    ) {
        let text = [head, lines.concat(), rest].concat();
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        prop_assert_eq!(answer(&mut asked(Method::GET, Limits::default()), &bytes), get(text.as_bytes()));
    }
}

#[cfg(feature = "hyper")]
pub(crate) fn texts() -> impl Iterator<Item = &'static str> {
    ANSWERS.iter().map(|answer| answer.0)
}

#[test]
fn limits_that_are_as_large_as_can_be_are_none() {
    let limits =
        Limits { head: usize::MAX, headers: usize::MAX, trailers: usize::MAX, extensions: usize::MAX, ..Limits::default() };
    let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\na: b\r\n\r\n1;x\r\na\r\n0\r\nc: d\r\n\r\n";
    assert_eq!(answer(&mut asked(Method::GET, limits), &[text.as_bytes()]), get(text.as_bytes()));
}
