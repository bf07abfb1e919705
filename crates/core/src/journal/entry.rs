//! The lines of a journal.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Response};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

use super::state::State;
use crate::machine::{Action, Input};
use crate::wire::{Length, ResponseHead};
use crate::{ExchangeId, Failure, Phase, Time};

/// The version of the format that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Title {
    /// The format's version.
    #[serde(rename = "larder_journal")]
    pub version: u32,
    /// The API's name.
    pub api: String,
    /// The operation's.
    pub operation: String,
    /// Host and port of the service.
    pub host: String,
    /// How to make the machine; none of one that did not say.
    pub recipe: Option<Value>,
}

/// Any other line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// The machine was polled.
    Polled {
        /// When.
        at: Time,
        /// What it shares, if others have changed it since it was polled last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shared: Option<Box<State>>,
        /// What it wanted.
        action: Act,
    },
    /// The machine was told something.
    Told {
        /// What.
        input: Heard,
        /// Why it refused to hear it: a bug of its driver.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        misuse: Option<String>,
    },
    /// The machine was dropped, over or not.
    Abandoned {},
}

/// What a machine wanted: [`Action`] in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// [`Action::Open`]
    #[expect(missing_docs, reason = "as there")]
    Open { at: u64, method: String, uri: String, headers: Vec<(String, Text)>, length: Option<u64> },
    /// [`Action::Write`]
    #[expect(missing_docs, reason = "as there")]
    Write { at: u64, chunk: Text },
    /// [`Action::Finish`]
    #[expect(missing_docs, reason = "as there")]
    Finish { at: u64 },
    /// [`Action::Abort`]
    #[expect(missing_docs, reason = "as there")]
    Abort { at: u64 },
    /// [`Action::Feed`]
    #[expect(missing_docs, reason = "as there")]
    Feed { offset: u64, max: usize },
    /// [`Action::Data`]
    #[expect(missing_docs, reason = "as there")]
    Data { offset: u64, chunk: Text },
    /// [`Action::Note`], as `Debug` writes it.
    Note(String),
    /// [`Action::Wait`]; `why` and `on` as words.
    #[expect(missing_docs, reason = "as there")]
    Wait { until: Option<Time>, why: String, on: Vec<String> },
    /// [`Action::Done`]: what the call came to, as `Debug` writes it. That tells no secret, and two different answers apart.
    Done {
        /// Whether it succeeded.
        ok: bool,
        /// Its answer, or its error.
        result: String,
    },
}

/// What a machine was told: [`Input`] in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "as there")]
pub enum Heard {
    Connected { at: u64 },
    Wrote { at: u64 },
    Head { at: u64, status: u16, headers: Vec<(String, Text)> },
    Data { at: u64, chunk: Text },
    End { at: u64 },
    Failed { at: u64, failure: Failure, phase: Phase, detail: Option<String> },
    Body { offset: u64, chunk: Text },
    BodyEnd {},
    BodyGone {},
    Cancel {},
}

/// Bytes: as a text where they are one, else in base64; also in base64 where control characters, six characters each in JSON, would
/// make the text longer than that.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Text(pub Bytes);

impl Text {
    /// As far as it can be shown.
    #[must_use]
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl core::fmt::Debug for Text {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:?}", self.to_text())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(Cow<'a, str>),
    Base64 { base64: String },
}

/// Quotes and ends of lines do not count: what is full of them is text, and is to be read.
fn is_shorter_in_base64(text: &str) -> bool {
    const ESCAPE: usize = "\\u0000".len() - 1;
    const AROUND: usize = "{\"base64\":}".len();
    let is_escaped = |byte: &u8| *byte < b' ' && !b"\x08\t\n\x0C\r".contains(byte);
    let escapes = text.bytes().filter(is_escaped).count();
    escapes * ESCAPE > text.len() / 3 + AROUND
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match core::str::from_utf8(&self.0) {
            Ok(text) if !is_shorter_in_base64(text) => Written::Text(text.into()),
            Ok(_) | Err(_) => Written::Base64 { base64: STANDARD.encode(&self.0) },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Text(text) => text.into_owned().into(),
            Written::Base64 { base64 } => STANDARD.decode(base64).map_err(de::Error::custom)?.into(),
        }))
    }
}

/// How bytes are written. The second argument is what a text is written as.
pub(super) struct Hand<'m> {
    pub(super) bytes: &'m dyn Fn(&Bytes) -> Bytes,
    /// Pieces of files.
    pub(super) file: &'m dyn Fn(&Bytes) -> Bytes,
}

impl Hand<'static> {
    /// As they are.
    pub(super) const PLAIN: Self = Self { bytes: &Bytes::clone, file: &Bytes::clone };
}

impl Hand<'_> {
    fn text(&self, text: &str) -> String {
        String::from_utf8_lossy(&(self.bytes)(&Bytes::copy_from_slice(text.as_bytes()))).into_owned()
    }

    fn headers(&self, headers: &HeaderMap) -> Vec<(String, Text)> {
        let value = |value: &http::HeaderValue| Text((self.bytes)(&Bytes::copy_from_slice(value.as_bytes())));
        headers.iter().map(|(name, held)| (name.as_str().to_owned(), value(held))).collect()
    }

    /// What a machine wanted.
    pub(super) fn act<T: core::fmt::Debug, F: core::fmt::Debug>(&self, action: &Action<T, F>) -> Act {
        match action {
            Action::Open { at, head, length } => Act::Open {
                at: at.0,
                method: head.0.method().to_string(),
                uri: self.text(&head.0.uri().to_string()),
                headers: self.headers(head.0.headers()),
                length: match length {
                    Length::Known(bytes) => Some(*bytes),
                    Length::Unknown => None,
                },
            },
            Action::Write { at, chunk } => Act::Write { at: at.0, chunk: Text((self.bytes)(chunk)) },
            Action::Finish { at } => Act::Finish { at: at.0 },
            Action::Abort { at } => Act::Abort { at: at.0 },
            Action::Feed { offset, max } => Act::Feed { offset: *offset, max: *max },
            Action::Data { offset, chunk } => Act::Data { offset: *offset, chunk: Text((self.file)(chunk)) },
            Action::Note(note) => Act::Note(format!("{note:?}")),
            Action::Wait { until, why, on } => {
                let words = [(on.peer, "peer"), (on.room, "room"), (on.body, "body")];
                let words = words.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned());
                let on = words.chain(on.shared.map(|epoch| format!("shared past {epoch}"))).collect();
                Act::Wait { until: *until, why: format!("{why:?}"), on }
            }
            Action::Done(Ok(answer)) => Act::Done { ok: true, result: self.text(&format!("{answer:?}")) },
            Action::Done(Err(error)) => Act::Done { ok: false, result: self.text(&format!("{error:?}")) },
        }
    }

    /// What a machine was told.
    pub(super) fn heard(&self, input: &Input) -> Heard {
        match input {
            Input::Connected { at } => Heard::Connected { at: at.0 },
            Input::Wrote { at } => Heard::Wrote { at: at.0 },
            Input::Head { at, head } => {
                Heard::Head { at: at.0, status: head.0.status().as_u16(), headers: self.headers(head.0.headers()) }
            }
            Input::Data { at, chunk } => Heard::Data { at: at.0, chunk: Text((self.bytes)(chunk)) },
            Input::End { at } => Heard::End { at: at.0 },
            Input::Failed { at, failure, phase, detail } => {
                let detail = detail.as_deref().map(|detail| self.text(detail));
                Heard::Failed { at: at.0, failure: *failure, phase: *phase, detail }
            }
            Input::Body { offset, chunk } => Heard::Body { offset: *offset, chunk: Text((self.file)(chunk)) },
            Input::BodyEnd => Heard::BodyEnd {},
            Input::BodyGone => Heard::BodyGone {},
            Input::Cancel => Heard::Cancel {},
        }
    }
}

impl Heard {
    /// As it was told; none if its head cannot be one.
    pub(super) fn to_input(&self) -> Option<Input> {
        let id = |at: &u64| ExchangeId(*at);
        Some(match self {
            Self::Connected { at } => Input::Connected { at: id(at) },
            Self::Wrote { at } => Input::Wrote { at: id(at) },
            Self::Head { at, status, headers } => {
                let mut head = Response::builder().status(*status);
                for (name, value) in headers {
                    head = head.header(name.as_str(), value.0.as_ref());
                }
                Input::Head { at: id(at), head: ResponseHead(head.body(()).ok()?) }
            }
            Self::Data { at, chunk } => Input::Data { at: id(at), chunk: chunk.0.clone() },
            Self::End { at } => Input::End { at: id(at) },
            Self::Failed { at, failure, phase, detail } => {
                let detail = detail.clone().map(String::into_boxed_str);
                Input::Failed { at: id(at), failure: *failure, phase: *phase, detail }
            }
            Self::Body { offset, chunk } => Input::Body { offset: *offset, chunk: chunk.0.clone() },
            Self::BodyEnd {} => Input::BodyEnd,
            Self::BodyGone {} => Input::BodyGone,
            Self::Cancel {} => Input::Cancel,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_text_unless_base64_is_shorter() {
        let length = |bytes: &[u8]| {
            let written = serde_json::to_string(&Text(bytes.to_vec().into())).unwrap();
            assert_eq!(serde_json::from_str::<Text>(&written).unwrap().0, bytes);
            (written.len(), written.starts_with('"'))
        };
        assert_eq!(length(&[0; 30_000]), (40_013, false));
        assert_eq!(length(&[0xFF; 30_000]), (40_013, false));
        assert_eq!(length(&[b'a'; 30_000]), (30_002, true));
        assert_eq!(length(b"\"a\"\n\t\r"), (13, true));
        // Nothing is won for a few.
        assert_eq!(length(b"\0\x1B"), (14, true));
    }
}
