//! Requests as `application/x-www-form-urlencoded` pairs, in a body or in a URL's query.
//!
//! Lists repeat their key in order. Parameter names are matched without regard to ASCII case; unknown ones are ignored; a
//! parameter that is not a list takes its first value; an optional parameter of nothing but blanks is none. A field named
//! `$inline` is a record whose fields are parameters beside the others.

mod read;
pub(in crate::codec) mod write;

use std::borrow::Cow;

use larder_core::{Reject, Rule};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::from_text::FromText;
use super::to_text::ToText;

/// Name and value pairs of one request: of its URL, and of its form or its text fields, together. 10,000, as
/// [`Limits::fields`](larder_core::Limits::fields): several thousand paths may be named at once.
pub const MAX_PAIRS: usize = 10_000;

/// The parameters of a request, in the order of its fields.
///
/// # Errors
/// `Malformed` for a shape that a form cannot express: a record within a record, or a number that is not finite.
pub fn to_pairs<T: Serialize + ?Sized>(value: &T) -> Result<Vec<(Cow<'static, str>, String)>, Reject> {
    let mut pairs = Vec::new();
    value.serialize(ToText(write::Root { to: &mut pairs }))?;
    Ok(pairs)
}

/// The parameters of a request as a form's text.
///
/// # Errors
/// As [`to_pairs`].
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Reject> {
    Ok(form_urlencoded::Serializer::new(String::new()).extend_pairs(to_pairs(value)?).finish())
}

/// Adds a parameter to a form's text. As `form_urlencoded` does, but with a table: texts are short, and each byte counts.
pub(crate) fn append(form: &mut String, name: &str, value: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    escape(form, name);
    form.push('=');
    escape(form, value);
}

fn escape(form: &mut String, mut text: &str) {
    while let Some(at) = text.bytes().position(|byte| !STANDS[usize::from(byte)]) {
        form.push_str(&text[..at]);
        // All bytes of a longer character are escaped.
        let end = text.ceil_char_boundary(at + 1);
        for byte in text[at..end].bytes() {
            form.push_str(if byte == b' ' { "+" } else { percent_encoding::percent_encode_byte(byte) });
        }
        text = &text[end..];
    }
    form.push_str(text);
}

/// The bytes that stand for themselves in a form.
const STANDS: [bool; 256] = {
    let (mut stands, mut byte) = ([false; 256], 0_u8);
    while byte < 128 {
        stands[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_');
        byte += 1;
    }
    stands
};

/// Splits a form's text, or a URL's query without its `?`, into decoded pairs.
///
/// # Errors
/// `TooMany` for more than `max_pairs` pairs; `Malformed` for escapes that are no UTF-8, which would otherwise make two
/// different names look alike.
pub fn parse(text: &str, max_pairs: usize) -> Result<Vec<(String, String)>, Reject> {
    let mut pairs = Vec::new();
    for (name, value) in form_urlencoded::parse(text.as_bytes()) {
        if pairs.len() == max_pairs {
            return Err(Reject::new("", Rule::TooMany));
        }
        pairs.push((name.into_owned(), value.into_owned()));
    }
    let replaced = pairs.iter().any(|(name, value)| name.contains('\u{FFFD}') || value.contains('\u{FFFD}'));
    // No name is told: it is the caller's own text, which may be a secret in the wrong place.
    if replaced && percent_encoding::percent_decode_str(text).decode_utf8().is_err() {
        return Err(Reject::new("", Rule::Malformed));
    }
    Ok(pairs)
}

/// The names of a request's parameters, also those that only reading knows, and those of a record that stands among them.
#[must_use]
pub fn names<T: DeserializeOwned>() -> Vec<&'static str> {
    let mut names = Vec::new();
    // It finds no value, of course.
    let _ = T::deserialize(FromText(read::Names(&mut names)));
    names
}

/// Reads a request from its parameters.
///
/// # Errors
/// The parameter and the rule that it breaks; `Missing` for a required one that is absent.
pub fn from_pairs<T, K, V>(pairs: &[(K, V)]) -> Result<T, Reject>
where
    T: DeserializeOwned,
    K: AsRef<str>,
    V: AsRef<str>,
{
    T::deserialize(FromText(read::Pairs(pairs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_escaped_as_elsewhere() {
        let all: String = (0..=0x2FF).filter_map(char::from_u32).collect();
        let mut form = String::new();
        append(&mut form, &all, &all);
        append(&mut form, "", "");
        let theirs = form_urlencoded::Serializer::new(String::new()).append_pair(&all, &all).append_pair("", "").finish();
        assert_eq!(form, theirs);
    }
}
