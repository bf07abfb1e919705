//! Heads as clients send them.

use core::fmt::Write as _;

use insta::assert_snapshot;

use super::super::PartHead;
use super::whole;

const FILE: &str = "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\Photos\\myDog.jpg\"\r\n\
                    Content-Type: image/jpeg\r\nContent-Range: bytes 0-9/20\r\n";
const FOLDED: &str = "Content-Disposition: form-data;\r\n  name=\"a\r\n b\";\n\tfilename=c\n\
                      Content-Type: text/plain;\r\n charset=utf-8\r\n";

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
        let visible = value.replace('\r', "␍").replace('\n', "␊").replace('\u{a0}', "⍽");
        write!(line, "{key}=<{visible}> ").expect("a string");
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
    assert_snapshot!(show(FILE), @r#"name=<file> file=<C:\Photos\myDog.jpg> type=<image/jpeg> range=<bytes 0-9/20>"#);
    assert_snapshot!(
        show("CONTENT-DISPOSITION:FORM-DATA;FILENAME=x;NAME=y\r\ncontent-TYPE:\r\nContent-Range: \t\r\n"),
        @"name=<y> file=<x>"
    );
    assert_snapshot!(
        show("Content-Transfer-Encoding: binary\r\nContent-Length : 12\r\nX-Empty:\r\nX-Colon: a:b\r\n"),
        @"content-transfer-encoding:<binary> content-length:<12> x-empty:<> x-colon:<a:b>"
    );
    assert_snapshot!(show(FOLDED), @"name=<a b> file=<c> type=<text/plain; charset=utf-8>");
    assert_snapshot!(show(""), @"");
}

#[test]
fn refused_heads() {
    assert_snapshot!(show("Content-Disposition form-data\r\n"), @"the head of a part has a line that is no header");
    assert_snapshot!(show(": form-data\r\n"), @"the head of a part has a line that is no header");
    assert_snapshot!(show(" folded: nothing\r\n"), @"the head of a part has a line that is no header");
    assert_snapshot!(show("A: b\rC: d\r\n"), @"the head of a part has a carriage return within a line");
    assert_snapshot!(show("A: b\r\r\n"), @"the head of a part has a carriage return within a line");
    assert_snapshot!(show("Content-Type: a\r\ncontent-type: b\r\n"), @"the head of a part repeats a header or a parameter");
    assert_snapshot!(
        show("Content-Disposition: a\r\nContent-Disposition: a\r\n"),
        @"the head of a part repeats a header or a parameter"
    );
    assert_snapshot!(disposition(b"form-data; name=\"caf\xe9\""), @"the head of a part is not UTF-8");
    assert_snapshot!(disposition("form-data; name=\"a"), @"the head of a part has a quoted value without an end");
    assert_snapshot!(disposition("form-data; name=a; NAME=b"), @"the head of a part repeats a header or a parameter");
}

#[test]
fn quotes_and_backslashes() {
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="C:\Photos\""#), @r#"name=<a> file=<C:\Photos\>"#);
    assert_snapshot!(disposition(r#"form-data; filename="C:\Photos\" ; name="a""#), @r#"name=<a> file=<C:\Photos\>"#);
    assert_snapshot!(
        disposition(r#"form-data; name="a"; filename="\\server\share\x.jpg""#),
        @r#"name=<a> file=<\\server\share\x.jpg>"#
    );
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="say \"hi\".txt""#), @r#"name=<a> file=<say "hi".txt>"#);
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="say \"hi\"""#), @r#"name=<a> file=<say "hi">"#);
    assert_snapshot!(
        disposition(r#"form-data; name="a"; filename="say %22hi%22%0D%0A%0a%20.txt""#),
        @r#"name=<a> file=<say "hi"␍␊%0a%20.txt>"#
    );
    assert_snapshot!(disposition(r#"form-data; name="a"; filename="\%22;x=y""#), @r#"name=<a> file=<\";x=y>"#);
    assert_snapshot!(disposition(r#"form-data; name="a"junk; filename="b" junk"#), @"name=<a> file=<b>");
}

#[test]
fn values_without_quotes() {
    assert_snapshot!(disposition("form-data; name=a; filename=my dog's photo.jpg ; x=y"), @"name=<a> file=<my dog's photo.jpg>");
    assert_snapshot!(disposition("form-data; name=%22a%22; filename=C:\\x\\"), @r#"name=<%22a%22> file=<C:\x\>"#);
    assert_snapshot!(disposition("form-data; name=; filename=\"\""), @"name=<> file=<>");
    assert_snapshot!(disposition("name = \"a\" ; filename\t=\tb"), @"name=<a> file=<b>");
    assert_snapshot!(disposition("form-data; ;; name; name=a; =b; filename"), @"name=<a>");
    assert_snapshot!(disposition("form-data; filename=日本.txt; name=\"\u{a0}é \""), @"name=<⍽é > file=<日本.txt>");
}

#[test]
fn encoded_values() {
    assert_snapshot!(
        disposition("form-data; name=a; filename*=UTF-8''%e6%97%A5%20x.txt; filename=\"?.txt\""),
        @"name=<a> file=<日 x.txt>"
    );
    assert_snapshot!(
        disposition("form-data; name=a; filename=\"?.txt\"; filename*=iso-8859-1'en'caf%E9"),
        @"name=<a> file=<café>"
    );
    assert_snapshot!(disposition("form-data; name*=utf-8''%C3%A9; FILENAME*=\"utf-8''a'b\""), @"name=<é> file=<a'b>");
    assert_snapshot!(disposition("form-data; name=a; filename=\"plain\"; filename*=UTF-8''%FF"), @"name=<a> file=<plain>");
    assert_snapshot!(disposition("form-data; name=a; filename=\"plain\"; filename*=koi8-r''%C1"), @"name=<a> file=<plain>");
    assert_snapshot!(
        disposition("form-data; name=a; filename*=UTF-8''%F"),
        @"the head of a part has an encoded name that cannot be decoded"
    );
    assert_snapshot!(
        disposition("form-data; name=a; filename*=UTF-8'x"),
        @"the head of a part has an encoded name that cannot be decoded"
    );
    assert_snapshot!(
        disposition("form-data; name=a; filename*=UTF-8''x; filename*=UTF-8''y"),
        @"the head of a part repeats a header or a parameter"
    );
}

#[test]
fn other_headers_are_found_by_name() {
    let seen = whole("b", b"--b\r\nX-A: 1\r\nx-a: 2\r\nContent-MD5: q==\r\n\r\n--b--").expect("a boundary");
    let head = &seen.parts[0].0;
    assert_eq!((head.header("x-a"), head.header("content-md5"), head.header("x-b")), (Some("1"), Some("q=="), None));
}
