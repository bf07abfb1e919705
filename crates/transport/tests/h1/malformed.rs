//! Answers that are none, each with what is wrong with it.

use http::Method;
use larder_transport::h1::{Flaw, Limits};

use crate::drive::{answer, asked, get};

pub(crate) const MALFORMED: &[(&str, Flaw)] = &[
    ("", Flaw::Closed),
    ("HTT", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", Flaw::Truncated),
    ("HTTP/1.1 100 Continue\r\n\r\n", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", Flaw::Truncated),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n", Flaw::Truncated),
    // Other protocols.
    ("SSH-2.0-OpenSSH_9.2p1\r\n", Flaw::NotHttp),
    ("220 ready\r\n", Flaw::NotHttp),
    ("\u{15}\u{3}\u{3}", Flaw::NotHttp),
    ("\r\nHTTP/1.1 200 OK\r\n\r\n", Flaw::NotHttp),
    ("http/1.1 200 OK\r\n\r\n", Flaw::NotHttp),
    ("HTTP/2 200\r\n\r\n", Flaw::NotHttp),
    ("HTTP/1.2 200 OK\r\n\r\n", Flaw::NotHttp),
    ("HTTP/1.10 200 OK\r\n\r\n", Flaw::NotHttp),
    ("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", Flaw::Upgrade),
    // Heads.
    ("HTTP/1.1\r\n\r\n", Flaw::NotHttp),
    ("HTTP/1.1 20 OK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 2000 OK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 099 OK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1  200 OK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 +20 OK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 O\u{0}K\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 O\rK\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\n: no name\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\n x: space before\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx : space after\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx: y\r\n folded\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx: y\r\n\tfolded\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx: a\u{0}b\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\r\nx\u{e9}: y\r\n\r\n", Flaw::Head),
    ("HTTP/1.1 200 OK\n\r\n", Flaw::BareLf),
    ("HTTP/1.1 200 OK\r\nx: y\n\r\n", Flaw::BareLf),
    ("HTTP/1.1 200 OK\r\nx: y\r\n\n", Flaw::BareLf),
    // Two ends, or none.
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", Flaw::Ambiguous),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5, 6\r\n\r\nhello!", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5,\r\n\r\nhello", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: +5\r\n\r\nhello", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: 5 5\r\n\r\nhello", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: 0x5\r\n\r\nhello", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\n", Flaw::Length),
    ("HTTP/1.1 304 Not Modified\r\ncontent-length: x\r\n\r\n", Flaw::Length),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding:\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", Flaw::Encoding),
    ("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello", Flaw::Bodiless),
    ("HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", Flaw::Bodiless),
    ("HTTP/1.1 100 Continue\r\ncontent-length: 5\r\n\r\nhello", Flaw::Bodiless),
    ("HTTP/1.1 103 Early Hints\r\ntransfer-encoding: chunked\r\n\r\n", Flaw::Bodiless),
    // Chunks.
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n+5\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n 5\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5 5\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n;x\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r;x\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;a\u{0}\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000000000000000\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n00000000000000005\r\nhello\r\n", Flaw::ChunkSize),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n", Flaw::BareLf),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;x\nhello\r\n0\r\n\r\n", Flaw::BareLf),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n", Flaw::ChunkEnd),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", Flaw::ChunkEnd),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r0\r\n\r\n", Flaw::ChunkEnd),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\n", Flaw::BareLf),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n", Flaw::Trailer),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: y\r\n folded\r\n\r\n", Flaw::Trailer),
];

#[test]
fn each_is_refused_for_what_is_wrong_with_it() {
    for (text, flaw) in MALFORMED {
        let seen = get(text.as_bytes());
        assert_eq!((seen.end, seen.can_be_reused), (Err(*flaw), false), "{text:?}");
    }
}

/// The largest size that 64 bits hold is a size, and what follows it a chunk.
#[test]
fn the_largest_sizes_are_sizes() {
    let seen = get(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\nhello");
    assert_eq!((&seen.body[..], seen.end), (&b"hello"[..], Err(Flaw::Truncated)));
    let seen = get(b"HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551615\r\n\r\nhello");
    assert_eq!((&seen.body[..], seen.end), (&b"hello"[..], Err(Flaw::Truncated)));
}

const SMALL: Limits = Limits { head: 100, headers: 3, interim: 2, extensions: 10, trailers: 20 };

fn within(text: &str) -> Result<(), Flaw> {
    let seen = answer(&mut asked(Method::GET, SMALL), &[text.as_bytes()]);
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(answer(&mut asked(Method::GET, SMALL), &bytes), seen, "{text:?}");
    seen.end
}

/// At the limit and one beyond it.
#[test]
fn bytes_of_a_head() {
    let head = |length: usize| format!("HTTP/1.1 204 {:x<1$}\r\n\r\n", "", length - 17);
    assert_eq!(head(100).len(), 100);
    assert_eq!((within(&head(100)), within(&head(101))), (Ok(()), Err(Flaw::HeadTooLong)));
    assert_eq!(within(&format!("HTTP/1.1 200 {:x<200}", "")), Err(Flaw::HeadTooLong), "without an end");
}

#[test]
fn header_fields() {
    let head = |count: usize| format!("HTTP/1.1 204 No\r\n{}\r\n", "x: y\r\n".repeat(count));
    assert_eq!((within(&head(3)), within(&head(4))), (Ok(()), Err(Flaw::TooManyHeaders)));
    let many = |count: usize| get(format!("HTTP/1.1 204 No\r\n{}\r\n", "x: y\r\n".repeat(count)).as_bytes());
    assert_eq!((many(100).fields.len(), many(101).end), (100, Err(Flaw::TooManyHeaders)));
}

#[test]
fn interim_answers() {
    let answer = |count: usize| format!("{}HTTP/1.1 204 No\r\n\r\n", "HTTP/1.1 102 Wait\r\n\r\n".repeat(count));
    assert_eq!((within(&answer(2)), within(&answer(3))), (Ok(()), Err(Flaw::Interim)));
}

/// Of all chunks together: many small ones are not cheaper than a long one.
#[test]
fn bytes_of_chunk_extensions() {
    let body = |chunk: &str, count: usize| {
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(count))
    };
    assert_eq!((within(&body("1;xxxx\r\na\r\n", 2)), within(&body("1;xxxx\r\na\r\n", 3))), (Ok(()), Err(Flaw::Extensions)));
    assert_eq!(
        (within(&body("1;xxxxxxxxx\r\na\r\n", 1)), within(&body("1;xxxxxxxxxx\r\na\r\n", 1))),
        (Ok(()), Err(Flaw::Extensions))
    );
}

#[test]
fn bytes_of_trailers() {
    let body = |name: &str| format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n{name}: xxxxxxxxx\r\n\r\n");
    assert_eq!((within(&body("abcde")), within(&body("abcdef"))), (Ok(()), Err(Flaw::TrailersTooLong)));
}
