//! Encoding and then decoding is the identity: for arbitrary values of every operation and answer of both APIs, in every
//! codec. Nothing is listed here: an operation with a fixture is covered.

mod arbitrary;
mod e2;
mod nvx;

use bytes::Bytes;
use larder_core::operation::{Decode, Inspect, Names, Requests, Visit};
use larder_core::wire::FileHead;
use larder_core::{Api, Kind, Operation, Reject, Rule, Secret};
use larder_testkit::fixtures::Fixture;
use larder_testkit::wire;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A request of any operation as a tree.
struct Tree;

impl Inspect for Tree {
    type Output = Value;

    fn inspect<O: Operation>(self, request: &O) -> Value {
        serde_json::to_value(request).unwrap_or_else(|error| panic!("{}: {error}", O::META))
    }
}

/// The answer of a fixture as a tree; none for failures.
struct Answered<'a>(&'a Fixture);

impl Visit for Answered<'_> {
    type Output = Option<Value>;

    fn visit<O: Operation>(self) -> Option<Value> {
        let (head, body) = self.0.response().ok()?.into_parts();
        serde_json::to_value(O::Api::decode::<O>(&head, &body).ok()?).ok()
    }
}

/// A request of any operation out of a tree, changed on its way.
struct Changed<'a>(&'a Value, &'a [arbitrary::Change]);

impl Decode for Changed<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        read(arbitrary::arbitrary::<O>(self.0, self.1))
    }
}

fn read<T: DeserializeOwned>(tree: Value) -> Result<T, Reject> {
    serde_json::from_value(tree).map_err(|_| Reject::new("", Rule::Malformed))
}

/// What a server understands of what our client sends, in this style, for a request that began as `start`.
fn through_the_wire<A: Api>(
    name: A::Names,
    start: &Value,
    changes: &[arbitrary::Change],
    style: &A::Style,
) -> Result<(), String> {
    let request = name.decode(Changed(start, changes)).map_err(|reject| format!("{reject}: {start}"))?;
    let sent = request.inspect(Tree);
    let token = Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d");
    let message = match wire::encode_as::<A>(&request, Some(&token), &Bytes::from_static(b"content"), style) {
        Ok(message) => message,
        // An envelope cannot hold every text: then our client sends nothing, and says so.
        Err(reject) if reject.rule == Rule::Malformed && possible(&sent) != sent => return Ok(()),
        // REST alone has it.
        Err(reject) if reject.field == "ContactType" => return Ok(()),
        // A server finds the file's name elsewhere; without it our client sends nothing, and says so.
        Err(reject) if name.meta().kind == Kind::Upload && reject.field == "fileName" => return Ok(()),
        Err(reject) => return Err(format!("cannot be sent: {reject}: {sent}")),
    };
    let text = wire::text(&message);
    let seen = wire::understand::<A>(message).map_err(|misuse| misuse.to_string())?;
    let Some(understood) = seen.request else { return Err(format!("refused: {:?}\n{sent}\n{text}", seen.fault)) };
    let (mut sent, mut understood) = (sent, understood.inspect(Tree));
    [&mut sent, &mut understood].into_iter().for_each(root);
    if let Some(part) = seen.heads.first() {
        file(&mut understood, &sent, part);
    }
    if full(&sent) == full(&understood) { Ok(()) } else { Err(format!("{sent}\nbecame\n{understood}\nby\n{text}")) }
}

/// A URL's path begins with a slash, whatever the path that it names begins with.
fn root(tree: &mut Value) {
    if let Some(path) = tree.get_mut("$path") {
        *path = path.as_str().unwrap_or_default().trim_start_matches('/').into();
    }
}

/// A tree as XML can say it: what is no character of XML 1.0 becomes U+FFFD.
fn possible(tree: &Value) -> Value {
    let is_impossible = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    match tree {
        Value::Array(items) => items.iter().map(possible).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), possible(value))).collect(),
        Value::String(text) => text.replace(is_impossible, "\u{FFFD}").into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => tree.clone(),
    }
}

/// Puts what a server finds in the head of a file's part where our client was told it.
fn file(understood: &mut Value, sent: &Value, part: &FileHead) {
    understood["$fileName"] = part.file_name.as_str().into();
    understood["$contentRange"] = part.content_range.as_deref().into();
    if sent.get("$contentType").is_some() {
        understood["$contentType"] = part.content_type.as_deref().into();
    }
}

/// Whether no form and no XML can tell it from absence. A list of one empty text looks like an empty list.
fn empty(tree: &Value) -> bool {
    match tree {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty() || matches!(&items[..], [only] if empty(only)),
        Value::Object(fields) => fields.values().all(empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A tree without what looks like absence.
fn full(tree: &Value) -> Value {
    match tree {
        Value::Array(items) => items.iter().map(full).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), full(value)));
            fields.filter(|(_, value)| !empty(value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => tree.clone(),
    }
}
