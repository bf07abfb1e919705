//! Requests and answers of any operation as trees of plain values, to start from, to change, and to compare.

use bytes::Bytes;
use larder_core::operation::{Decode, Inspect, Names, Requests, Visit};
use larder_core::wire::FileHead;
use larder_core::{Api, Kind, Operation, Reject, Rule, Secret};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fixtures::{self, Direction, Fixture};
use crate::wire;

/// A request of any operation as a tree; `null` for what has none.
#[derive(Debug, Clone, Copy)]
pub struct Tree;

impl Inspect for Tree {
    type Output = Value;

    fn inspect<O: Operation>(self, request: &O) -> Value {
        serde_json::to_value(request).unwrap_or_default()
    }
}

/// The answer of a fixture as a tree; none for failures.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a>(pub &'a Fixture);

impl Visit for Answered<'_> {
    type Output = Option<Value>;

    fn visit<O: Operation>(self) -> Option<Value> {
        let (head, body) = self.0.response().ok()?.into_parts();
        serde_json::to_value(O::Api::decode::<O>(&head, &body).ok()?).ok()
    }
}

/// A request of any operation out of its tree.
#[derive(Debug, Clone)]
pub struct Planted(pub Value);

impl Decode for Planted {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        read(self.0)
    }
}

/// A value out of its tree.
///
/// # Errors
/// `Malformed` when it is none of this type.
pub fn read<T: DeserializeOwned>(tree: Value) -> Result<T, Reject> {
    serde_json::from_value(tree).map_err(|_| Reject::new("", Rule::Malformed))
}

/// The operation of `api` (`e2`, `nvx`) that a fixture belongs to, if it belongs to one.
#[must_use]
pub fn name_of<N: Names>(api: &str, fixture: &Fixture) -> Option<N> {
    named(fixture.operation.strip_prefix(api)?.strip_prefix(':')?)
}

/// The operation that the fixtures call this.
#[must_use]
pub fn named<N: Names>(wanted: &str) -> Option<N> {
    N::ALL.iter().copied().find(|name| name.meta().name == wanted || name.meta().to_string() == wanted)
}

/// The requests of the fixtures that are understood.
#[must_use]
pub fn requests<A: Api>(api: &str) -> Vec<(A::Names, Value)> {
    let understood = fixtures::of(api, Direction::Request).into_iter().filter_map(|fixture| {
        let request = wire::understand::<A>(fixture.request().ok()?).ok()?.request?;
        let mut tree = request.inspect(Tree);
        let name = name_of::<A::Names>(api, &fixture)?;
        if name.meta().kind == Kind::Upload {
            // A server finds these in the head of the file's part; our client is told them.
            tree["$fileName"] = "a file.txt".into();
            tree["$contentType"] = "text/plain".into();
            tree["$contentRange"] = "0-4/9".into();
        }
        Some((name, tree))
    });
    understood.collect()
}

/// The answers of the fixtures, but for files.
#[must_use]
pub fn answers<A: Api>(api: &str) -> Vec<(A::Names, Value)> {
    let all = fixtures::of(api, Direction::Response).into_iter();
    let named = all.filter_map(|fixture| Some((name_of::<A::Names>(api, &fixture)?, fixture)));
    let unary = named.filter(|(name, _)| name.meta().kind != Kind::Download);
    unary.filter_map(|(name, fixture)| Some((name, name.visit(Answered(&fixture))?))).collect()
}

/// Holds that a server understands what our client sends for a request, in this style.
///
/// # Errors
/// What came of it instead.
pub fn arrives<A: Api>(name: A::Names, request: &<A::Names as Names>::Request, style: &A::Style) -> Result<(), String> {
    let sent = request.inspect(Tree);
    let token = Secret::new("22b16933-2cd5-40ab-981e-dc9b6cfba06d");
    let message = match wire::encode_as::<A>(request, Some(&token), &Bytes::from_static(b"content"), style) {
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

/// A tree without what looks like absence in a form and in XML.
#[must_use]
pub fn full(tree: &Value) -> Value {
    match tree {
        Value::Array(items) => items.iter().map(full).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), full(value)));
            fields.filter(|(_, value)| !empty(value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => tree.clone(),
    }
}

/// A tree as XML can say it: what is no character of XML 1.0 becomes U+FFFD.
#[must_use]
pub fn possible(tree: &Value) -> Value {
    let is_impossible = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\u{FFFE}' | '\u{FFFF}');
    match tree {
        Value::Array(items) => items.iter().map(possible).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), possible(value))).collect(),
        Value::String(text) => text.replace(is_impossible, "\u{FFFD}").into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => tree.clone(),
    }
}
