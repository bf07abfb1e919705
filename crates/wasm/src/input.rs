//! What JavaScript tells a machine.

use http::{HeaderName, HeaderValue, Response, StatusCode};
use larder_core::wire::ResponseHead;
use larder_core::{ExchangeId, Failure, Input, Phase};
use serde::Deserialize;

use crate::message::Message;

/// [`Input`], as the head of a message; pieces are in its bytes.
#[derive(Deserialize)]
#[serde(tag = "is", rename_all = "camelCase")]
enum Told {
    Connected {
        at: u64,
    },
    Wrote {
        at: u64,
    },
    Head {
        at: u64,
        status: u16,
        headers: Vec<(String, String)>,
    },
    Data {
        at: u64,
    },
    End {
        at: u64,
    },
    Failed {
        at: u64,
        #[serde(with = "Broken")]
        failure: Failure,
        #[serde(with = "Reached")]
        phase: Phase,
        detail: Option<Box<str>>,
    },
    Body {
        offset: u64,
    },
    BodyEnd,
    BodyGone,
    Cancel,
}

#[derive(Deserialize)]
#[serde(remote = "Failure", rename_all = "camelCase")]
enum Broken {
    Resolve,
    Refused,
    Connect,
    Certificate,
    Tls,
    Reset,
    Truncated,
    Protocol,
    Silence,
    Late,
}

#[derive(Deserialize)]
#[serde(remote = "Phase", rename_all = "camelCase")]
enum Reached {
    Idle,
    Connect,
    Send,
    Await,
    Receive,
}

/// Reads an input.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn read(message: &Message) -> Result<Input, String> {
    let chunk = message.bytes.clone();
    Ok(match message.read()? {
        Told::Connected { at } => Input::Connected { at: ExchangeId(at) },
        Told::Wrote { at } => Input::Wrote { at: ExchangeId(at) },
        Told::Head { at, status, headers } => Input::Head { at: ExchangeId(at), head: head(status, &headers)? },
        Told::Data { at } => Input::Data { at: ExchangeId(at), chunk },
        Told::End { at } => Input::End { at: ExchangeId(at) },
        Told::Failed { at, failure, phase, detail } => Input::Failed { at: ExchangeId(at), failure, phase, detail },
        Told::Body { offset } => Input::Body { offset, chunk },
        Told::BodyEnd => Input::BodyEnd,
        Told::BodyGone => Input::BodyGone,
        Told::Cancel => Input::Cancel,
    })
}

/// `fetch` gives each byte of a header as one character.
fn head(status: u16, headers: &[(String, String)]) -> Result<ResponseHead, String> {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(status).map_err(|error| error.to_string())?;
    for (name, value) in headers {
        let bytes: Result<Vec<u8>, _> = value.chars().map(|c| u8::try_from(u32::from(c))).collect();
        let bytes = bytes.map_err(|_| format!("{name} has characters that are no bytes"))?;
        let name = HeaderName::try_from(name).map_err(|error| error.to_string())?;
        head.headers_mut().append(name, HeaderValue::from_bytes(&bytes).map_err(|error| error.to_string())?);
    }
    Ok(ResponseHead(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Input, String> {
        read(&Message::of(text, b"piece"))
    }

    #[test]
    fn every_input_can_be_told() {
        for (text, input) in [
            (r#"{"is":"connected","at":1}"#, "Connected #1"),
            (r#"{"is":"wrote","at":2}"#, "Wrote #2"),
            (r#"{"is":"head","at":3,"status":200,"headers":[["etag","x"]]}"#, r#"Head #3 200 ["etag"]"#),
            (r#"{"is":"data","at":3}"#, "Data #3 5 bytes"),
            (r#"{"is":"end","at":3}"#, "End #3"),
            (r#"{"is":"failed","at":4,"failure":"refused","phase":"connect"}"#, "Failed #4 Refused in Connect"),
            (r#"{"is":"body","offset":7}"#, "Body 7, 5 bytes"),
            (r#"{"is":"bodyEnd"}"#, "BodyEnd"),
            (r#"{"is":"bodyGone"}"#, "BodyGone"),
            (r#"{"is":"cancel"}"#, "Cancel"),
        ] {
            assert_eq!(format!("{:?}", told(text).unwrap()), input);
        }
    }

    #[test]
    fn a_header_is_bytes() {
        let ResponseHead(head) = head(200, &[("x-name".to_owned(), "\u{e4}".to_owned())]).unwrap();
        assert_eq!(head.headers()["x-name"].as_bytes(), [0xe4]);
        assert!(super::head(200, &[("x-name".to_owned(), "\u{20ac}".to_owned())]).is_err());
        assert!(super::head(99, &[]).is_err());
    }

    #[test]
    fn what_is_no_input_is_refused() {
        for text in ["", "{}", r#"{"is":"sorry"}"#, r#"{"is":"failed","at":1,"failure":"sad","phase":"send"}"#] {
            assert!(told(text).is_err(), "{text}");
        }
    }
}
