//! XML answers of every operation of Nirvanix Web Services. What is read is written, as XML and as JSON, and read back as
//! the same; a refusal has a code that is not zero; an error says nothing of what the peer sent.
//!
//! The first line is the operation, the rest the answer.

use http::Response;
use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation, PeerFlaw, Refusal, Reject};
use larder_proto_nvx::codec::{Envelope, json, xml_read, xml_write};
use larder_proto_nvx::{Name, Nvx};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::memory::peak;
use larder_testkit::trees::{self, full, possible};
use serde_json::Value;

use crate::input::{self, label};

/// Tries one input.
pub fn run(data: &[u8]) {
    let (name, text) = input::operation::<Name>(data);
    let Ok(text) = core::str::from_utf8(text) else { return };
    name.visit(Answer(text));
}

struct Answer<'a>(&'a str);

impl Visit for Answer<'_> {
    type Output = ();

    fn visit<O: Operation>(self) {
        holds::<O>(self.0, xml_read::read);
    }
}

/// Reads an answer: in proportion to its text, to a value that comes back, or to a refusal that tells nothing foreign.
pub(super) fn holds<O: Operation>(text: &str, read: fn(&str) -> Result<Envelope<O::Answer>, Reject>) {
    let (read, bytes) = peak(|| read(text));
    // A node of XML takes 70 bytes and an entry of a listing some hundred: what no more than two or three bytes ask for.
    assert!(bytes <= 64 * 1024 + 256 * text.len(), "{bytes} bytes for {} of text", text.len());
    match read {
        Ok(Envelope::Success(answer)) => back::<O>(&answer),
        Ok(Envelope::Failure { code, message }) => {
            assert_ne!(code, 0);
            assert_eq!(message.trim(), message);
        }
        Err(_) => {}
    }
    flaws::<O>(text);
}

/// Writes an answer in both formats, and reads it back.
pub(super) fn back<O: Operation>(answer: &O::Answer) {
    let tree = tree(answer);
    match xml_write::answer(0, None, answer) {
        Ok(text) => match xml_read::read::<O::Answer>(&text) {
            Ok(Envelope::Success(again)) => assert_eq!(said::<O>(&tree), full(&self::tree(&again)), "{text}"),
            other => panic!("{tree}\nis written as\n{text}\nwhich is read as\n{other:?}"),
        },
        Err(reject) => panic!("{reject}: {tree}"),
    }
    match json::answer(0, None, answer) {
        Ok(text) => match json::read::<O::Answer>(&text) {
            Ok(Envelope::Success(again)) => assert_eq!(tree, self::tree(&again), "{text}"),
            other => panic!("{tree}\nis written as\n{text}\nwhich is read as\n{other:?}"),
        },
        Err(reject) => panic!("{reject}: {tree}"),
    }
}

/// An answer as XML can say it. Markup that only a control character kept from being read is read without that.
pub(super) fn said<O: Operation>(tree: &Value) -> Value {
    let said = possible(tree);
    full(&trees::read::<O::Answer>(said.clone()).map_or(said, |answer| self::tree(&answer)))
}

pub(super) fn tree<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// An answer that is none names a field of ours, if any.
pub(super) fn flaws<O: Operation>(text: &str) {
    let head = Response::new(()).into_parts().0;
    if let Err(Refusal::Peer(PeerFlaw::Malformed { reject, .. })) = O::Api::decode::<O>(&head, text.as_bytes()) {
        assert!(reject.field.len() <= 64, "{reject}");
    }
}

/// The answers of the fixtures that are XML, and those that are not, written as XML.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = bodies(|body| body.trim_ascii_start().starts_with(b"<"));
    for (name, tree) in trees::answers::<Nvx>("nvx") {
        let text = name.visit(Written(tree, true));
        seeds.extend(text.map(|text| input(name, text.as_bytes())));
    }
    seeds.sort();
    seeds.dedup();
    seeds
}

/// The bodies of the fixtures' answers. Tables of faults are one message again and again: a few will do.
pub(super) fn bodies(is_wanted: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let all = fixtures::all().into_iter().filter(|fixture| fixture.direction == Direction::Response);
    let some = all.enumerate().filter(|(at, fixture)| !fixture.id.starts_with("faults/") || at % 50 == 0);
    let named = some.filter_map(|(_, fixture)| Some((trees::name_of::<Name>("nvx", &fixture)?, fixture.response().ok()?)));
    named.filter(|(_, answer)| is_wanted(answer.body())).map(|(name, answer)| input(name, answer.body())).collect()
}

pub(super) fn input(name: Name, text: &[u8]) -> Vec<u8> {
    [label(name).as_bytes(), b"\n", text].concat()
}

/// An answer out of its tree, as XML or as JSON.
pub(super) struct Written(pub(super) Value, pub(super) bool);

impl Visit for Written {
    type Output = Option<String>;

    fn visit<O: Operation>(self) -> Option<String> {
        let answer = trees::read::<O::Answer>(self.0).ok()?;
        if self.1 { xml_write::answer(0, None, &answer) } else { json::answer(0, None, &answer) }.ok()
    }
}
