//! What the service says when it says no.

use core::fmt;

use larder_core::FaultClass;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A text of a closed list that may grow: unknown members keep their text.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$member_doc])* $member,)*
            /// Any other, as it was said.
            Other(String),
        }

        impl $name {
            /// As it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$member => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$member,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}

open_enum! {
    /// `error.type`.
    ErrorType {
        /// The service is in trouble.
        Api = "api_error",
        /// The request is at fault.
        InvalidRequest = "invalid_request_error",
        /// Listed in the document; no example uses it.
        Server = "server_error",
    }
}

open_enum! {
    /// `error.code`.
    ErrorCode {
        /// Something went wrong; the message is the only hint at what.
        RequestProcessingFailed = "request_processing_failed",
        /// No API key, or a wrong one.
        Unauthorized = "unauthorized",
        /// A parameter broke a rule: see [`Fault::errors`].
        InvalidParameters = "invalid_parameters",
        /// The user exists and is yours.
        UserSignedUp = "user_signed_up",
        /// The user exists and is not yours.
        EmailAlreadyInUse = "email_already_in_use",
    }
}

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
    pub errors: Vec<Value>,
    /// The first bytes of the body as it came; empty for a fault of our own making.
    pub raw: Raw,
}

/// The first [`Raw::MAX`] bytes of a body. `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Raw(Box<[u8]>);

impl Raw {
    /// How much is kept, in bytes.
    pub const MAX: usize = 4096;

    /// Keeps the beginning of `body`.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(body[..body.len().min(Self::MAX)].into())
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Fault {
    fn new(status: u16, kind: ErrorType, code: ErrorCode, message: &str) -> Self {
        Self { status, kind, code, message: message.to_owned(), errors: Vec::new(), raw: Raw::default() }
    }

    /// 403 with a code of the operation's own table.
    #[must_use]
    pub fn refused(code: ErrorCode, message: &str) -> Self {
        Self::new(403, ErrorType::InvalidRequest, code, message)
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
        let errors = vec![serde_json::json!({ "field": field, "message": why })];
        Self { errors, ..Self::new(400, ErrorType::InvalidRequest, ErrorCode::InvalidParameters, message) }
    }

    /// 500: the service is in trouble.
    #[must_use]
    pub fn failed() -> Self {
        let message = "Unable to process this request, please try again later";
        Self::new(500, ErrorType::Api, ErrorCode::RequestProcessingFailed, message)
    }

    /// A status that the document does not have, as `code` with the HTTP status's own name.
    #[must_use]
    pub fn undocumented(status: http::StatusCode, code: &str, message: &str) -> Self {
        Self::new(status.as_u16(), ErrorType::InvalidRequest, ErrorCode::Other(code.to_owned()), message)
    }

    /// Reads the body of a status that is no success. What is no documented body is kept raw.
    pub(crate) fn read(status: http::StatusCode, body: &[u8]) -> Self {
        let raw = Raw::of(body);
        match serde_json::from_slice::<Body>(body) {
            Ok(Body { error }) => Self {
                status: status.as_u16(),
                kind: error.kind,
                code: error.code,
                message: error.message,
                errors: error.errors,
                raw,
            },
            Err(_) => Self { raw, ..Self::undocumented(status, "", status.canonical_reason().unwrap_or("unknown status")) },
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

impl Documented {
    /// 403: the request is understood, and refused.
    #[must_use]
    pub const fn refused(code: &'static str, message: &'static str) -> Self {
        Self { status: 403, kind: "invalid_request_error", code, message }
    }

    /// 500: the service could not do it; the message says why.
    #[must_use]
    pub const fn failed(message: &'static str) -> Self {
        Self { status: 500, kind: "api_error", code: "request_processing_failed", message }
    }
}

impl From<Documented> for Fault {
    fn from(row: Documented) -> Self {
        let (kind, code) = (row.kind.to_owned().into(), row.code.to_owned().into());
        Self::new(row.status, kind, code, row.message)
    }
}

#[derive(Serialize, Deserialize)]
struct Body {
    error: Content,
}

#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(rename = "type")]
    kind: ErrorType,
    code: ErrorCode,
    #[serde(default)]
    message: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Value>,
}

impl larder_core::Fault for Fault {
    /// Every 403 is a refusal of the business kind, except a few that say "right now"; the same code with 500 is
    /// transient, except where the message says that there is nothing to find.
    fn class(&self) -> FaultClass {
        let transient = match self.status {
            403 => self.code == ErrorCode::RequestProcessingFailed && self.message.contains("right now"),
            500 => !self.message.contains("not found"),
            429 | 502..=504 => true,
            _ => false,
        };
        if transient { FaultClass::Transient } else { FaultClass::Permanent }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code.as_str(), self.message)?;
        for error in &self.errors {
            write!(f, "; {error}")?;
        }
        Ok(())
    }
}

impl core::error::Error for Fault {}
