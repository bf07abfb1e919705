//! A page of 1,000 entries, read by the client and written by the server.

use std::hint::black_box;

use larder_proto_nvx::codec::{Envelope, json, xml_read, xml_write};
use larder_proto_nvx::imfs::FolderListing;
use roxmltree::Document;

use crate::contest::{Aim, Contender, Row, contender};
use crate::rivals::hand;
use crate::rivals::plain::{Answer, Elements, Markup};
use crate::sample;

const HAND: &str = "roxmltree's nodes, by hand";
const QUICK: &str = "quick-xml's serde";
const SERDE: &str = "serde_json";

fn row(doing: &str, text: &str, contenders: Vec<Contender>, aims: Vec<Aim>) -> Row {
    Row { title: format!("{doing} a page of 1,000 entries, {} bytes", text.len()), contenders, aims }
}

fn xml() -> String {
    xml_write::answer(0, None, &sample::listing()).expect("a listing can be written")
}

fn json() -> String {
    json::answer(0, None, &sample::listing()).expect("a listing can be written")
}

fn success<E: std::fmt::Debug>(envelope: Result<Envelope<FolderListing>, E>) -> FolderListing {
    match envelope {
        Ok(Envelope::Success(listing)) => listing,
        other => panic!("no listing: {other:?}"),
    }
}

pub(crate) fn read_xml() -> Row {
    let ours = |text: &str| success(xml_read::read(black_box(text)));
    let hand = |text: &str| hand::listing(black_box(text)).expect("a listing");
    let quick = |text: &str| quick_xml::de::from_str::<Answer<Elements>>(black_box(text)).expect("a listing");
    let text: &'static str = xml().leak();
    for listing in [ours(text), hand(text), quick(text).into()] {
        assert!(listing == sample::listing(), "every contender reads the same");
    }
    let contenders = vec![
        contender("Larder", move || ours(text)),
        contender(HAND, move || hand(text)),
        contender(QUICK, move || quick(text)),
        contender("roxmltree's parser alone", move || drop(Document::parse(black_box(text)))),
    ];
    let aims = vec![Aim { against: HAND, at_most: 1.1 }, Aim { against: QUICK, at_most: 1.0 }];
    row("read from XML", text, contenders, aims)
}

pub(crate) fn read_json() -> Row {
    let ours = |text: &str| success(json::read(black_box(text)));
    let serde = |text: &str| serde_json::from_str::<Answer<Markup>>(black_box(text)).expect("a listing");
    let text: &'static str = json().leak();
    assert!(ours(text) == sample::listing() && FolderListing::from(serde(text)) == sample::listing());
    let contenders = vec![contender("Larder", move || ours(text)), contender(SERDE, move || serde(text))];
    row("read from JSON", text, contenders, vec![Aim { against: SERDE, at_most: 1.1 }])
}

pub(crate) fn write_xml() -> Row {
    let listing = sample::listing();
    let plain = Answer::<Elements>::from(sample::listing());
    let quick = |plain: &Answer<Elements>| quick_xml::se::to_string(black_box(plain)).expect("text");
    let text = xml();
    assert!(success(xml_read::read(&quick(&plain))) == listing, "both write the same");
    let contenders = vec![
        contender("Larder", move || xml_write::answer(0, None, black_box(&listing)).expect("text")),
        contender(QUICK, move || quick(&plain)),
    ];
    row("write as XML", &text, contenders, vec![Aim { against: QUICK, at_most: 0.5 }])
}

pub(crate) fn write_json() -> Row {
    let listing = sample::listing();
    let plain = Answer::<Markup>::from(sample::listing());
    let serde = |plain: &Answer<Markup>| serde_json::to_string(black_box(plain)).expect("text");
    let text = json();
    assert!(success(json::read(&serde(&plain))) == listing, "both write the same");
    let contenders = vec![
        contender("Larder", move || json::answer(0, None, black_box(&listing)).expect("text")),
        contender(SERDE, move || serde(&plain)),
    ];
    row("write as JSON", &text, contenders, vec![Aim { against: SERDE, at_most: 1.1 }])
}
