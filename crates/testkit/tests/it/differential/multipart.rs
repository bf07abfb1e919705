//! `multipart/form-data` beside multer and Python's `python-multipart`.

mod bodies;
mod readers;

use larder_core::multipart::Error;

use self::bodies::{damaged, of_fixtures, plain, written};
use self::readers::{multer, ours, pythons};
use super::to_latin1;

/// A part: its name, its file's name, its content.
type Part = (Option<String>, Option<String>, Vec<u8>);

/// A body and its boundary.
#[derive(Debug, Clone)]
struct Body {
    boundary: String,
    bytes: Vec<u8>,
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
