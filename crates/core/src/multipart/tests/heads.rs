//! Heads as clients send them.

use core::fmt::Write as _;

use insta::assert_snapshot;

use super::super::PartHead;
use super::whole;

/// Parses a part with this head, and shows what came of it on one line.
fn show(head: impl AsRef<[u8]>) -> String {
    let body = [b"--b\r\n", head.as_ref(), b"\r\n\r\n--b--"].concat();
    let seen = whole("b", &body).expect("a boundary");
    match (seen.error, seen.parts.as_slice()) {
        (Some(error), []) => error.to_string(),
        (None, [(head, _, true)]) => line(head),
        (error, parts) => panic!("{error:?} {parts:?}"),
    }
}

fn line(head: &PartHead) -> String {
    let PartHead { name, file_name, content_type, content_range, other } = head;
    let mut line = String::new();
    let fields = [("name", name), ("file", file_name), ("type", content_type), ("range", content_range)];
    for (key, value) in fields.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        write!(line, "{key}=<{}> ", value.escape_debug().to_string().replace("\\\"", "\"").replace("\\\\", "\\"))
            .expect("a string");
    }
    for (key, value) in other {
        write!(line, "{key}:<{value}> ").expect("a string");
    }
    line.trim_end().to_owned()
}

fn disposition(value: impl AsRef<[u8]>) -> String {
    show([b"Content-Disposition: ", value.as_ref(), b"\r\n"].concat())
}

#[test]
fn whole_heads() {
    assert_snapshot!(show("Content-Disposition: form-data; name=\"file\"; filename=\"C:\\Photos\\myDog.jpg\"\r\nContent-Type: image/jpeg\r\nContent-Range: bytes 0-9/20\r\n"), @"");
    assert_snapshot!(show("CONTENT-DISPOSITION:FORM-DATA;FILENAME=x;NAME=y\r\ncontent-TYPE:\r\nContent-Range: \t\r\n"), @"");
    assert_snapshot!(show("Content-Transfer-Encoding: binary\r\nContent-Length : 12\r\nX-Empty:\r\nX-Colon: a:b\r\n"), @"");
    assert_snapshot!(show("Content-Disposition: form-data;\r\n  name=\"a\r\n b\";\n\tfilename=c\nContent-Type: text/plain;\r\n charset=utf-8\r\n"), @"");
    assert_snapshot!(show(""), @"");
}

#[test]
fn refused_heads() {
    assert_snapshot!(show("Content-Disposition form-data\r\n"), @"");
    assert_snapshot!(show(": form-data\r\n"), @"");
    assert_snapshot!(show(" folded: nothing\r\n"), @"");
    assert_snapshot!(show("A: b\rC: d\r\n"), @"");
    assert_snapshot!(show("A: b\r\r\n"), @"");
    assert_snapshot!(show("Content-Type: a\r\ncontent-type: b\r\n"), @"");
    assert_snapshot!(show("Content-Disposition: a\r\nContent-Disposition: a\r\n"), @"");
    assert_snapshot!(disposition(b"form-data; name=\"caf\xe9\""), @"");
    assert_snapshot!(disposition("form-data; name=\"a"), @"");
    assert_snapshot!(disposition("form-data; name=a; NAME=b"), @"");
}

#[test]
fn quotes_and_backslashes() {
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="C:\Photos\""#), @"");
    assert_snapshot!(disposition(r#"form-data; filename="C:\Photos\" ; name="a""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="\\server\share\x.jpg""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="say \"hi\".txt""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="say \"hi\"""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="say %22hi%22%0D%0A%0a%20.txt""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="\%22;x=y""#), @"");
    assert_snapshot!(disposition(r#"form-data; name="a"junk; filename="b" junk"#), @"");
}

#[test]
fn values_without_quotes() {
    assert_snapshot!(disposition("form-data; name=a; filename=my dog's photo.jpg ; x=y"), @"");
    assert_snapshot!(disposition("form-data; name=%22a%22; filename=C:\\x\\"), @"");
    assert_snapshot!(disposition("form-data; name=; filename=\"\""), @"");
    assert_snapshot!(disposition("name = \"a\" ; filename\t=\tb"), @"");
    assert_snapshot!(disposition("form-data; ;; name; name=a; =b; filename"), @"");
    assert_snapshot!(disposition("form-data; filename=日本.txt; name=\"\u{a0}é \""), @"");
}

#[test]
fn encoded_values() {
    assert_snapshot!(disposition("form-data; name=a; filename*=UTF-8''%e6%97%A5%20x.txt; filename=\"?.txt\""), @"");
    assert_snapshot!(disposition("form-data; name=a; filename=\"?.txt\"; filename*=iso-8859-1'en'caf%E9"), @"");
    assert_snapshot!(disposition("form-data; name*=utf-8''%C3%A9; FILENAME*=\"utf-8''a'b\""), @"");
    assert_snapshot!(disposition("form-data; name=a; filename=\"plain\"; filename*=UTF-8''%FF"), @"");
    assert_snapshot!(disposition("form-data; name=a; filename=\"plain\"; filename*=koi8-r''%C1"), @"");
    assert_snapshot!(disposition("form-data; name=a; filename*=UTF-8''%F"), @"");
    assert_snapshot!(disposition("form-data; name=a; filename*=UTF-8'x"), @"");
    assert_snapshot!(disposition("form-data; name=a; filename*=UTF-8''x; filename*=UTF-8''y"), @"");
}

#[test]
fn other_headers_are_found_by_name() {
    let seen = whole("b", b"--b\r\nX-A: 1\r\nx-a: 2\r\nContent-MD5: q==\r\n\r\n--b--").expect("a boundary");
    let head = &seen.parts[0].0;
    assert_eq!((head.header("x-a"), head.header("content-md5"), head.header("x-b")), (Some("1"), Some("q=="), None));
}
