//! What the service says when it says no.

use core::fmt;

use larder_core::FaultClass;
use larder_core::json::has_more_values_than;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::codec::FAULT_VALUES;

use crate::open_enum::open_enum;

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
        /// There is no such user.
        AccountNonExistent = "account_non_existant",
        /// The user is disabled already.
        UserAccountAlreadyDisabled = "user_account_already_disabled",
        /// The user is enabled already.
        UserAccountAlreadyEnabled = "user_account_already_enabled",
        /// Only a user that is disabled can be removed.
        UserAccountNotDisabled = "user_account_not_disabled",
        /// The user is disabled.
        UserDisabled = "user_disabled",
        /// The reseller has not paid.
        PaymentFailed = "payment_failed",
        /// The user has storage in that region already.
        RegionAlreadyEnabled = "region_already_enabled",
        /// The user has no such storage domain.
        StorageNonExistent = "storage_non_existant",
        /// The user is enabled, and there are buckets in that storage.
        StorageNotEmpty = "storage_not_empty",
        /// The storage has no such access key.
        AccessKeyNonExistent = "access_key_non_existant",
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
        let is_documented = !has_more_values_than(body, FAULT_VALUES);
        match Some(body).filter(|_| is_documented).map(serde_json::from_slice::<Body>) {
            Some(Ok(Body { error })) => Self {
                status: status.as_u16(),
                kind: error.kind,
                code: error.code,
                message: error.message,
                errors: error.errors,
                raw,
            },
            Some(Err(_)) | None => {
                Self { raw, ..Self::undocumented(status, "", status.canonical_reason().unwrap_or("unknown status")) }
            }
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
    /// A 403 is final and a 500 may pass. `request_processing_failed` alone stands for both, whatever the status and the
    /// type: there the documented messages decide.
    fn class(&self) -> FaultClass {
        let says = |hint: &str| self.code == ErrorCode::RequestProcessingFailed && self.message.contains(hint);
        let transient = match self.status {
            403 => says("right now") || says("try again later"),
            500 => !says("not found"),
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
