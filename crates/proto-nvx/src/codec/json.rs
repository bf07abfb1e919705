//! Answers as JSON, and as JSON in a callback.
//!
//! Field names are exact, except for those of the envelope. serde_json's own limit of 128 levels holds as far as a
//! type looks into them; what it passes over is not nested in memory.

mod read;

use larder_core::{Reject, Rule};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Envelope;
use crate::values::Callback;

/// The longest answer that is read. 16 MiB, as for XML: the same page is shorter in JSON.
///
/// With [`MAX_VALUES`], reading takes at most 320 MiB of heap besides the text, whatever the answer is, and 1 MiB when
/// nothing of it is kept. A page as services send it takes twice its text.
pub const MAX_BYTES: usize = 16 << 20;

/// The most values that an answer may have, counted by its commas and brackets. 500,000, as many as XML's nodes: an entry
/// of two bytes becomes one of two hundred.
pub const MAX_VALUES: usize = 500_000;

/// An envelope, and what is in it beside the code.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a, T: ?Sized> {
    response_code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    #[serde(flatten)]
    value: &'a T,
}

/// A whole answer: the code, a message if there is one, and the value's fields beside them.
///
/// # Errors
/// `Malformed` for a value that is no record.
pub fn answer<T: Serialize + ?Sized>(code: u32, message: Option<&str>, value: &T) -> Result<String, Reject> {
    let answer = Answer { response_code: code, error_message: message, value };
    serde_json::to_string(&answer).map_err(|error| reject(&error))
}

/// A whole answer that reports a fault.
#[must_use]
pub fn failure(code: u32, message: &str) -> String {
    // Nothing in it can fail.
    answer(code, Some(message), &()).unwrap_or_default()
}

/// An answer as a script that calls a function with it. The empty comment keeps the bytes from being taken for another
/// kind of file; the two line separators that JSON allows and older scripts do not are escaped.
#[must_use]
pub fn jsonp(callback: &Callback, json: &str) -> String {
    let json = json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    format!("/**/{callback}({json});")
}

/// Reads an answer.
///
/// # Errors
/// Text that is too long, has too many values, is no JSON or no object; a missing code; a field that is missing or of another
/// type. Only a missing field is named.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Envelope<T>, Reject> {
    if text.len() > MAX_BYTES {
        return Err(Reject::new("", Rule::TooLong));
    }
    let text = text.trim_start_matches('\u{FEFF}').trim();
    let text = script_argument(text).unwrap_or(text);
    if larder_core::json::has_more_values_than(text.as_bytes(), MAX_VALUES) {
        return Err(Reject::new("", Rule::TooMany));
    }
    read::envelope(text)
}

/// What a script's function is called with, if the text is such a call.
fn script_argument(text: &str) -> Option<&str> {
    if text.starts_with('{') {
        return None;
    }
    let call = text.strip_prefix("/**/").unwrap_or(text);
    let (name, rest) = call.split_once('(')?;
    name.trim().parse::<Callback>().ok()?;
    rest.trim_end_matches(';').trim_end().strip_suffix(')')
}

/// serde_json keeps only the text of a rejection, and puts the place behind it.
fn reject(error: &serde_json::Error) -> Reject {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    match text.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
        Some(field) => Reject::new(field, Rule::Missing),
        None => <Reject as serde::de::Error>::custom(text),
    }
}
