//! What a machine wants of JavaScript.

use core::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use larder_core::wire::Length;
use larder_core::{Action, Error, ErrorKind, Time};
use larder_proto_nvx::Fault;
use serde::Serialize;

use crate::message::Message;

/// [`Action`], as the head of a message; pieces, and the answer as JSON, are in its bytes.
#[derive(Serialize)]
#[serde(tag = "do", rename_all = "camelCase")]
enum Wanted {
    Open {
        at: u64,
        method: String,
        url: String,
        headers: Vec<(String, String)>,
        /// The body's; none when nobody knows.
        length: Option<u64>,
    },
    Write {
        at: u64,
    },
    Finish {
        at: u64,
    },
    Abort {
        at: u64,
    },
    Feed {
        offset: u64,
        max: usize,
    },
    Data {
        offset: u64,
    },
    Note {
        text: String,
    },
    Wait {
        /// In milliseconds, rounded up: whoever comes then does not come too early.
        until: Option<u64>,
        why: String,
        peer: bool,
        room: bool,
        body: bool,
        shared: Option<u64>,
    },
    Done,
    #[serde(rename_all = "camelCase")]
    Failed {
        kind: &'static str,
        /// The service's, if it refused.
        code: Option<u32>,
        text: String,
        is_outcome_unknown: bool,
        is_retryable: bool,
    },
}

/// Writes an action.
///
/// # Errors
/// None that was seen: everything in it is text and numbers.
pub(crate) fn write(action: Action<Bytes, Fault>) -> Result<Message, String> {
    let (wanted, bytes) = match action {
        Action::Open { at, head, length } => {
            let (parts, ()) = head.0.into_parts();
            let length = if let Length::Known(length) = length { Some(length) } else { None };
            let (method, url) = (parts.method.to_string(), parts.uri.to_string());
            (Wanted::Open { at: at.0, method, url, headers: text(&parts.headers), length }, Bytes::new())
        }
        Action::Write { at, chunk } => (Wanted::Write { at: at.0 }, chunk),
        Action::Finish { at } => (Wanted::Finish { at: at.0 }, Bytes::new()),
        Action::Abort { at } => (Wanted::Abort { at: at.0 }, Bytes::new()),
        Action::Feed { offset, max } => (Wanted::Feed { offset, max }, Bytes::new()),
        Action::Data { offset, chunk } => (Wanted::Data { offset }, chunk),
        Action::Note(note) => (Wanted::Note { text: format!("{note:?}") }, Bytes::new()),
        Action::Wait { until, why, on } => {
            let (until, why) = (until.map(milliseconds), format!("{why:?}"));
            let shared = on.shared;
            (Wanted::Wait { until, why, peer: on.peer, room: on.room, body: on.body, shared }, Bytes::new())
        }
        Action::Done(Ok(answer)) => (Wanted::Done, answer),
        Action::Done(Err(error)) => (failed(&error), Bytes::new()),
    };
    Message::write(&wanted, bytes)
}

fn milliseconds(moment: Time) -> u64 {
    u64::try_from(moment.0.saturating_add(Duration::from_micros(999)).as_millis()).unwrap_or(u64::MAX)
}

/// Each byte as one character: `fetch` makes bytes of them again.
fn text(headers: &HeaderMap) -> Vec<(String, String)> {
    let latin = |value: &http::HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    headers.iter().map(|(name, value)| (name.to_string(), latin(value))).collect()
}

fn failed(error: &Error<Fault>) -> Wanted {
    Wanted::Failed {
        kind: match &error.kind {
            ErrorKind::Encode(_) => "encode",
            ErrorKind::NoSession => "noSession",
            ErrorKind::Fault(_) => "fault",
            ErrorKind::Peer(_) => "peer",
            ErrorKind::Failure(_) => "failure",
            ErrorKind::OutcomeUnknown(_) => "outcomeUnknown",
            ErrorKind::Deadline(_) => "deadline",
            ErrorKind::Body(_) => "body",
            ErrorKind::Content(_) => "content",
            ErrorKind::Cancelled => "cancelled",
            _ => "other",
        },
        code: error.fault().map(|fault| fault.code.number()),
        text: error.to_string(),
        is_outcome_unknown: error.is_outcome_unknown(),
        is_retryable: error.is_retryable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use larder_core::{On, Why};

    #[test]
    fn nobody_is_woken_too_early() {
        let until = Some(Time(Duration::from_micros(1_500)));
        let on = On { shared: Some(3), ..On::default() };
        let message = write(Action::Wait { until, why: Why::Session, on }).unwrap();
        let wanted = r#"{"do":"wait","until":2,"why":"Session","peer":false,"room":false,"body":false,"shared":3}"#;
        assert_eq!(message.head, wanted);
    }

    #[test]
    fn bytes_of_a_header_are_characters() {
        let mut headers = HeaderMap::new();
        headers.insert("x-name", http::HeaderValue::from_bytes(&[0xe4]).unwrap());
        assert_eq!(text(&headers), [("x-name".to_owned(), "\u{e4}".to_owned())]);
    }
}
