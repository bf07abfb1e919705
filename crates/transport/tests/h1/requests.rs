//! Requests as they are written.

use bytes::BytesMut;
use http::{HeaderName, Method, Request, header};
use larder_core::Length;
use larder_transport::h1::{BadRequest, Connection, Limits};

use crate::drive::request;

fn written(head: &Request<()>, length: Length, pieces: &[&[u8]]) -> Result<String, BadRequest> {
    let (mut connection, mut out) = (Connection::new(Limits::default()), BytesMut::new());
    connection.send(head, length, &mut out)?;
    for piece in pieces {
        let after = connection.frame(piece.len(), &mut out)?;
        out.extend_from_slice(piece);
        out.extend_from_slice(after);
    }
    connection.finish(&mut out)?;
    Ok(String::from_utf8(out.to_vec()).unwrap())
}

#[test]
fn a_head_says_where_the_body_ends() {
    let get = written(&request(Method::GET), Length::Known(0), &[]);
    assert_eq!(get.as_deref(), Ok("GET /x HTTP/1.1\r\nhost: a.example\r\n\r\n"));
    let empty = written(&request(Method::POST), Length::Known(0), &[]);
    assert_eq!(empty.as_deref(), Ok("POST /x HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\r\n"));
    let known = written(&request(Method::PUT), Length::Known(3), &[b"ab", b"c"]);
    assert_eq!(known.as_deref(), Ok("PUT /x HTTP/1.1\r\nhost: a.example\r\ncontent-length: 3\r\n\r\nabc"));
    let unknown = written(&request(Method::POST), Length::Unknown, &[b"0123456789abcdef", b"", b"c"]);
    let chunks = "10\r\n0123456789abcdef\r\n1\r\nc\r\n0\r\n\r\n";
    assert_eq!(unknown, Ok(format!("POST /x HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n{chunks}")));
}

#[test]
fn a_head_has_the_callers_fields() {
    let head = Request::get("http://user:secret@a.example:81/a%20b?q=1").header("x-a", "1").header("x-a", "2").body(()).unwrap();
    let text = written(&head, Length::Known(0), &[]);
    assert_eq!(text.as_deref(), Ok("GET /a%20b?q=1 HTTP/1.1\r\nhost: a.example:81\r\nx-a: 1\r\nx-a: 2\r\n\r\n"));
    let own_host = Request::get("http://a.example?q").header("host", "b.example").body(()).unwrap();
    assert_eq!(written(&own_host, Length::Known(0), &[]).as_deref(), Ok("GET /?q HTTP/1.1\r\nhost: b.example\r\n\r\n"));
}

#[test]
fn what_frames_a_message_is_not_the_callers() {
    let fields: [(HeaderName, &str); 6] = [
        (header::CONTENT_LENGTH, "5"),
        (header::TRANSFER_ENCODING, "chunked"),
        (header::EXPECT, "100-continue"),
        (header::UPGRADE, "h2c"),
        (header::TE, "trailers"),
        (header::TRAILER, "x"),
    ];
    for (name, value) in fields {
        let head = Request::get("http://a.example/").header(name, value).body(()).unwrap();
        assert_eq!(written(&head, Length::Known(0), &[]), Err(BadRequest::Field), "{value}");
    }
    let hosts = Request::get("http://a.example/").header("host", "a").header("host", "b").body(()).unwrap();
    assert_eq!(written(&hosts, Length::Known(0), &[]), Err(BadRequest::Field));
    assert_eq!(written(&request(Method::CONNECT), Length::Known(0), &[]), Err(BadRequest::Field));
    assert_eq!(written(&Request::get("/x").body(()).unwrap(), Length::Known(0), &[]), Err(BadRequest::Uri));
}

#[test]
fn a_body_is_as_long_as_promised() {
    let post = request(Method::POST);
    for pieces in [&[&b"ab"[..]][..], &[], &[b"abcd"], &[b"abc", b"d"]] {
        assert_eq!(written(&post, Length::Known(3), pieces), Err(BadRequest::Length), "{pieces:?}");
    }
    assert_eq!(written(&request(Method::GET), Length::Known(0), &[b"a"]), Err(BadRequest::Length));
}

#[test]
fn one_request_at_a_time() {
    let (mut connection, mut out) = (Connection::new(Limits::default()), BytesMut::new());
    connection.send(&request(Method::GET), Length::Known(0), &mut out).unwrap();
    assert_eq!(connection.send(&request(Method::GET), Length::Known(0), &mut out), Err(BadRequest::Busy));
}

/// `connection: close` is the caller's to say, and kept.
#[test]
fn a_request_may_be_the_last_one() {
    let head = Request::get("http://a.example/").header("connection", "close").body(()).unwrap();
    let mut connection = Connection::new(Limits::default());
    connection.send(&head, Length::Known(0), &mut BytesMut::new()).unwrap();
    assert!(!crate::drive::answer(&mut connection, &[b"HTTP/1.1 204 No\r\n\r\n"]).can_be_reused);
}
