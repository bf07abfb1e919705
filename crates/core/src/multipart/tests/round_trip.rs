//! What is written is read back.

use bytes::{Bytes, BytesMut};
use proptest::collection::vec as list;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::{Boundary, Limits, PartHead, Writer, length};
use super::parse;

#[derive(Debug, Clone)]
struct Part {
    name: String,
    /// Name, type and range of a file.
    file: Option<(String, String, Option<String>)>,
    content: Vec<u8>,
}

/// A boundary from few characters, so that content often looks like it.
fn boundaries() -> impl Strategy<Value = String> {
    prop_oneof!["[-ab]{1,4}", "[-ab'*&#$(]{1,200}", Just("--".to_owned()), "[0-9a-zA-Z'()+_,./:=? -]{0,69}[0-9a-zA-Z]"]
}

/// A name of all that can be told apart from its encoding.
fn names() -> impl Strategy<Value = String> {
    prop_oneof![".*", "[\\\\\";=%2aD\r\n \t\u{e9}'*]{0,12}", Just("C:\\Photos\\".to_owned())]
        .prop_filter("looks encoded", |name| !["%22", "%0D", "%0A"].iter().any(|code| name.contains(code)))
}

/// Content of pieces of delimiters and of other bytes, without a whole delimiter.
fn contents(boundary: String) -> impl Strategy<Value = Vec<u8>> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let start = (any::<Index>(), Just(delimiter.clone())).prop_map(|(at, whole)| whole[..at.index(whole.len())].to_vec());
    let lookalike = select(vec![&b"x"[..], b"-x", b"\rx", b" \t\rx", b" --", b"\n"]);
    let lookalike = (Just(delimiter), lookalike).prop_map(|(whole, tail)| [&whole, tail].concat());
    let piece = prop_oneof![3 => start, 1 => lookalike, 2 => list(select(&b"\r\n-ab "[..]), 0..8), 1 => list(any::<u8>(), 0..40)];
    list(piece, 0..8).prop_map(|pieces| pieces.concat()).prop_filter("has a delimiter", move |content| {
        // As in a body: the head's blank line before it, the next delimiter's line end after it.
        !has_delimiter(&[b"\r\n", content.as_slice(), b"\r\n"].concat(), &format!("\r\n--{boundary}"))
    })
}

/// An independent and slow reading of the documentation.
fn has_delimiter(content: &[u8], delimiter: &str) -> bool {
    memchr::memmem::find_iter(content, delimiter).any(|at| {
        let tail = &content[at + delimiter.len()..];
        let line_end = tail.iter().position(|byte| !b" \t".contains(byte)).map(|at| &tail[at..]);
        tail.starts_with(b"--") || line_end.is_some_and(|tail| tail.starts_with(b"\r\n"))
    })
}

fn parts(boundary: String) -> impl Strategy<Value = Vec<Part>> {
    let file = (names(), "[a-z]{1,5}/[a-z+;= ]{0,8}[a-z]", proptest::option::of("bytes [0-9]{1,9}-[0-9]/[0-9]{1,3}"));
    let part = (names(), proptest::option::of(file), contents(boundary));
    list(part.prop_map(|(name, file, content)| Part { name, file, content }), 0..5)
}

fn bodies() -> impl Strategy<Value = (Boundary, Vec<Part>)> {
    boundaries().prop_flat_map(|text| {
        let boundary = Boundary::new(text.clone()).expect("a boundary");
        (Just(boundary), parts(text))
    })
}

fn pieces(writer: &Writer, parts: &[Part]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    for Part { name, file, content } in parts {
        if let Some((file_name, content_type, range)) = file {
            pieces.push(writer.file(name, file_name, content_type, range.as_deref()).expect("values without controls"));
            pieces.push(Bytes::copy_from_slice(content));
            pieces.push(writer.file_end());
        } else {
            pieces.push(writer.field(name, content));
        }
    }
    pieces.push(writer.finish());
    pieces
}

fn head(part: &Part) -> PartHead {
    let (file_name, content_type, content_range) = match part.file.clone() {
        Some((name, media_type, range)) => (Some(name), Some(media_type), range),
        None => (None, None, None),
    };
    PartHead { name: Some(part.name.clone()), file_name, content_type, content_range, other: Vec::new() }
}

/// What bodies with the boundary `a` are made of.
const TOKENS: &[&[u8]] = &[b"\r\n--a", b"\r\n", b"--", b"\r", b"\n", b"-", b" ", b"a", b":", b"a:b", b"\r\n--a--"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_read_back((boundary, parts) in bodies(), cuts in list(any::<Index>(), 0..12)) {
        let writer = Writer::new(boundary.clone());
        prop_assert_eq!(&Boundary::from_content_type(writer.content_type()), &Ok(boundary.clone()));
        let pieces = pieces(&writer, &parts);
        let body: BytesMut = pieces.iter().flat_map(|piece| piece.iter().copied()).collect();
        prop_assert_eq!(length(&pieces, []), u64::try_from(body.len()).ok());

        let mut body = body.freeze();
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
        ends.sort_unstable_by(|a, b| b.cmp(a));
        let mut chunks: Vec<_> = ends.into_iter().map(|at| body.split_off(at)).collect();
        chunks.push(body);
        chunks.reverse();

        let seen = parse(&boundary, Limits::default(), chunks);
        prop_assert_eq!((seen.ended, seen.error), (true, None));
        let expected: Vec<_> = parts.iter().map(|part| (head(part), part.content.clone(), true)).collect();
        prop_assert_eq!(seen.parts, expected);
    }

    #[test]
    fn any_bytes_mean_the_same_in_any_chunks(
        body in list(select(TOKENS), 0..30),
        size in 1..20_usize,
    ) {
        let boundary = Boundary::new("a").expect("a boundary");
        let body = [b"--a\r\n", body.concat().as_slice()].concat();
        let whole = parse(&boundary, Limits::default(), [Bytes::copy_from_slice(&body)]);
        let cut = parse(&boundary, Limits::default(), body.chunks(size).map(Bytes::copy_from_slice));
        prop_assert_eq!(whole, cut);
    }
}
