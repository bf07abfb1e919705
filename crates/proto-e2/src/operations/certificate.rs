//! What lists of CNAMEs say of their certificates.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a certificate says. The document leaves its form open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!from))]
#[serde(from = "Value", untagged)]
pub enum CertificateInfo {
    /// As our service writes it.
    Certificate(Certificate),
    /// Any other JSON, as it came.
    Other(Value),
}

impl From<Value> for CertificateInfo {
    fn from(info: Value) -> Self {
        Certificate::deserialize(&info).map_or(Self::Other(info), Self::Certificate)
    }
}

/// What a certificate says, as our service writes it. Times are RFC 3339.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who says so.
    pub issuer: String,
    /// When it begins to hold.
    pub not_before: String,
    /// When it ends to hold.
    pub not_after: String,
    /// The host names that it is for.
    pub san: Vec<String>,
}
