//! Bodies to read: written by us, of fixtures, and damaged ones.

use bytes::Bytes;
use larder_core::multipart::{Boundary, Writer};
use larder_testkit::fixtures::{self, Direction};

use super::{Body, Part};
use crate::differential::mutation::{Dice, mutated};
use crate::differential::{from_latin1, to_latin1};

/// Names and contents of written bodies: what clients send, and what delimits.
const TEXTS: &[&str] = &[
    "",
    "a",
    "uploadToken",
    "\u{dc}n\u{ef} \u{65e5}\u{672c}.txt",
    "a b;c=d",
    "it's",
    "--b",
    "\r\n",
    "\r\n--b",
    "\"",
    "%22",
    "\n",
    "=",
    ";",
    "a/b c",
];

/// Bodies as our client writes them.
pub(super) fn written() -> Vec<Body> {
    let mut dice = Dice::new(1);
    let mut body = || {
        let boundary = Boundary::from_seed(dice.below(1 << 30) as u64, 7);
        let writer = Writer::new(boundary.clone());
        let mut bytes = Vec::new();
        for _ in 0..dice.below(5) {
            let (name, content) = (*dice.one(TEXTS), dice.one(TEXTS).repeat(dice.below(3)));
            let file_name = *dice.one(TEXTS);
            if dice.below(2) == 0 {
                bytes.extend_from_slice(&writer.field(name, content));
            } else {
                bytes.extend_from_slice(&writer.file(name, file_name, "text/plain", None).unwrap());
                bytes.extend_from_slice(content.as_bytes());
                bytes.extend_from_slice(&writer.file_end());
            }
        }
        bytes.extend_from_slice(&writer.finish());
        Body { boundary: boundary.as_str().to_owned(), bytes }
    };
    (0..400).map(|_| body()).collect()
}

pub(super) fn of_fixtures() -> Vec<Body> {
    let requests = fixtures::of("nvx", Direction::Request).into_iter().filter_map(|fixture| fixture.request().ok());
    let body = |request: http::Request<Bytes>| {
        let boundary = Boundary::from_content_type(request.headers().get("content-type")?.as_bytes()).ok()?;
        Some(Body { boundary: boundary.as_str().to_owned(), bytes: request.body().to_vec() })
    };
    requests.filter_map(body).collect()
}

/// What mutations put in.
const TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"--",
    b"--b",
    b"\r\n--b",
    b"\r\n--b--",
    b"\"",
    b";",
    b"=",
    b":",
    b" ",
    b"\\",
    b"\t",
    b"\0",
    b"\xFF",
    b"\r\n\r\n",
    b"%22",
    b"name=",
    b"; filename=\"y\"",
    b"b",
];

pub(super) fn damaged() -> Vec<Body> {
    let fixtures = of_fixtures();
    let file =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n2\r\n--b--\r\n";
    let simple = format!("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n{file}");
    let simple = Body { boundary: "b".to_owned(), bytes: simple.into() };
    let mut dice = Dice::new(2);
    let mut body = |at: usize| {
        let base = if at.is_multiple_of(2) { &simple } else { dice.one(&fixtures) };
        Body { boundary: base.boundary.clone(), bytes: mutated(&base.bytes, TOKENS, &mut dice) }
    };
    (0..6_000).map(&mut body).collect()
}

/// The parts of a body in which there is nothing to forgive, found by cutting it: a second opinion of our own on which bodies
/// all must agree. Nothing stands before the first delimiter or behind the last, and names are plain texts in quotes.
pub(super) fn plain(body: &Body) -> Option<Vec<Part>> {
    let text = to_latin1(&body.bytes);
    let delimiter = format!("--{}", body.boundary);
    let between = format!("\r\n{delimiter}");
    let mut rest: Vec<&str> = text.strip_prefix(&delimiter)?.split(&between).collect();
    if rest.pop()? != "--\r\n" {
        return None;
    }
    rest.into_iter().map(plain_part).collect()
}

/// Whether a name has none of the characters that readers treat in ways of their own.
fn is_name(name: &str) -> bool {
    !name.contains(['"', '\\', '%', ';']) && name.get(1..3).is_none_or(|drive| drive != ":\\")
}

fn plain_part(part: &str) -> Option<Part> {
    let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
    let (mut disposition, mut names) = (None, Vec::new());
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(": ")?;
        let name = name.to_ascii_lowercase();
        let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        if !is_plain || names.contains(&name) || !value.chars().all(|c| c.is_ascii_graphic() || c == ' ') {
            return None;
        }
        disposition = if name == "content-disposition" { Some(value) } else { disposition };
        names.push(name);
    }
    let rest = disposition?.strip_prefix("form-data; name=\"")?.strip_suffix('"')?;
    let (name, file_name) = rest.split_once("\"; filename=\"").map_or((rest, None), |(name, file)| (name, Some(file.to_owned())));
    let are_names = is_name(name) && file_name.as_deref().is_none_or(is_name);
    are_names.then(|| (Some(name.to_owned()), file_name, from_latin1(content)))
}
