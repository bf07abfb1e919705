//! XML answers beside lxml.

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation, Reject, Rule};
use larder_proto_nvx::codec::xml_read;
use larder_proto_nvx::{Done, Nvx, Style};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::trees::{answers, read};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::mutation::{Dice, mutated};
use super::{from_latin1, python, to_latin1};
use crate::identity::arbitrary::{Change, arbitrary, changes};
use crate::identity::nvx;

/// Name, attributes, and what is inside: texts and elements, comments and instructions left out.
fn tree(node: Node<'_, '_>) -> Value {
    let mut inside: Vec<Value> = Vec::new();
    for child in node.children() {
        match (child.text().filter(|_| child.is_text()), inside.last_mut()) {
            (Some(text), Some(Value::String(last))) => last.push_str(text),
            (Some(text), _) => inside.push(text.into()),
            (None, _) if child.is_element() => inside.push(tree(child)),
            (None, _) => {}
        }
    }
    let name = |namespace: Option<&str>, name: &str| {
        // `xmlns=""` is none.
        namespace
            .filter(|namespace| !namespace.is_empty())
            .map_or_else(|| name.to_owned(), |namespace| format!("{{{namespace}}}{name}"))
    };
    let mut attributes: Vec<_> = node.attributes().map(|it| [name(it.namespace(), it.name()), it.value().to_owned()]).collect();
    attributes.sort();
    json!([name(node.tag_name().namespace(), node.tag_name().name()), attributes, inside])
}

/// What our reader sees, as far as it is XML to it.
fn ours(text: &[u8]) -> Option<Value> {
    let text = core::str::from_utf8(text).ok()?;
    let is_xml = !matches!(xml_read::read::<Done>(text), Err(Reject { ref field, rule: Rule::Malformed | Rule::TooMany | Rule::TooLong }) if field.is_empty());
    is_xml.then(|| tree(Document::parse(text.trim_start_matches('\u{FEFF}').trim_start()).unwrap().root_element()))
}

/// What lxml makes of texts.
fn lxml(texts: &[Vec<u8>]) -> Option<Vec<Value>> {
    let asked: Vec<Value> = texts.iter().map(|text| json!({ "text": to_latin1(text) })).collect();
    python("xml", "lxml.etree", &asked)
}

/// A changed answer, as a tree and as our server writes it.
struct Written<'a>(&'a Value, &'a [Change]);

impl Visit for Written<'_> {
    type Output = (Value, String);

    fn visit<O: Operation>(self) -> Self::Output {
        let answer: O::Answer = read(arbitrary::<O::Answer>(self.0, self.1)).unwrap();
        let text = nvx::write(&Style::XML, &answer, &O::META).unwrap();
        (ReadBack(text.as_bytes()).visit::<O>(), text)
    }
}

/// What our client makes of a text.
struct ReadBack<'a>(&'a [u8]);

impl Visit for ReadBack<'_> {
    type Output = Value;

    fn visit<O: Operation>(self) -> Value {
        let head = http::Response::new(()).into_parts().0;
        let answer = O::Api::decode::<O>(&head, self.0).unwrap_or_else(|refusal| panic!("{refusal:?}: {}", to_latin1(self.0)));
        serde_json::to_value(answer).unwrap()
    }
}

/// lxml sees what we see in what we write, and what it writes again, in four ways, is the same answer.
#[test]
fn what_we_write_is_read_alike_and_what_lxml_writes_too() {
    let mut runner = TestRunner::deterministic();
    let mut cases = Vec::new();
    for (name, start) in answers::<Nvx>("nvx") {
        for changed in 0..6 {
            let changes = if changed == 0 { Vec::new() } else { changes().new_tree(&mut runner).unwrap().current() };
            let (tree, text) = name.visit(Written(&start, &changes));
            cases.push((name, tree, text.into_bytes()));
        }
    }
    let texts: Vec<Vec<u8>> = cases.iter().map(|(.., text)| text.clone()).collect();
    let Some(told) = lxml(&texts) else { return };
    assert!(told.len() > 400, "{}", told.len());
    for ((name, answer, text), told) in cases.iter().zip(told) {
        assert_eq!(ours(text).as_ref(), Some(&told["tree"]), "{}: {told}", to_latin1(text));
        for written in told["written"].as_array().unwrap() {
            let written = from_latin1(written.as_str().unwrap());
            assert_eq!(name.visit(ReadBack(&written)), *answer, "{}\n{}", to_latin1(text), to_latin1(&written));
        }
    }
}

/// Answers of fixtures without a declaration, which we do not look at.
fn bare() -> Vec<Vec<u8>> {
    let bodies =
        fixtures::of("nvx", Direction::Response).into_iter().filter_map(|fixture| Some(fixture.response().ok()?.into_body()));
    let texts = bodies.filter_map(|body| String::from_utf8(body.to_vec()).ok()).filter(|text| text.starts_with('<'));
    texts.map(|text| text.split_once("?>").map_or(text.as_str(), |(_, rest)| rest.trim_start()).into()).collect()
}

/// What mutations put in.
const TOKENS: &[&[u8]] = &[
    b"<",
    b">",
    b"&",
    b"'",
    b"\"",
    b"]]>",
    b"<![CDATA[",
    b"<![CDATA[<a>&#0;]]>",
    b"<!--",
    b"-->",
    b"<!-- c -->",
    b"<!-- -- -->",
    b"<?x y?>",
    b"&#0;",
    b"&#x41;",
    b"&#xD800;",
    b"&#x110000;",
    b"&#xFFFE;",
    b"&a;",
    b"&lt;",
    b"&amp;lt;",
    b"\r\n",
    b"\r",
    b"\0",
    b"\x01",
    b"\x7F",
    b"\xFF",
    b"\xC0\xAF",
    b"\xED\xA0\x80",
    b"\xEF\xBF\xBE",
    b"\xEF\xBB\xBF",
    b"<!DOCTYPE a>",
    b" xmlns='urn:u'",
    b" xmlns:x='urn:u'",
    b" a='1'",
    b" a='&lt;&#10;\n\t'",
    b" x:a='1'",
    b"/",
    b"=",
    b"<a/>",
    b"<x:a/>",
    b"<x:a xmlns:x='urn:u' x:b=''/>",
    b"</a>",
    b"<a b='1' b='2'/>",
    b"<a b=1/>",
    "ü".as_bytes(),
    "<ü/>".as_bytes(),
    b"<1/>",
    b"<a:b:c/>",
    b"<?xml version='1.0'?>",
];

/// Damaged here and there, or with one token behind a tag or within one.
fn damaged() -> Vec<Vec<u8>> {
    let whole = bare();
    let mut dice = Dice::new(5);
    let mut texts = Vec::new();
    for _ in 0..2_000 {
        let base: &Vec<u8> = dice.one(&whole);
        texts.push(mutated(base, TOKENS, &mut dice));
        for sign in [b'>', b'e'] {
            let mut text = dice.one(&whole).clone();
            let places: Vec<usize> = (0..text.len()).filter(|at| text[*at] == sign).collect();
            let at = dice.one(&places) + 1;
            drop(text.splice(at..at, dice.one(TOKENS).iter().copied()));
            texts.push(text);
        }
    }
    texts
}

/// What lxml refuses of what we read, and what we refuse of what it reads: its word on it or its document type, and why.
const MEANT: &[(&str, &str)] = &[
    ("only ours: xmlParseCharRef: invalid xmlChar", "the parser takes a reference to no character for U+FFFD (N168)"),
    ("only ours: xmlParseCharRef: character reference out of bounds", "the same"),
    ("only ours: ParsePI", "an instruction is passed over, whatever follows its name"),
    (
        "only ours: Attribute xmlns redefined",
        "of two declarations of a namespace the parser takes one; ours are told by their place",
    ),
    ("only ours: C14NError", "names of namespaces are not looked at, and a canonical text has no relative ones"),
    ("only ours: xmlns", "names of namespaces are not looked at: an envelope's are compared"),
];

#[test]
fn what_was_damaged_is_read_alike_or_differs_as_meant() {
    let texts = damaged();
    let Some(told) = lxml(&texts) else { return };
    let (mut alike, mut refused, mut seen) = (0, 0, Vec::new());
    for (text, told) in texts.iter().zip(&told) {
        let shown = to_latin1(text);
        let difference = match (ours(text), told["error"].as_str()) {
            (Some(tree), None) => {
                assert_eq!(tree, told["tree"], "{shown}");
                alike += 1;
                continue;
            }
            (None, Some(_)) => {
                refused += 1;
                continue;
            }
            (None, None) => format!("only theirs: {}", told["doctype"]),
            (Some(_), Some(error)) => format!("only ours: {}", error.trim_start_matches("XMLSyntaxError: ")),
        };
        let meant = MEANT.iter().position(|row| difference.starts_with(row.0));
        assert!(meant.is_some(), "{difference}: {shown}");
        seen.extend(meant);
    }
    assert!(alike > 1_000 && refused > 1_000, "{alike} alike, {refused} refused");
    assert!((0..MEANT.len()).all(|at| seen.contains(&at)), "some do not come up any more: {seen:?}");
}

/// Whole messages that only one of the two reads, on purpose.
#[test]
fn messages_that_only_one_reads() {
    let answer = "<Response><ResponseCode>0</ResponseCode></Response>";
    let crowd: String = (0..65).map(|at| format!(" a{at}=''")).collect();
    let rows = [
        (format!("<!DOCTYPE Response>{answer}"), false, true, "a document type is all that entities need"),
        (format!("<!DOCTYPE Response [<!ENTITY a 'b'>]>{answer}"), false, true, "the same"),
        (answer.replace("<Response>", &format!("<Response{crowd}>")), false, true, "so many attributes"),
        (
            format!("<?xml version='1.0' encoding='utf-16'?>{answer}"),
            true,
            false,
            "the bytes are UTF-8, whatever is said of them",
        ),
        (format!("<?xml version='1.0' encoding='none'?>{answer}"), true, false, "the same"),
        (format!("\r\n<?xml version='1.0'?>{answer}"), true, false, "services were seen that begin with an empty line"),
        (answer.replace('0', "&#xD800;"), true, false, "references to no characters are U+FFFD"),
        (answer.replace("<Response>", "<Response xmlns:x='u v'>"), true, false, "names of namespaces are not looked at"),
    ];
    let texts: Vec<Vec<u8>> = rows.iter().map(|(text, ..)| text.clone().into_bytes()).collect();
    let told = lxml(&texts);
    for (at, (text, we_do, they_do, why)) in rows.iter().enumerate() {
        assert_eq!(ours(text.as_bytes()).is_some(), *we_do, "{text}: {why}");
        if let Some(told) = &told {
            assert_eq!(told[at]["error"].is_null(), *they_do, "{text}: {why} {}", told[at]);
        }
    }
}
