//! Bodies as they occur, and some that nobody should send.

use super::super::{Error, HeadFault};
use super::{Test, whole};

/// A body and what it means.
pub(super) struct Sample {
    pub(super) what: &'static str,
    pub(super) boundary: &'static str,
    pub(super) body: &'static [u8],
    /// Name and content of the parts that end.
    parts: &'static [(Option<&'static str>, &'static [u8])],
    pub(super) error: Option<Error>,
}

const fn good(
    what: &'static str,
    boundary: &'static str,
    body: &'static [u8],
    parts: &'static [(Option<&'static str>, &'static [u8])],
) -> Sample {
    Sample { what, boundary, body, parts, error: None }
}

pub(super) const SAMPLES: &[Sample] = &[
    good(
        "a browser's",
        "----WebKitFormBoundary7MA4YWxkTrZu0gW",
        b"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nMy dog\r\n\
          ------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\
          Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff\xe0\0\r\n\r\n--\r\n------WebKitForm\r\n\
          ------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n",
        &[(Some("title"), b"My dog"), (Some("file"), b"\xff\xd8\xff\xe0\0\r\n\r\n--\r\n------WebKitForm")],
    ),
    good("no parts", "b", b"--b--\r\n", &[]),
    good("no last line end", "b", b"--b\r\ncontent-disposition:x;name=a\r\n\r\n1\r\n--b--", &[(Some("a"), b"1")]),
    good(
        "preamble and epilogue",
        "b",
        b"This is\r\n--bait\r\n\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n\
          --b--ignore\r\n--b\r\nme\r\n--b--",
        &[(Some("a"), b"1")],
    ),
    good("a line end first", "b", b"\r\n--b\r\nA: b\r\n\r\n1\r\n--b--\r\n", &[(None, b"1")]),
    good(
        "padding",
        "b",
        b"--b \t \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b  \r\n\r\n2\r\n--b--  \t\r\n",
        &[(Some("a"), b"1"), (None, b"2")],
    ),
    good(
        "lookalikes",
        "b",
        b"--b\r\n\r\n--bX\r\n--b-\r\n--b -- \r\n--b\r\r\n--b\t\rx\r\n--bb\r\r\r\n\r\n--\r\n-\r\n--b-x\n--b\r\n \r\n--b--\r\n",
        &[(None, b"--bX\r\n--b-\r\n--b -- \r\n--b\r\r\n--b\t\rx\r\n--bb\r\r\r\n\r\n--\r\n-\r\n--b-x\n--b\r\n ")],
    ),
    good(
        "parts without content",
        "b",
        b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n\
          --b\r\nContent-Disposition: form-data; name=c\r\n\r\n--b\r\n\r\n--b--",
        &[(Some("a"), b""), (Some("c"), b""), (None, b"")],
    ),
    good(
        "line feeds and folds in heads",
        "x-y",
        b"--x-y\r\nContent-Disposition: form-data;\n name=\"a\";\r\n\tfilename=b\n\
          Content-Type: text/plain\n\n\n1\n\r\n--x-y--\r\n",
        &[(Some("a"), b"\n1\n")],
    ),
    good(
        "a kit's boundary",
        "-*&#$(!@~=\\x",
        b"---*&#$(!@~=\\x\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type:\r\n\r\n\
          \\x\r\n---*&#$(!@~=\\\r\n---*&#$(!@~=\\x--\r\n",
        &[(Some("a"), b"\\x\r\n---*&#$(!@~=\\")],
    ),
    good(
        "dashes",
        "--",
        b"----\r\n\r\n---\r\n---\r\n--\r\n---x\r\n----x\r\n----\r\n\r\n-\r\n------\r\n",
        &[(None, b"---\r\n---\r\n--\r\n---x\r\n----x"), (None, b"-")],
    ),
    good(
        "carriage returns",
        "\u{e9}",
        b"--\xc3\xa9\r\n\r\n\r\r\r\n\r\n-\r-\n\r\n--\xc3\r\n--\xc3\xa9--",
        &[(None, b"\r\r\r\n\r\n-\r-\n\r\n--\xc3")],
    ),
    Sample {
        what: "no header",
        boundary: "b",
        body: b"--b\r\n\r\n1\r\n--b\r\nno header\r\n\r\n2\r\n--b--\r\n",
        parts: &[(None, b"1")],
        error: Some(Error::Head(HeadFault::NotAHeader)),
    },
    Sample {
        what: "no closing delimiter",
        boundary: "b",
        body: b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b\r\n",
        parts: &[(None, b"1"), (None, b"2")],
        error: Some(Error::Truncated),
    },
    Sample { what: "nothing", boundary: "b", body: b"", parts: &[], error: Some(Error::Truncated) },
];

#[test]
fn every_sample_means_what_it_should() -> Test {
    for sample in SAMPLES {
        let seen = whole(sample.boundary, sample.body)?;
        let parts: Vec<_> = seen.parts.iter().map(|(head, content, _)| (head.name.as_deref(), content.as_slice())).collect();
        assert_eq!(parts, sample.parts, "{}", sample.what);
        assert!(seen.parts.iter().all(|(.., ended)| *ended), "{}", sample.what);
        assert_eq!((seen.error, seen.ended), (sample.error, sample.error.is_none()), "{}", sample.what);
    }
    Ok(())
}
