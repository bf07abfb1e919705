//! What a fault keeps as it came. It may echo secrets, so that `Debug` and `Display` show little of it.

use core::fmt;

use http::{HeaderMap, HeaderValue};
use larder_core::Redactor;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `error.errors`: what was wrong with the parameters. The document leaves the form of its members open; one value alone is
/// a list of one.
///
/// `Debug` and `Display` show the members that describe (`field`, `param`, `message`, `msg`) and count everything else:
/// services repeat the values that they refuse, passwords too.
#[derive(Clone, PartialEq, Default, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("items" = Self::items())))]
pub struct Details(Box<[Value]>);

impl Details {
    /// The values.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// What our service writes. Any other value is none that breaks this schema.
    #[cfg(feature = "schema")]
    fn items() -> Value {
        serde_json::json!({ "properties": { "field": { "type": "string" }, "message": { "type": "string" } } })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn redacted(self, redactor: &Redactor) -> Self {
        Self(self.0.into_iter().map(|value| without_secrets(value, redactor)).collect())
    }
}

/// Numbers may be secrets as little as booleans: they are kept.
fn without_secrets(value: Value, redactor: &Redactor) -> Value {
    match value {
        Value::String(text) => redactor.redact(&text).into(),
        Value::Array(values) => values.into_iter().map(|value| without_secrets(value, redactor)).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            fields.map(|(name, value)| (redactor.redact(&name), without_secrets(value, redactor))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

impl From<Value> for Details {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::Null => Box::default(),
            Value::Array(values) => values.into(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => Box::new([value]),
        })
    }
}

impl<'de> Deserialize<'de> for Details {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

/// The texts of one value that describe what is wrong.
fn describing(value: &Value) -> impl Iterator<Item = &str> {
    ["field", "param", "message", "msg"].into_iter().filter_map(|name| value.get(name)?.as_str()).filter(|text| !text.is_empty())
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut others = 0;
        let mut before = "";
        for value in &self.0 {
            let words: Vec<&str> = describing(value).collect();
            if words.is_empty() {
                others += 1;
            } else {
                write!(f, "{before}{}", words.join(" "))?;
                before = "; ";
            }
        }
        if others > 0 { write!(f, "{before}{others} not shown") } else { Ok(()) }
    }
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

/// The headers of a response. `Debug` shows their names only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Headers(Box<HeaderMap>);

impl Headers {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self(Box::new(headers.clone()))
    }

    /// The headers.
    #[must_use]
    pub fn map(&self) -> &HeaderMap {
        &self.0
    }

    pub(super) fn redacted(mut self, redactor: &Redactor) -> Self {
        for value in self.0.values_mut() {
            let text = String::from_utf8_lossy(value.as_bytes());
            let shown = redactor.redact(&text);
            if shown != text {
                *value = HeaderValue::from_str(&shown).unwrap_or(HeaderValue::from_static("REDACTED"));
            }
        }
        self
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys().map(http::HeaderName::as_str)).finish()
    }
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

    /// The body may go on after what is kept of it.
    pub(super) fn redacted(self, redactor: &Redactor) -> Self {
        let shown = redactor.beginning(&self.0, self.0.len() == Self::MAX, Self::MAX);
        if shown == String::from_utf8_lossy(&self.0) { self } else { Self::of(shown.as_bytes()) }
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}
