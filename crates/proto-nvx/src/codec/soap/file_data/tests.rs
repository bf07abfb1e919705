//! However an envelope is cut: what is taken out, and what is left, are what a tree of the whole has.

use bytes::Bytes;
use larder_core::Limits;
use proptest::prelude::*;
use roxmltree::{Document, Node, NodeType};

use super::*;
use crate::values::FileData;

/// What is left, and the file.
type Split = (String, Option<Vec<u8>>);

fn split(chunks: &[&[u8]]) -> Result<Split, RequestFlaw> {
    let mut message = Message::new(Limits::default());
    let mut search = FileDataOf::default();
    for chunk in chunks {
        search.push(chunk, &mut message)?;
    }
    let file = message.take_file().map(|pieces| pieces.concat());
    Ok((String::from_utf8(message.as_text().to_vec()).unwrap(), file))
}

fn whole(text: &str) -> Result<Split, RequestFlaw> {
    split(&[text.as_bytes()])
}

/// An envelope around the children of an AppendFile.
fn envelope(parameters: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='s'><s:Header><a:fileData xmlns:a='b'>AAAA</a:fileData></s:Header><s:Body><AppendFile xmlns='t'>{parameters}</AppendFile></s:Body></s:Envelope>"
    )
}

#[track_caller]
fn is_split(parameters: &str, rest: &str, file: Option<&[u8]>) {
    assert_eq!(whole(&envelope(parameters)), Ok((envelope(rest), file.map(<[u8]>::to_vec))), "{parameters}");
}

#[test]
fn the_file_is_taken_out_and_all_else_stays() {
    is_split("<fileData>8PHy8/Q=</fileData><path>a</path>", "<fileData></fileData><path>a</path>", Some(b"\xF0\xF1\xF2\xF3\xF4"));
    is_split(
        "<path>a</path><t:FILEDATA a='>' b=\"/>\">AAAA</t:FILEDATA >",
        "<path>a</path><t:FILEDATA a='>' b=\"/>\"></t:FILEDATA >",
        Some(&[0; 3]),
    );
    is_split("<fileData>AA\r\n\tAA </fileData>", "<fileData></fileData>", Some(&[0; 3]));
    is_split("<fileData></fileData>", "<fileData></fileData>", Some(b""));
    is_split("<fileData xsi:nil='true'/>", "<fileData xsi:nil='true'/>", None);
    is_split("<path>a</path>", "<path>a</path>", None);
    is_split("<fileDatas>AAAA</fileDatas><fileDat>A</fileDat>", "<fileDatas>AAAA</fileDatas><fileDat>A</fileDat>", None);
    is_split("<x><fileData>AAAA</fileData></x>", "<x><fileData>AAAA</fileData></x>", None);
    is_split("<fileData/><fileData>AAAA</fileData>", "<fileData/><fileData>AAAA</fileData>", None);
    is_split(
        "<fileData>AAAA</fileData><fileData>BBBB</fileData>",
        "<fileData></fileData><fileData>BBBB</fileData>",
        Some(&[0; 3]),
    );
}

#[test]
fn what_looks_like_it_is_not_it() {
    for text in [
        "<!--<fileData>AAAA</fileData>-->",
        "<!-- > --->",
        "<![CDATA[<fileData>AAAA</fileData>]]>",
        "<![CDATA[]]]]]>",
        "<?x <fileData>AAAA</fileData> ??>",
        "<path a='<fileData>' b=\"'<fileData>\"/>",
        "]]&amp;>",
    ] {
        is_split(&format!("{text}<fileData>AAAA</fileData>{text}"), &format!("{text}<fileData></fileData>{text}"), Some(&[0; 3]));
    }
}

#[test]
fn data_in_parts() {
    is_split(
        "<fileData>AA<!-- A -->A<![CDATA[A]]><?A?>AA<![CDATA[]]>AA</fileData>",
        "<fileData><!-- A --><![CDATA[]]><?A?><![CDATA[]]></fileData>",
        Some(&[0; 6]),
    );
    is_split("<fileData>AAAA&#13;&#xA;&#x0000000D;&#65;&#x41;AA</fileData>", "<fileData></fileData>", Some(&[0; 6]));
}

#[test]
fn what_is_no_base64_is_refused() {
    for data in [
        "A",
        "AA",
        "AAA",
        "AAAAA",
        "AA=",
        "AA==AAAA",
        "AA===",
        "=",
        "AB==",
        "A-_A",
        "AAAA\u{e4}",
        "AAAA\u{c}",
        "AAAA]]>",
        "<![CDATA[AAAA]]]>",
        "<![CDATA[AA]AA]]>",
        "<![CDATA[AA]]AA]]>",
        "&amp;",
        "&#0;",
        "&#228;",
        "&#x80;",
        "&#+65;",
        "&#;",
        "&;",
        "&#x;",
        "&#x0000000041;",
        "&AAAA",
        "<x/>",
        "AAAA<x>AAAA</x>",
        "<fileData>AAAA</fileData>",
    ] {
        let parameters = format!("<fileData>{data}</fileData>");
        assert_eq!(whole(&envelope(&parameters)), Err(malformed(FILE_DATA)), "{data}");
    }
}

#[test]
fn what_is_no_envelope_of_ours_is_refused_or_left_to_its_reader() {
    let text = envelope("<fileData>AAAA</fileData>");
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(split(&[&utf_16]), Err(malformed("")));
    assert_eq!(split(&[&utf_16[..1], &utf_16[1..]]), Err(malformed("")));
    assert_eq!(split(&[b"\xFF\xFE", &utf_16]), Err(malformed("")));
    let marked = format!("\u{FEFF}{text}");
    assert_eq!(whole(&marked).unwrap().1, Some(vec![0; 3]));
    for lost in ["<!DOCTYPE a>", "<!ENTITY>", "<![CDATA", "<![cdata[]]>", "<!->", "<>", "<<"] {
        let text = format!("{lost}{text}");
        assert_eq!(whole(&text), Ok((text, None)), "{lost}");
    }
    for lost in ["</x>", "</x></x></x></x>", "<s:Body/><x/>"] {
        assert_eq!(whole(&format!("<x>{lost}</x>")), Ok((format!("<x>{lost}</x>"), None)));
    }
    let two = "<e><b:body xmlns:b='b'><x><fileData>AAAA</fileData></x></b:body><Body></Body></e>";
    assert_eq!(whole(two), Err(malformed("")));
    let second = "<e><Body><x/><x><fileData>AAAA</fileData></x></Body></e>";
    assert_eq!(whole(second), Ok((second.to_owned(), None)));
}

#[test]
fn at_the_limit_and_one_byte_beyond() {
    let (embedded, data) = (3_000, "AAAA".repeat(1_000));
    let run = |text: &str, limits: Limits| {
        let mut message = Message::new(limits);
        FileDataOf::default().push(text.as_bytes(), &mut message)?;
        Ok(message.take_file().unwrap().iter().map(Bytes::len).sum::<usize>())
    };
    let text = envelope(&format!("<fileData>{data}</fileData>"));
    let request = text.len() - data.len();
    let limits = Limits { embedded, request, ..Limits::default() };
    assert_eq!(run(&text, limits), Ok(embedded));
    assert_eq!(run(&text, Limits { embedded: embedded - 1, ..limits }), Err(RequestFlaw::TooLarge));
    assert_eq!(run(&text, Limits { request: request - 1, ..limits }), Err(RequestFlaw::TooLarge));
    let beyond = envelope(&format!("<fileData>{data}AA==</fileData>"));
    assert_eq!(run(&beyond, limits), Err(RequestFlaw::TooLarge));
}

/// A document as its parser sees it, without the character data of the file's element, which comes beside it.
fn tree(text: &str) -> Option<(Vec<String>, Option<String>)> {
    let document = Document::parse(text.trim_start_matches('\u{FEFF}')).ok()?;
    let named = |node: &Node<'_, '_>, name: &str| node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name);
    let body = document.root_element().children().find(|node| named(node, "Body"));
    let content = body.and_then(|body| body.first_element_child());
    let file = content.and_then(|content| content.children().find(|node| named(node, FILE_DATA)));
    let is_data = |node: &Node<'_, '_>| node.is_text() && file.is_some() && node.parent() == file;
    let seen = document.descendants().filter(|node| !is_data(node)).map(|node| {
        let attributes: Vec<_> = node.attributes().map(|attribute| (attribute.name(), attribute.value())).collect();
        let text = if node.node_type() == NodeType::Element { None } else { node.text() };
        format!("{:?} {:?} {attributes:?} {text:?} {}", node.node_type(), node.tag_name(), node.ancestors().count())
    });
    let text = |file: Node<'_, '_>| match file.first_element_child() {
        Some(_) => "no text".to_owned(),
        None => file.children().filter(Node::is_text).filter_map(|node| node.text()).collect(),
    };
    let data = file.map(text);
    Some((seen.collect(), data))
}

fn agrees(text: &str) {
    let Ok((rest, file)) = whole(text) else {
        // Refused: so is what the tree has, unless there is a second body.
        if let Some((_, Some(data))) = tree(text) {
            assert!(FileData::try_from(data).is_err() || text.matches("ody").count() > 2, "{text}");
        }
        return;
    };
    let (Some((seen, data)), Some((left, nothing))) = (tree(text), tree(&rest)) else {
        assert_eq!((tree(text).is_none(), tree(&rest).is_none()), (true, true), "{text}\n{rest}");
        return;
    };
    assert_eq!(seen, left, "{text}");
    match file {
        Some(file) => {
            assert_eq!(nothing.as_deref(), Some(""), "{text}");
            let data = FileData::try_from(data.unwrap()).unwrap_or_else(|_| panic!("no base64 in {text}"));
            assert_eq!(data.to_bytes(), file, "{text}");
        }
        None => assert!(data == nothing && data.is_none_or(|data| data.is_empty()), "{text}"),
    }
}

/// Pieces that envelopes are made of, some of them in place and some not.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[A-D]{4}".prop_map(|text| text),
        2 => Just("AA==".to_owned()),
        3 => proptest::sample::select(vec![" ", "\r\n", "&#13;", "&#x41;", "&amp;", "]", "]]>", ">", "A", "=", "\u{e4}"])
            .prop_map(str::to_owned),
        3 => proptest::sample::select(vec![
            "<!-- > -->", "<!---->", "<!--<fileData>AAAA</fileData>-->", "<?p ?a>?>", "<![CDATA[AAAA]]>", "<![CDATA[]]>", "<![CDATA[]]]>",
            "<![CDATA[<fileData>]]>", "<x/>", "<fileData/>", "<fileData a=\"/>\" />", "<x>AAAA</x>", "<y a='<'/>", "<y a='>'>AAAA</y>",
        ])
        .prop_map(str::to_owned),
    ]
}

fn element(name: &'static str, content: impl Strategy<Value = Vec<String>>) -> impl Strategy<Value = String> {
    let attribute = proptest::sample::select(vec!["", " a='b'", " a=\"'>\"", " b='/>' ", "\n"]);
    (content, attribute).prop_map(move |(content, attribute)| format!("<{name}{attribute}>{}</{name}>", content.concat()))
}

fn arbitrary() -> impl Strategy<Value = String> {
    let pieces = || proptest::collection::vec(piece(), 0..6);
    let file = || prop_oneof![element("fileData", pieces()), element("FileDATA", pieces())];
    let some = move |inner: BoxedStrategy<String>| proptest::collection::vec(prop_oneof![2 => inner, 1 => piece()], 0..4);
    let operation = prop_oneof![4 => element("AppendFile", some(file().boxed())), 1 => element("fileData", some(file().boxed()))];
    let body = prop_oneof![8 => element("Body", some(operation.boxed())), 1 => element("Other", some(file().boxed()))];
    let root = element("Envelope", some(body.boxed()));
    let before =
        proptest::sample::select(vec!["", "\u{FEFF}", "<?xml version='1.0'?>", "<!--<Body>-->", "<!DOCTYPE Envelope>", " "]);
    let after = proptest::sample::select(vec!["", "\n", "<!---->", "x", "</x>", "<Body/>"]);
    (before, root, after).prop_map(|(before, root, after)| [before, &root, after].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_and_what_is_left_are_what_a_tree_has(text in arbitrary()) {
        agrees(&text);
    }

    #[test]
    fn also_of_a_text_that_is_broken(text in arbitrary(), at: proptest::sample::Index, with in "[<>/'\"&!\\]-]{0,2}") {
        let at = at.index(text.len() + 1);
        if text.is_char_boundary(at) {
            agrees(&format!("{}{with}{}", &text[..at], &text[at..]));
            agrees(&text[..at]);
        }
    }

    #[test]
    fn any_split_gives_the_same(text in arbitrary(), first: proptest::sample::Index, second: proptest::sample::Index) {
        let bytes = text.as_bytes();
        let (first, second) = (first.index(bytes.len() + 1), second.index(bytes.len() + 1));
        let (first, second) = (first.min(second), first.max(second));
        let expected = whole(&text);
        prop_assert_eq!(split(&[&bytes[..first], &bytes[first..second], &bytes[second..]]), expected.clone());
        prop_assert_eq!(split(&bytes.chunks(1).collect::<Vec<_>>()), expected);
    }
}

#[test]
fn every_split_of_one() {
    let text = envelope("<!-- - --><fileData a='>'>8PHy&#13;8/<!--x--><![CDATA[Q=]]></fileData><path><![CDATA[a]]></path>");
    let expected = whole(&text);
    assert_eq!(expected.as_ref().unwrap().1.as_deref(), Some(&b"\xF0\xF1\xF2\xF3\xF4"[..]));
    for first in 0..=text.len() {
        for second in first..=text.len() {
            let bytes = text.as_bytes();
            assert_eq!(split(&[&bytes[..first], &bytes[first..second], &bytes[second..]]), expected, "{first}, {second}");
        }
    }
}

#[test]
fn what_comes_first_is_what_is_wrong() {
    let limits = Limits { request: 64, ..Limits::default() };
    let flaw = |chunks: &[&[u8]]| {
        let (mut message, mut search) = (Message::new(limits), FileDataOf::default());
        chunks.iter().map(|chunk| search.push(chunk, &mut message)).find(Result::is_err)
    };
    let late = format!("<E><Body><AppendFile><path>{}</path></AppendFile></Body><Body>", "a".repeat(64));
    let early = format!("<E><Body></Body><Body>{}", "a".repeat(64));
    for (text, expected) in [(late, RequestFlaw::TooLarge), (early, malformed(""))] {
        assert_eq!(flaw(&text.as_bytes().chunks(1).collect::<Vec<_>>()), Some(Err(expected.clone())), "{text}");
        assert_eq!(flaw(&[text.as_bytes()]), Some(Err(expected)), "{text}");
    }
}
