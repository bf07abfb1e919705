//! Answers, read with rejections that name the member.

use larder_core::json::has_more_values_than;
use larder_core::{Reject, Rule};
use serde::de::{self, DeserializeOwned};

use super::ANSWER_VALUES;

/// Reads an answer's body. A rejection names the member at which reading stopped.
pub(crate) fn answer<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reject> {
    if has_more_values_than(body, ANSWER_VALUES) {
        return Err(Reject::new("", Rule::TooMany));
    }
    serde_json::from_slice(body).map_err(|error| rejected(body, &error))
}

/// `serde_json` tells a rule as a text with a place behind it, and the member by its place only.
fn rejected(body: &[u8], error: &serde_json::Error) -> Reject {
    if !error.is_data() {
        return Reject::new("", Rule::Malformed);
    }
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(text, _)| text);
    for (begin, rule) in [("missing field `", Rule::Missing), ("duplicate field `", Rule::TooMany)] {
        if let Some(name) = text.strip_prefix(begin).and_then(|name| name.strip_suffix('`')) {
            return Reject::new(name, rule);
        }
    }
    let lines = body.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let place = lines.map(<[u8]>::len).sum::<usize>() + error.column();
    let member = member_at_end(&body[..place.min(body.len())]);
    <Reject as de::Error>::custom(text).at(core::str::from_utf8(member).unwrap_or(""))
}

/// The name of the member in whose value a part of a JSON text ends.
fn member_at_end(text: &[u8]) -> &[u8] {
    let (mut name, mut string, mut around) = (&text[..0], &text[..0], Vec::new());
    let (mut open, mut escaped) = (None, false);
    for (place, byte) in text.iter().enumerate() {
        match (byte, open) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', None) => open = Some(place + 1),
            (b'"', Some(begin)) => (string, open) = (&text[begin..place], None),
            (b':', None) => name = string,
            (b'{' | b'[', None) => around.push(name),
            (b'}' | b']', None) => name = around.pop().unwrap_or_default(),
            _ => {}
        }
    }
    name
}
