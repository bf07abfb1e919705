//! `multipart/form-data` beside multer and Python's `python-multipart`.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::stream;
use larder_core::multipart::{Boundary, Error, Event, Limits, Parser, Writer};
use larder_testkit::fixtures::{self, Direction};
use serde_json::{Value, json};

use super::mutation::{Dice, mutated};
use super::{from_latin1, python, to_latin1};

/// A part: its name, its file's name, its content.
type Part = (Option<String>, Option<String>, Vec<u8>);

/// A body and its boundary.
#[derive(Debug, Clone)]
struct Body {
    boundary: String,
    bytes: Vec<u8>,
}

fn ours(body: &Body) -> Result<Vec<Part>, Error> {
    let mut parser = Parser::new(&Boundary::new(body.boundary.clone()).unwrap(), Limits::default());
    let mut input = Some(Bytes::from(body.bytes.clone()));
    let mut parts = Vec::new();
    loop {
        match parser.next()? {
            Event::Part(head) => parts.push((head.name, head.file_name, Vec::new())),
            Event::Data(data) => parts.last_mut().unwrap().2.extend_from_slice(&data),
            Event::PartEnd => {}
            Event::NeedInput => match input.take() {
                Some(bytes) => parser.push(bytes)?,
                None => parser.finish(),
            },
            Event::End => return Ok(parts),
        }
    }
}

/// multer waits for nothing here: the body is there.
fn multer(body: &Body) -> Result<Vec<Part>, ::multer::Error> {
    let stream = stream::iter([Ok::<_, Infallible>(Bytes::from(body.bytes.clone()))]);
    let boundary = body.boundary.clone();
    let mut read = pin!(async move {
        let mut multipart = ::multer::Multipart::new(stream, boundary);
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await? {
            let (name, file_name) = (field.name().map(str::to_owned), field.file_name().map(str::to_owned));
            parts.push((name, file_name, field.bytes().await?.to_vec()));
        }
        Ok(parts)
    });
    loop {
        if let Poll::Ready(parts) = read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return parts;
        }
    }
}

fn pythons(bodies: &[Body]) -> Option<Vec<Result<Vec<Part>, String>>> {
    let asked: Vec<Value> = bodies
        .iter()
        .map(
            |body| json!({ "boundary": body.boundary, "body": to_latin1(&body.bytes), "split": 1 + body.bytes.len() % 7 * 1000 }),
        )
        .collect();
    let told = python("multipart", "python_multipart", &asked)?;
    Some(told.iter().map(said).collect())
}

fn said(told: &Value) -> Result<Vec<Part>, String> {
    if let Some(error) = told["error"].as_str() {
        return Err(error.to_owned());
    }
    let part = |part: &Value| {
        let text = |at: usize| part[at].as_str().map(|text| String::from_utf8_lossy(&from_latin1(text)).into_owned());
        (text(0), text(1), from_latin1(part[2].as_str().unwrap()))
    };
    Ok(told["parts"].as_array().unwrap().iter().map(part).collect())
}

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
fn written() -> Vec<Body> {
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

fn of_fixtures() -> Vec<Body> {
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

fn damaged() -> Vec<Body> {
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
fn plain(body: &Body) -> Option<Vec<Part>> {
    let text = to_latin1(&body.bytes);
    let delimiter = format!("--{}", body.boundary);
    let between = format!("\r\n{delimiter}");
    let mut rest: Vec<&str> = text.strip_prefix(&delimiter)?.split(&between).collect();
    if rest.pop()? != "--\r\n" {
        return None;
    }
    rest.into_iter()
        .map(|part| {
            let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
            let (mut disposition, mut names) = (None, Vec::new());
            for line in head.split("\r\n") {
                let (name, value) = line.split_once(": ")?;
                let is_plain = |c: char| c.is_ascii_graphic() || c == ' ';
                if !name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
                    || !value.chars().all(is_plain)
                    || names.contains(&name.to_ascii_lowercase())
                    || name.is_empty()
                {
                    return None;
                }
                names.push(name.to_ascii_lowercase());
                disposition = Some(value).filter(|_| name.eq_ignore_ascii_case("Content-Disposition")).or(disposition);
            }
            let rest = disposition?.strip_prefix("form-data; name=\"")?.strip_suffix('"')?;
            let (name, file_name) =
                rest.split_once("\"; filename=\"").map_or((rest, None), |(name, file)| (name, Some(file.to_owned())));
            let is_name = |name: &str| {
                !name.contains(['"', '\\', '%', ';'])
                    && !name.starts_with('\\')
                    && name.get(1..3).is_none_or(|drive| drive != ":\\")
            };
            (is_name(name) && file_name.as_deref().is_none_or(is_name))
                .then(|| (Some(name.to_owned()), file_name, from_latin1(content)))
        })
        .collect()
}

/// The three escapes that browsers write and ours reads: others leave them as they are.
fn unescaped(parts: Vec<Part>) -> Vec<Part> {
    let read = |name: Option<String>| name.map(|name| name.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
    parts.into_iter().map(|(name, file_name, content)| (read(name), read(file_name), content)).collect()
}

/// Who else reads a body, and how that may differ from ours where there is something to forgive: what ours says or does, what
/// theirs does, why.
const MEANT: &[(&str, &str, &str)] = &[
    ("multer", "only ours: failed to read headers", "names of headers may not be anything; ours takes what has a colon"),
    ("multer", "only ours: incomplete multipart stream", "a line that begins like a delimiter and goes on is content to ours"),
    ("multer", "only ours: field with incomplete data", "a content that is empty needs no line end of its own in ours"),
    ("multer", "only theirs: Head(CarriageReturn)", "ours refuses a line end that only some take for one"),
    ("multer", "only theirs: Head(NotUtf8)", "ours guesses no character set; it takes a name that is no text for none"),
    ("multer", "only theirs: Head(Quote)", "a quote without an end: it takes the name for none, and so a file for a field"),
    ("multer", "only theirs: Head(Repeated)", "two names: it takes the first, others the last"),
    ("multer", "only theirs: Truncated", "a delimiter behind a bare line feed is none to ours"),
    ("multer", "names", "it finds names within other parameters and values"),
    ("multer", "contents", "it takes a delimiter that does not begin its line, and ends a head at CRLF CRLF alone"),
    ("python", "only ours: Did not find CR at end of boundary", "ours forgives what stands before the first delimiter"),
    ("python", "only ours: Did not find LF at end of boundary", "ours forgives what stands before the first delimiter"),
    ("python", "only ours: Expected boundary character", "ours forgives what stands before the first delimiter"),
    ("python", "only ours: Found invalid character", "names of headers may not be anything; ours takes what has a colon"),
    ("python", "only ours: it does not end", "ours takes a closing delimiter that no line end follows"),
    ("python", "only theirs: Head(CarriageReturn)", "ours refuses a line end that only some take for one"),
    ("python", "only theirs: Head(NotAHeader)", "it takes a line feed for a part of a value"),
    ("python", "only theirs: Head(NotUtf8)", "names are bytes to it"),
    ("python", "only theirs: Head(Quote)", "a quote without an end is a character of the name to it"),
    ("python", "only theirs: Head(Repeated)", "two names: it takes the last, others the first"),
    ("python", "names", "it unescapes backslashes, cuts Windows paths, ignores `filename*`, and takes quotes within names"),
    ("python", "contents", "a delimiter right behind a head is content to it"),
];

/// How two readings of one body differ; none if they do not.
fn difference<E: core::fmt::Display>(ours: &Result<Vec<Part>, Error>, theirs: &Result<Vec<Part>, E>) -> Option<String> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) if *ours == *theirs || *ours == unescaped(theirs.clone()) => None,
        (Ok(ours), Ok(theirs)) if ours.iter().map(|part| &part.2).eq(theirs.iter().map(|part| &part.2)) => {
            Some("names".to_owned())
        }
        (Ok(_), Ok(_)) => Some("contents".to_owned()),
        (Err(_), Err(_)) => None,
        (Err(error), Ok(_)) => Some(format!("only theirs: {error:?}")),
        (Ok(_), Err(error)) => {
            let error = error.to_string();
            let error = if error.contains("with incomplete data") { "field with incomplete data" } else { &error };
            Some(format!("only ours: {}", error.trim_start_matches("MultipartParseError: ")))
        }
    }
}

/// Holds that a reading differs from ours in no way but those that are meant, and says which of those came up.
fn check<E: core::fmt::Display>(who: &str, body: &Body, theirs: &Result<Vec<Part>, E>) -> Option<usize> {
    let ours = ours(body);
    let text = to_latin1(&body.bytes);
    if let Some(parts) = plain(body) {
        assert_eq!(ours.as_ref(), Ok(&parts), "{text:?}");
        assert_eq!(theirs.as_ref().map_err(ToString::to_string), Ok(&parts), "{who}: {text:?}");
        return None;
    }
    let difference = difference(&ours, theirs)?;
    let meant = MEANT.iter().position(|row| row.0 == who && difference.starts_with(row.1));
    assert!(meant.is_some(), "{who} {difference}: {text:?}");
    meant
}

/// What we write and what fixtures show is the same to all.
#[test]
fn what_clients_send_is_read_alike() {
    let bodies = [written(), of_fixtures()].concat();
    assert!(of_fixtures().len() >= 20);
    let pythons = pythons(&bodies);
    for (at, body) in bodies.iter().enumerate() {
        let ours = ours(body);
        assert_eq!(difference(&ours, &multer(body)), None, "{}", to_latin1(&body.bytes));
        // Python reads backslashes otherwise: see below.
        if let Some(told) = pythons.as_ref().filter(|_| !body.bytes.contains(&b'\\')) {
            assert_eq!(difference(&ours, &told[at]), None, "{}", to_latin1(&body.bytes));
        }
    }
}

/// What was damaged is read alike where it is still plain, and otherwise differs in ways that are meant.
#[test]
fn what_was_damaged_is_read_alike_or_differs_as_meant() {
    let bodies = damaged();
    let plain = bodies.iter().filter(|body| plain(body).is_some()).count();
    assert!(plain > 500, "{plain} of {} are plain", bodies.len());
    let mut seen: Vec<Option<usize>> = bodies.iter().map(|body| check("multer", body, &multer(body))).collect();
    let pythons = pythons(&bodies);
    for (body, told) in bodies.iter().zip(pythons.iter().flatten()) {
        seen.push(check("python", body, told));
    }
    for (at, (who, difference, _)) in MEANT.iter().enumerate().filter(|(_, row)| pythons.is_some() || row.0 == "multer") {
        assert!(seen.contains(&Some(at)), "{who} {difference}: does not come up any more");
    }
}

/// The names that are read in different ways on purpose.
#[test]
fn names_that_others_read_otherwise() {
    let body = |disposition: &str| {
        let text = format!("--b\r\nContent-Disposition: form-data; name=\"f\"; {disposition}\r\n\r\n1\r\n--b--\r\n");
        Body { boundary: "b".to_owned(), bytes: text.into_bytes() }
    };
    let rows = [
        (
            r#"filename="C:\Photos\a.jpg""#,
            [r"C:\Photos\a.jpg", r"C:\Photos\a.jpg", "a.jpg"],
            "full paths of old clients are kept",
        ),
        (r#"filename="a\\b""#, [r"a\\b", r"a\\b", r"a\b"], "browsers escape no backslash"),
        (r#"filename="a\"b""#, [r#"a"b"#, r#"a"b"#, r#"a"b"#], "but a quote"),
        (r#"filename="a%22b""#, [r#"a"b"#, "a%22b", "a%22b"], "as browsers write a quote"),
        (r#"filename="a"; filename*=utf-8''%e2%82%ac"#, ["\u{20ac}", "a", "a"], "the encoded name wins"),
    ];
    let bodies: Vec<Body> = rows.iter().map(|(disposition, ..)| body(disposition)).collect();
    let pythons = pythons(&bodies);
    for (at, (disposition, [ours_is, multers_is, pythons_is], why)) in rows.into_iter().enumerate() {
        let name = |parts: &[Part]| parts[0].1.clone().unwrap();
        assert_eq!(name(&ours(&bodies[at]).unwrap()), ours_is, "{disposition}: {why}");
        assert_eq!(name(&multer(&bodies[at]).unwrap()), multers_is, "{disposition}: {why}");
        if let Some(told) = &pythons {
            assert_eq!(name(told[at].as_ref().unwrap()), pythons_is, "{disposition}: {why}");
        }
    }
}
