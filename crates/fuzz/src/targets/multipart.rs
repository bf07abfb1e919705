//! Our multipart parser. However a body is cut up, the parser finds the same; it keeps no more than it says; its limits
//! hold; and what it found, written again, is found again.
//!
//! The first line is the `Content-Type`, the second the lengths of the pieces, a byte each; the rest is the body.

use bytes::Bytes;
use http::header;
use larder_core::multipart::{Boundary, Dimension, Error, Event, Limits, Parser, PartHead, Writer};
use larder_testkit::fixtures::{self, Direction};

use crate::input;

/// Small, so that short inputs reach them.
const LIMITS: Limits = Limits { preamble: 64, padding: 8, headers: 512, header_lines: 6, parts: 8, epilogue: 64 };

/// What was found of a body.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    parts: Vec<(PartHead, Vec<u8>, bool)>,
    error: Option<Error>,
}

/// Tries one input.
pub fn run(data: &[u8]) {
    let (content_type, rest) = input::line(data);
    let (sizes, body) = input::line(rest);
    let Ok(boundary) = Boundary::from_content_type(content_type) else { return };
    let whole = parse(&boundary, &[body]);
    bounds(&whole);
    assert_eq!(parse(&boundary, &input::cut(body, sizes)), whole);
    assert_eq!(parse(&boundary, &input::cut(body, &[1])), whole);
    if whole.error.is_none() {
        again(&boundary, whole);
    }
    // With the limits of a service it takes at least as much.
    let wide = read(&boundary, Limits::default(), &[body]);
    assert!(!matches!(wide.error, Some(Error::Misuse(_))), "{:?}", wide.error);
}

fn parse(boundary: &Boundary, pieces: &[&[u8]]) -> Found {
    read(boundary, LIMITS, pieces)
}

fn read(boundary: &Boundary, limits: Limits, pieces: &[&[u8]]) -> Found {
    let mut parser = Parser::new(boundary, limits);
    let mut pieces = pieces.iter();
    let mut found = Found { parts: Vec::new(), error: None };
    let kept = limits.headers.max(boundary.as_str().len() + 4 + limits.padding + 1);
    loop {
        match parser.next() {
            Ok(Event::Part(head)) => found.parts.push((head, Vec::new(), false)),
            Ok(Event::Data(data)) => {
                assert!(!data.is_empty(), "an empty piece");
                if let Some((_, content, false)) = found.parts.last_mut() {
                    content.extend_from_slice(&data);
                } else {
                    panic!("content outside of a part");
                }
            }
            Ok(Event::PartEnd) => match found.parts.last_mut() {
                Some((_, _, ended @ false)) => *ended = true,
                Some(_) | None => panic!("an end outside of a part"),
            },
            Ok(Event::NeedInput) => {
                assert!(parser.buffered() <= kept, "{} bytes are kept", parser.buffered());
                match pieces.next().map(|piece| parser.push(Bytes::copy_from_slice(piece))) {
                    Some(Ok(())) => {}
                    Some(Err(error)) => panic!("a piece that was asked for is refused: {error}"),
                    None => parser.finish(),
                }
            }
            Ok(Event::End) => return found,
            Err(error) => {
                assert_eq!(parser.next(), Err(error), "another error the second time");
                found.error = Some(error);
                return found;
            }
        }
    }
}

fn bounds(found: &Found) {
    assert!(found.parts.len() <= LIMITS.parts);
    for (head, _, ended) in &found.parts {
        let names = head.name.iter().chain(&head.file_name).chain(&head.content_type).chain(&head.content_range);
        // ISO 8859-1 takes two bytes in UTF-8.
        assert!(names.map(String::len).sum::<usize>() <= 2 * LIMITS.headers);
        assert!(head.other.len() < LIMITS.header_lines + 1);
        assert!(*ended || found.error.is_some(), "a part without an end");
    }
    if let Some(Error::Limit { dimension, limit }) = found.error {
        let stated = match dimension {
            Dimension::Preamble => LIMITS.preamble,
            Dimension::Padding => LIMITS.padding,
            Dimension::Headers => LIMITS.headers,
            Dimension::HeaderLines => LIMITS.header_lines,
            Dimension::Parts => LIMITS.parts,
            Dimension::Epilogue => LIMITS.epilogue,
        };
        assert_eq!(limit, stated);
    }
}

/// Writes what was found, as far as the writer can say it, and finds it again.
fn again(boundary: &Boundary, found: Found) {
    let writer = Writer::new(boundary.clone());
    let (mut body, mut expected) = (Vec::new(), Vec::new());
    for (head, content, _) in found.parts {
        let Some(name) = head.name.filter(|name| is_plain(name)) else { return };
        let file_name = head.file_name.unwrap_or_default();
        let content_type = head.content_type.unwrap_or_else(|| "text/plain".to_owned());
        if !is_plain(&file_name) {
            return;
        }
        let Ok(open) = writer.file(&name, &file_name, &content_type, head.content_range.as_deref()) else { return };
        body.extend_from_slice(&open);
        body.extend_from_slice(&content);
        body.extend_from_slice(&writer.file_end());
        let (name, file_name, content_type) = (Some(name), Some(file_name), Some(content_type));
        let head = PartHead { name, file_name, content_type, content_range: head.content_range, other: Vec::new() };
        expected.push((head, content, true));
    }
    body.extend_from_slice(&writer.finish());
    let seen = read(boundary, Limits::default(), &[&body]);
    assert_eq!(seen, Found { parts: expected, error: None }, "{:?}", String::from_utf8_lossy(&body));
}

/// Whether a name is told apart from its own encoding.
fn is_plain(name: &str) -> bool {
    !["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape))
}

/// The uploads of the fixtures, and small bodies with what is easy to get wrong.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let mut add = |content_type: &[u8], body: &[u8]| {
        let sizes: &[u8] = [&b""[..], b"\x07", b"\x20\x01\x03", b"\x00\x02"][seeds.len() % 4];
        seeds.push([content_type, b"\n", sizes, b"\n", body].concat());
    };
    for fixture in fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Request) {
        let Ok(request) = fixture.request() else { continue };
        let content_type = request.headers().get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
        if content_type.starts_with(b"multipart/") {
            add(content_type, request.body());
        }
    }
    for body in [
        &b"--b\r\n\r\n\r\n--b--\r\n"[..],
        b"preamble\r\n--b \t\r\na: b\r\n c\r\n\r\nx\r\n--bx\r\n--b\r\n--b--",
        b"--b\r\nContent-Disposition: form-data; name*=UTF-8''%c3%a4; filename=\"C:\\a\\\"\n\n\r\n--b\r\n\r\n\r\n--b--epilogue",
    ] {
        add(b"multipart/form-data; boundary=b", body);
    }
    seeds
}
