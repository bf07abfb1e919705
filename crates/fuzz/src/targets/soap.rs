//! SOAP envelopes of both versions, for every operation. A request that is understood is sent by our client as a form and
//! as an envelope of each version, and understood as the same; an answer that is read is written in both versions, and read
//! back as the same; a refusal is a fault that our client understands; what is secret is not shown.
//!
//! The first line is `request` or `answer` and the operation, the rest the envelope as it is on the wire.

use http::{Request, header};
use larder_core::operation::{Inspect, Names, Requests, Visit};
use larder_core::wire::{Incoming, Refused, ReplyBody, RequestBody};
use larder_core::{Api, Fault, FaultClass, Kind, Operation, Refusal, Reject, Secret};
use larder_proto_nvx::codec::soap::{self, Version};
use larder_proto_nvx::codec::{Envelope, xml_read};
use larder_proto_nvx::{Name, Nvx, Style};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;
use larder_testkit::trees;

use super::form::SECRET;
use super::xml::{said, tree};
use crate::input::{self, label};
use crate::oracle::{CANARY, has_canary, hides};

const VERSIONS: [Version; 2] = [Version::V1_1, Version::V1_2];

/// Tries one input.
pub fn run(data: &[u8]) {
    if let Some(rest) = data.strip_prefix(b"answer ") {
        let (name, body) = input::operation::<Name>(rest);
        name.visit(Answer(body));
        return;
    }
    let (name, body) = input::operation::<Name>(data.strip_prefix(b"request ").unwrap_or(data));
    if name.meta().kind != Kind::Unary {
        return;
    }
    match open(name, body) {
        Some(Ok(incoming)) => {
            for style in [Style::XML, Style::SOAP_1_1, Style::SOAP_1_2] {
                if let Err(wrong) = trees::arrives::<Nvx>(name, &incoming.request, &style) {
                    panic!("{} in {:?}: {wrong}", name.meta(), style.format);
                }
            }
        }
        Some(Err(refused)) => understood(name, &refused),
        None => {}
    }
    if !has_canary(data) {
        secrets(name, body);
    }
}

fn open(name: Name, body: &[u8]) -> Option<Result<Incoming<Nvx>, Refused<Nvx>>> {
    let head = Request::post("/").header(header::CONTENT_TYPE, "text/xml").body(()).ok()?.into_parts().0;
    Some(Nvx::open(name, &Style::SOAP_1_1, &head, RequestBody::Whole(body)))
}

/// Our client takes a refusal for one, of the same class.
fn understood(name: Name, refused: &Refused<Nvx>) {
    let reply = Nvx::refuse(&refused.fault, refused.name, &refused.style);
    let ReplyBody::Whole(body) = &reply.body else { panic!("a file as a refusal") };
    let head = reply.head.0.into_parts().0;
    assert_eq!(name.visit(Class(&head, body)), Some(refused.fault.class()), "{}", String::from_utf8_lossy(body));
}

struct Class<'a>(&'a http::response::Parts, &'a [u8]);

impl Visit for Class<'_> {
    type Output = Option<FaultClass>;

    fn visit<O: Operation>(self) -> Self::Output {
        match O::Api::decode::<O>(self.0, self.1) {
            Err(Refusal::Fault(fault)) => Some(fault.class()),
            Ok(_) | Err(Refusal::Peer(_)) => None,
        }
    }
}

/// The same request with secrets in it: whoever prints it, or why it was refused, shows none.
fn secrets(name: Name, body: &[u8]) {
    let Ok(text) = core::str::from_utf8(body) else { return };
    let mut text = text.to_owned();
    for secret in SECRET {
        let open = format!("<{secret}>");
        let Some(at) = text.find(&open).map(|at| at + open.len()) else { continue };
        let end = text[at..].find('<').map_or(text.len(), |end| at + end);
        text.replace_range(at..end, CANARY);
    }
    match open(name, text.as_bytes()) {
        Some(Ok(incoming)) => hides(&format!("{:?} {:?}", incoming.credential, incoming.request)),
        Some(Err(refused)) => hides(&format!("{refused:?} {}", refused.fault)),
        None => {}
    }
}

struct Answer<'a>(&'a [u8]);

impl Visit for Answer<'_> {
    type Output = ();

    fn visit<O: Operation>(self) {
        let Ok(text) = soap::decode(self.0, None) else { return };
        let (read, bytes) = peak(|| soap::read::<O::Answer>(&text, &O::META));
        assert!(bytes <= 64 * 1024 + 256 * text.len(), "{bytes} bytes for {} of text", text.len());
        match read {
            Ok(Envelope::Success(answer)) => back::<O>(&answer),
            Ok(Envelope::Failure { code, .. }) => assert_ne!(code, 0),
            Err(Reject { field, .. }) => assert!(field.len() <= 64, "{field}"),
        }
        // What is an envelope, and what a plain answer, is for the whole decoder to say.
        drop(xml_read::read::<O::Answer>(&text));
    }
}

/// Writes an answer in both versions, and reads it back.
fn back<O: Operation>(answer: &O::Answer) {
    let before = said::<O>(&tree(answer));
    for version in VERSIONS {
        let text = match soap::answer(version, &O::META, answer) {
            Ok(text) => text,
            Err(reject) => panic!("{reject}: {before}"),
        };
        match soap::read::<O::Answer>(&text, &O::META) {
            Ok(Envelope::Success(again)) => assert_eq!(before, trees::full(&tree(&again)), "{text}"),
            other => panic!("{before}\nis written as\n{text}\nwhich is read as\n{other:?}"),
        }
    }
}

/// The envelopes of the fixtures, and all other requests and answers of theirs, written as envelopes.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for fixture in fixtures::all().iter().filter(|fixture| fixture.id.contains("soap")) {
        let (Some(name), Some(end)) = (trees::name_of::<Name>("nvx", fixture), end_of_head(&fixture.content)) else { continue };
        let what = if fixture.direction == Direction::Request { "request" } else { "answer" };
        seeds.push([what.as_bytes(), b" ", label(name).as_bytes(), b"\n", &fixture.content[end..]].concat());
    }
    for (at, (name, tree)) in trees::requests::<Nvx>("nvx").into_iter().enumerate() {
        if let Ok(request) = name.decode(trees::Planted(tree)) {
            let text = request.inspect(Sent(VERSIONS[at % 2]));
            seeds.extend(text.map(|text| format!("request {}\n{text}", label(name)).into_bytes()));
        }
    }
    for (at, (name, tree)) in trees::answers::<Nvx>("nvx").into_iter().enumerate() {
        let text = name.visit(Written(tree, VERSIONS[at % 2]));
        seeds.extend(text.map(|text| format!("answer {}\n{text}", label(name)).into_bytes()));
    }
    seeds.sort();
    seeds.dedup();
    seeds
}

fn end_of_head(message: &[u8]) -> Option<usize> {
    message.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

struct Sent(Version);

impl Inspect for Sent {
    type Output = Option<String>;

    fn inspect<O: Operation>(self, request: &O) -> Self::Output {
        let token = Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d");
        soap::request(self.0, &O::META, Some(("sessionToken", &token)), request).ok()
    }
}

struct Written(serde_json::Value, Version);

impl Visit for Written {
    type Output = Option<String>;

    fn visit<O: Operation>(self) -> Self::Output {
        soap::answer(self.1, &O::META, &trees::read::<O::Answer>(self.0).ok()?).ok()
    }
}
