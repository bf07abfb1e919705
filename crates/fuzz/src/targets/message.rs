//! HTTP messages as texts, read with whatever line ends.

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use larder_core::wire::{RequestHead, ResponseHead};

/// The head's lines and the body.
fn split(message: &[u8]) -> (impl Iterator<Item = &[u8]>, &[u8]) {
    let end = |pattern: &[u8]| message.windows(pattern.len()).position(|window| window == pattern).map(|at| (at, pattern.len()));
    let (at, length) = end(b"\r\n\r\n").or_else(|| end(b"\n\n")).unwrap_or((message.len(), 0));
    let lines = message[..at].split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    (lines, &message[at + length..])
}

/// What is a header; anything else in a head is left out, as no HTTP library would hand it on.
fn headers<'a>(lines: impl Iterator<Item = &'a [u8]>, here: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let value = line[colon + 1..].trim_ascii();
        let value = value.strip_prefix(b"@HERE@").map_or_else(|| value.to_vec(), |rest| [here.as_bytes(), rest].concat());
        let header = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&value));
        if let (Ok(name), Ok(value)) = header {
            headers.append(name, value);
        }
    }
    headers
}

/// A request, if its first line is one.
pub(super) fn request(message: &[u8]) -> Option<(RequestHead, &[u8])> {
    let (mut lines, body) = split(message);
    let first = core::str::from_utf8(lines.next()?).ok()?;
    let (method, rest) = first.split_once(' ')?;
    let mut head = Request::builder().method(method).uri(rest.trim_end_matches(" HTTP/1.1")).body(()).ok()?;
    *head.headers_mut() = headers(lines, "");
    Some((RequestHead(head), body))
}

/// An answer, if its first line is one. A header that begins with `@HERE@` goes on with where the request went.
pub(super) fn response<'m>(message: &'m [u8], here: &str) -> Option<(ResponseHead, &'m [u8])> {
    let (mut lines, body) = split(message);
    let first = core::str::from_utf8(lines.next()?).ok()?;
    let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse::<u16>().ok().filter(|status| *status >= 200)?;
    let mut head = Response::builder().status(status).body(()).ok()?;
    *head.headers_mut() = headers(lines, here);
    Some((ResponseHead(head), body))
}
