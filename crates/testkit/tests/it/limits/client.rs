//! What an answer may cost a client: [`Limits`], and what each format counts by itself.

use bytes::Bytes;
use http::{Response, header};
use larder_core::{ErrorKind, Limits, PeerFlaw, Reject, Rule, Settings};
use larder_proto_e2::{ANSWER_VALUES, FAULT_VALUES, ListUsers, Users};
use larder_proto_nvx::codec::json;
use larder_proto_nvx::codec::xml_read::XmlLimits;
use larder_proto_nvx::imfs::FolderPage;
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::{Fault, Style};
use larder_testkit::{Canned, Plan};

use super::word;
use crate::{e2, nvx, redirect};

/// A success, whatever it holds.
pub(super) fn ok(body: impl Into<Bytes>) -> Canned {
    Canned { head: Response::new(()), body: body.into() }
}

/// What a client makes of an answer to ListFolder.
pub(super) fn listed(style: &Style, limits: Limits, canned: Canned) -> Result<FolderPage, ErrorKind<Fault>> {
    let mut pair = nvx::pair();
    pair.link(move |opening| if opening.nth == 0 { Plan::default() } else { Plan::canned(canned.clone()) });
    let call = pair.start(nvx::list(), Settings { limits, style: style.clone(), ..nvx::json() });
    pair.run();
    call.outcome().unwrap().map(|answer| answer.list_folder).map_err(|error| error.kind)
}

/// In a few words.
pub(super) fn said<T, F: core::fmt::Debug>(outcome: &Result<T, ErrorKind<F>>) -> String {
    match outcome {
        Ok(_) => "Ok".to_owned(),
        Err(ErrorKind::Peer(PeerFlaw::Malformed { reject, .. })) => {
            format!("{} {}", word(reject.rule), reject.field).trim().to_owned()
        }
        Err(other) => format!("{other:?}"),
    }
}

pub(super) fn xml(body: impl Into<Bytes>) -> Result<FolderPage, ErrorKind<Fault>> {
    listed(&Style::XML, Limits::default(), ok(body))
}

pub(super) fn json(body: impl Into<Bytes>) -> Result<FolderPage, ErrorKind<Fault>> {
    listed(&Style::JSON, Limits::default(), ok(body))
}

/// What a client makes of an answer to the reseller's users.
pub(super) fn users(status: u16, body: impl Into<Bytes>) -> Result<Users, ErrorKind<larder_proto_e2::Fault>> {
    let mut canned = ok(body);
    *canned.head.status_mut() = status.try_into().unwrap();
    let mut pair = e2::pair("key");
    pair.link(move |_| Plan::canned(canned.clone()));
    let call = pair.start(ListUsers {}, e2::settings());
    pair.run();
    call.outcome().unwrap().map_err(|error| error.kind)
}

/// An XML answer with this in its listing.
pub(super) fn page(inside: &str) -> String {
    format!("<Response><ResponseCode>0</ResponseCode><ListFolder>{inside}</ListFolder></Response>")
}

/// A JSON answer with this as its only file's fields.
pub(super) fn files(inside: &str) -> String {
    format!(r#"{{"ResponseCode":0,"ListFolder":{{"File":[{{{inside}}}]}}}}"#)
}

fn padded(text: String, length: usize) -> String {
    let missing = length.checked_sub(text.len()).unwrap();
    text + &" ".repeat(missing)
}

/// Bytes of an answer. The formats have the same limit of their own, for those who set a larger one.
#[test]
fn answer() {
    let most = Limits::default().answer;
    assert_eq!((most, most), (XmlLimits::default().bytes, json::MAX_BYTES));
    for (style, text) in [(Style::XML, page("")), (Style::JSON, files(""))] {
        let answered =
            |limit, length| listed(&style, Limits { answer: limit, ..Limits::default() }, ok(padded(text.clone(), length)));
        assert!(answered(most, most).is_ok());
        assert_eq!(answered(most, most + 1), Err(ErrorKind::Peer(PeerFlaw::TooLong(most))));
        let reject = Reject::new("", Rule::TooLong);
        assert_eq!(answered(2 * most, most + 1), Err(ErrorKind::Peer(PeerFlaw::Malformed { status: 200, reject })));
    }
    assert!(users(200, padded("[]".to_owned(), most)).is_ok());
    assert_eq!(users(200, padded("[]".to_owned(), most + 1)), Err(ErrorKind::Peer(PeerFlaw::TooLong(most))));
}

/// A length that is declared is refused before a byte is read.
#[test]
fn answer_as_declared() {
    let declared = |length: &str, body: String| {
        let mut canned = ok(body);
        canned.head.headers_mut().insert(header::CONTENT_LENGTH, length.parse().unwrap());
        said(&listed(&Style::XML, Limits { answer: 1_000, ..Limits::default() }, canned))
    };
    assert_eq!(declared("1000", padded(page(""), 1_000)), "Ok");
    for length in ["1001", "18446744073709551615"] {
        assert_eq!(declared(length, page("")), "Peer(TooLong(1000))", "{length}");
    }
    assert_eq!(declared("18446744073709551616", page("")), "Ok", "no number: what comes is counted");
}

/// Redirects of one call.
#[test]
fn redirects() {
    for (limit, count) in [(5, 5), (5, 6), (0, 0), (0, 1), (2, 2), (2, 3)] {
        let mut pair = nvx::pair();
        pair.service.tree.insert("a".to_owned(), Some("hello".into()));
        pair.link(move |opening| {
            let path = opening.head.0.uri().path().to_owned();
            if (1..=count).contains(&opening.nth) { Plan::canned(redirect(&path)) } else { Plan::default() }
        });
        let limits = Limits { redirects: limit, ..Limits::default() };
        let call = pair.start(Download::new(nvx::parse("a")), Settings { limits, ..nvx::json() });
        pair.run();
        let outcome = call.outcome().unwrap().map_err(|error| error.kind);
        assert_eq!(said(&outcome), if count as u32 <= limit { "Ok" } else { "Peer(Redirect)" }, "{count} of {limit}");
    }
    assert_eq!(Limits::default().redirects, 5);
}

/// XML: elements, texts and comments, and the root of all.
#[test]
fn xml_nodes() {
    let most = XmlLimits::default().nodes as usize;
    // The document, the response, its code with a text, and the listing.
    let of = |nodes: usize| xml(page(&"<a/>".repeat(nodes - 5)));
    assert_eq!(said(&of(most)), "Ok");
    assert_eq!(said(&of(most + 1)), "TooMany");
    let most = XmlLimits::default().signs;
    for (open, sign, close) in [("<![CDATA[", "<", "]]>"), ("", "=", "")] {
        let around = page(open).matches(['<', '=']).count();
        let signs = |count: usize| said(&xml(page(&[open, &sign.repeat(count - around), close].concat())));
        assert_eq!((signs(most).as_str(), signs(most + 1).as_str()), ("Ok", "TooMany"), "{sign}");
    }
}

/// XML: elements within each other, as far as the answer's type looks into them.
#[test]
fn xml_depth() {
    let nested = |levels: usize| page(&format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels)));
    assert_eq!(said(&xml(nested(100_000))), "Ok", "nothing looks into what is unknown");
    let name = |levels: usize| page(&format!("<File><Name>{}a{}</Name></File>", "<b>".repeat(levels), "</b>".repeat(levels)));
    assert_eq!(said(&xml(name(100_000))), "Ok", "a text is the element's own");
}

/// XML: attributes of one element, declarations of namespaces among them; and declarations of a whole message.
#[test]
fn xml_attributes() {
    let most = XmlLimits::default().attributes;
    let crowd = |name: &str, count: usize| (0..count).map(|at| format!(" {name}{at}='u'")).collect::<String>();
    for name in ["a", "xmlns:n"] {
        let of = |count: usize| xml(page(&format!("<b{}/>", crowd(name, count))));
        assert_eq!(said(&of(most)), "Ok", "{name}");
        assert_eq!(said(&of(most + 1)), "TooMany", "{name}");
    }
    let spread = |count: usize| xml(page(&(0..count).map(|at| format!("<b xmlns:n{at}='u'/>")).collect::<String>()));
    assert_eq!(said(&spread(most)), "Ok");
    assert_eq!(said(&spread(most + 1)), "TooMany");
}

/// JSON: values.
#[test]
fn json_values() {
    // Four brackets and two commas; each entry adds a comma and a bracket, and a member more a comma.
    let of = |values: usize| {
        let more = if values.is_multiple_of(2) { r#""x":0,"y":0"# } else { "" };
        json(files(&format!("{more}}}{}, {{", ",{}".repeat((values - 7) / 2))))
    };
    assert_eq!(said(&of(json::MAX_VALUES)), "Ok");
    assert_eq!(said(&of(json::MAX_VALUES + 1)), "TooMany");
}

/// JSON: lists and objects within each other, as far as the answer's type looks into them.
#[test]
fn json_depth() {
    let unknown = |levels: usize| files(&format!(r#""x":{}{}"#, "[".repeat(levels), "]".repeat(levels)));
    assert_eq!(said(&json(unknown(100_000))), "Ok", "nothing looks into what is unknown");
    assert_eq!(said(&json("[".repeat(100_000))), "Malformed");
    let unknown = |levels: usize| format!(r#"[{{"email":"a","x":{}{}}}]"#, "[".repeat(levels), "]".repeat(levels));
    assert_eq!(said(&users(200, unknown(100_000))), "Ok", "nothing looks into what is unknown");
    assert_eq!(said(&users(200, "[".repeat(100_000))), "Malformed");
}

/// The reseller's JSON: lists and objects within each other in what a refusal says of the parameters.
#[test]
fn e2_fault_depth() {
    let of = |levels: usize| {
        let nested = "[".repeat(levels - 2) + &"]".repeat(levels - 2);
        let Err(ErrorKind::Fault(fault)) = users(403, format!(r#"{{"error":{{"code":"c","errors":{nested}}}}}"#)) else {
            panic!("no refusal")
        };
        (fault.status, fault.code.as_str().to_owned())
    };
    assert_eq!(of(127), (403, "c".to_owned()));
    for beyond in [128, 9_000, 9_999] {
        assert_eq!(of(beyond), (403, String::new()));
    }
}

/// The reseller's JSON: values of an answer.
#[test]
fn e2_values() {
    let of = |values: usize| users(200, format!(r#"[{{"email":"a","x":[0{}]}}]"#, ",0".repeat(values - 4)));
    assert_eq!(said(&of(ANSWER_VALUES)), "Ok");
    assert_eq!(said(&of(ANSWER_VALUES + 1)), "TooMany");
}

/// The reseller's JSON: values of a refusal. What is beyond is a refusal all the same, of which the status is known.
#[test]
fn e2_fault_values() {
    let of = |values: usize| {
        let body = format!(r#"{{"error":{{"type":"t","code":"c","message":"m","errors":[0{}]}}}}"#, ",0".repeat(values - 6));
        let Err(ErrorKind::Fault(fault)) = users(403, body) else { panic!("no refusal") };
        (fault.status, fault.code.as_str().to_owned())
    };
    assert_eq!(of(FAULT_VALUES), (403, "c".to_owned()));
    assert_eq!(of(FAULT_VALUES + 1), (403, String::new()));
}

/// How much of a refusal's body is kept.
#[test]
fn e2_raw() {
    let kept = |length: usize| {
        let Err(ErrorKind::Fault(fault)) = users(403, "x".repeat(length)) else { panic!("no refusal") };
        fault.raw.bytes().len()
    };
    let most = larder_proto_e2::Raw::MAX;
    assert_eq!((kept(most), kept(most + 1), kept(16 << 20)), (most, most, most));
}
