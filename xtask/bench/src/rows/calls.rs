//! A call on its way out, and small answers on their way in: the codec's own cost, where there is little to do.

use std::hint::black_box;

use http::{Request, Response, header, response};
use larder_core::wire::{Address, OutgoingBody, Target};
use larder_core::{Api, Operation, Secret};
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::imfs::MoveFiles;
use larder_proto_nvx::values::{NonEmpty, Path};
use larder_proto_nvx::{Nvx, Style};
use roxmltree::{Document, Node};
use serde::Deserialize;

use crate::contest::{Aim, Row, contender};

const HAND: &str = "by hand";
const TOKEN: &str = "54592180-7060-4D4B-BC74-2566F4B2F943";
const PATHS: [&str; 3] = ["Photos/2008/Summer/IMG_0001.jpg", "Photos/2008/Tom & Jerry.jpg", "Photos/Übung/写真.jpg"];

fn row(title: &str, ours: crate::contest::Contender, others: Vec<crate::contest::Contender>) -> Row {
    let contenders = std::iter::once(ours).chain(others).collect();
    Row { title: title.to_owned(), contenders, aims: vec![Aim { against: HAND, at_most: 2.0 }] }
}

pub(crate) fn call() -> Row {
    let paths = |()| PATHS.iter().map(|path| Path::try_from((*path).to_owned()).expect("a path")).collect::<Vec<_>>();
    let src_file_paths = NonEmpty::try_from(paths(())).expect("three paths");
    let call = MoveFiles { src_file_paths, dest_folder_path: "Photos/2009".parse().expect("a folder") };
    let target = Target::parse("http://services.example:8080").expect("an address");
    let token = Secret::from(TOKEN);
    let ours = move || {
        let address = Address { target: &target, token: Some(&token), style: &Style::JSON, bits: [1, 2] };
        let outgoing = Nvx::encode(black_box(&call), &address).expect("a request");
        let OutgoingBody::Whole(body) = outgoing.body else { panic!("a whole body") };
        outgoing.head.0.map(|()| body)
    };
    let hand = || by_hand(black_box("http://services.example:8080"), black_box(TOKEN), black_box(&PATHS), "Photos/2009");
    let (left, right) = (ours(), hand());
    assert_eq!((left.uri(), left.headers(), left.body()), (right.uri(), right.headers(), right.body()));
    row("encode MoveFiles with 3 paths, as a whole request", contender("Larder", ours), vec![contender(HAND, hand)])
}

fn by_hand(server: &str, token: &str, from: &[&str], to: &str) -> Request<bytes::Bytes> {
    let mut body = format!("sessionToken={token}");
    for path in from {
        body.push_str("&srcFilePath=");
        body.extend(form_urlencoded::byte_serialize(path.as_bytes()));
    }
    body.push_str("&destFolderPath=");
    body.extend(form_urlencoded::byte_serialize(to.as_bytes()));
    body.push_str("&output=json");
    let head = Request::post(format!("{server}/ws/IMFS/MoveFiles.ashx"));
    head.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.into()).expect("a request")
}

/// The head of an answer.
fn head(content_type: &str) -> response::Parts {
    Response::builder().header(header::CONTENT_TYPE, content_type).body(()).expect("a head").into_parts().0
}

fn decode<O: Operation<Api = Nvx>>(head: &response::Parts, text: &'static str) -> O::Answer {
    Nvx::decode::<O>(black_box(head), black_box(text.as_bytes())).unwrap_or_else(|_| panic!("an answer"))
}

pub(crate) fn done_xml() -> Row {
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Response><ResponseCode>0</ResponseCode></Response>";
    let head = head("text/xml");
    let ours = contender("Larder", move || decode::<MoveFiles>(&head, text));
    let hand = || xml(black_box(text.as_bytes()), |_| Some(())).expect("an answer");
    row("read an answer without fields from XML", ours, vec![contender(HAND, hand), alone(text)])
}

pub(crate) fn login_xml() -> Row {
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Response><ResponseCode>0</ResponseCode>\
                <SessionToken>54592180-7060-4D4B-BC74-2566F4B2F943</SessionToken></Response>";
    let head = head("text/xml");
    let token = |root: Node<'_, '_>| Some(Secret::from(child(root, "SessionToken")?));
    let hand = move || xml(black_box(text.as_bytes()), token).expect("an answer");
    assert!(decode::<Login>(&head, text).session_token == hand());
    let ours = contender("Larder", move || decode::<Login>(&head, text));
    row("read Login's answer from XML", ours, vec![contender(HAND, hand), alone(text)])
}

fn alone(text: &'static str) -> crate::contest::Contender {
    contender("roxmltree's parser alone", move || drop(Document::parse(black_box(text))))
}

fn xml<T>(body: &[u8], content: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Option<T> {
    let document = Document::parse(str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    match child(root, "ResponseCode")?.trim().parse::<u32>().ok()? {
        0 => content(root),
        _ => None,
    }
}

fn child<'a>(root: Node<'a, '_>, name: &str) -> Option<&'a str> {
    root.children().find(|node| node.tag_name().name() == name).map(|node| node.text().unwrap_or(""))
}

/// The envelope, by hand for serde_json.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    response_code: u32,
    error_message: Option<String>,
    session_token: Option<String>,
}

fn json(body: &[u8]) -> Answer {
    let answer: Answer = serde_json::from_slice(body).expect("an answer");
    assert!(answer.response_code == 0 && answer.error_message.is_none());
    answer
}

pub(crate) fn done_json() -> Row {
    let (text, head) = ("{\"ResponseCode\":0}", head("application/json"));
    let ours = contender("Larder", move || decode::<MoveFiles>(&head, text));
    let hand = contender(HAND, || json(black_box(text.as_bytes())).response_code);
    row("read an answer without fields from JSON", ours, vec![hand])
}

pub(crate) fn login_json() -> Row {
    let text = "{\"ResponseCode\":0,\"SessionToken\":\"54592180-7060-4D4B-BC74-2566F4B2F943\"}";
    let head = head("application/json");
    let hand = || json(black_box(text.as_bytes())).session_token.map(Secret::from).expect("a token");
    assert!(decode::<Login>(&head, text).session_token == hand());
    row("read Login's answer from JSON", contender("Larder", move || decode::<Login>(&head, text)), vec![contender(HAND, hand)])
}
