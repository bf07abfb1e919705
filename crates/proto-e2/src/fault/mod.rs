//! What the service says when it says no.

mod class;
mod codes;
mod kept;
mod telling;

use core::fmt;

use http::{HeaderMap, StatusCode};
use larder_core::json::has_more_values_than;
use serde::{Deserialize, Serialize};

use crate::codec::FAULT_VALUES;
use crate::lenient;

pub use codes::{ErrorCode, ErrorType};
pub use kept::{Details, Headers, Raw};
pub(crate) use telling::{GONE, NAME_GONE};

/// A refusal of the service, with the HTTP status that it came with.
///
/// Only 400, 401, 403 and 500 are documented; any other status becomes a fault too, with whatever body it had.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The HTTP status.
    pub status: u16,
    /// `error.type`.
    pub kind: ErrorType,
    /// `error.code`.
    pub code: ErrorCode,
    /// `error.message`.
    pub message: String,
    /// `error.errors`: what was wrong with the parameters.
    pub errors: Details,
    /// The headers that came with it; none for a fault of our own making.
    pub headers: Headers,
    /// The first bytes of the body as it came; empty for a fault of our own making.
    pub raw: Raw,
}

impl Fault {
    fn new(status: u16, kind: ErrorType, code: ErrorCode, message: &str) -> Self {
        let message = message.to_owned();
        Self { status, kind, code, message, errors: Details::default(), headers: Headers::default(), raw: Raw::default() }
    }

    /// 401: no API key, or a wrong one.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "Authentication header missing/invalid";
        Self::new(401, ErrorType::InvalidRequest, ErrorCode::Unauthorized, message)
    }

    /// 400: `field` is wrong, and why.
    #[must_use]
    pub fn invalid(field: &str, why: &str) -> Self {
        let message = "Invalid parameter values, check errors for details";
        let errors = Details::from(serde_json::json!({ "field": field, "message": why }));
        Self { errors, ..Self::new(400, ErrorType::InvalidRequest, ErrorCode::InvalidParameters, message) }
    }

    /// 500: the service is in trouble.
    #[must_use]
    pub fn failed() -> Self {
        let message = "Unable to process this request, please try again later";
        Self::new(500, ErrorType::Api, ErrorCode::RequestProcessingFailed, message)
    }

    /// A status that the document does not have, as `code`.
    #[must_use]
    pub fn undocumented(status: StatusCode, code: &str, message: &str) -> Self {
        let kind = if status.is_server_error() { ErrorType::Api } else { ErrorType::InvalidRequest };
        Self::new(status.as_u16(), kind, ErrorCode::Other(code.to_owned()), message)
    }

    /// Reads the body of a status that is no success. What is no documented body is kept raw, without a type or a code.
    pub(crate) fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let is_documented = !has_more_values_than(body, FAULT_VALUES);
        let read = Some(body).filter(|_| is_documented).and_then(|body| serde_json::from_slice(body).ok());
        let Body { error } = read.unwrap_or_else(|| Body { error: Content::unread(status) });
        Self {
            status: status.as_u16(),
            kind: error.kind,
            code: error.code,
            message: error.message,
            errors: error.errors,
            headers: Headers::of(headers),
            raw: Raw::of(body),
        }
    }

    /// The body that says so.
    pub(crate) fn body(&self) -> Vec<u8> {
        let error = Content {
            kind: self.kind.clone(),
            code: self.code.clone(),
            message: self.message.clone(),
            errors: self.errors.clone(),
        };
        serde_json::to_vec(&Body { error }).unwrap_or_default()
    }
}

/// A refusal as an operation's own table prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Documented {
    /// The HTTP status.
    pub status: u16,
    /// `error.type`.
    pub kind: &'static str,
    /// `error.code`.
    pub code: &'static str,
    /// `error.message`.
    pub message: &'static str,
}

impl From<Documented> for Fault {
    fn from(row: Documented) -> Self {
        let (kind, code) = (row.kind.to_owned().into(), row.code.to_owned().into());
        Self::new(row.status, kind, code, row.message)
    }
}

/// A refusal.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Fault"))]
pub(crate) struct Body {
    /// What was refused, and why.
    error: Content,
}

/// What a refusal says. What is null or absent is empty.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "FaultContent"))]
struct Content {
    /// Who is at fault.
    #[serde(rename = "type", default, deserialize_with = "lenient::or_default")]
    kind: ErrorType,
    /// What is wrong, for programs.
    #[serde(default, deserialize_with = "lenient::or_default")]
    code: ErrorCode,
    /// What is wrong, for people. Its words may change.
    #[serde(default, deserialize_with = "lenient::or_default")]
    message: String,
    /// What was wrong with the parameters.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    errors: Details,
}

impl Content {
    fn unread(status: StatusCode) -> Self {
        let message = status.canonical_reason().unwrap_or("unknown status").to_owned();
        Self { kind: ErrorType::default(), code: ErrorCode::default(), message, errors: Details::default() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code.as_str(), self.message)?;
        if !self.errors.is_empty() {
            write!(f, "; {}", self.errors)?;
        }
        Ok(())
    }
}

impl core::error::Error for Fault {}
