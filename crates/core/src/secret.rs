//! A text that is never printed.

use core::fmt;

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

/// `serialize_newtype_struct` with this name means: the text is a secret. Formats write the text; see
/// [`Redactor`](crate::Redactor) for who looks at the name.
pub(crate) const NAME: &str = "$larder::Secret";

/// A password, a token or a key. `Debug` prints `REDACTED`, there is no `Display`, and the memory is wiped on drop.
///
/// Serialising it writes the real value, since that is how it reaches the wire. A type of yours that holds one says
/// `#[serde(into = "Secret")]`, so that it is known for one in a request: see [`Redactor`](crate::Redactor).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text out of sight.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself. Every call of this is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is any text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NAME, self.expose())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.expose().to_owned()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("REDACTED")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_it() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "REDACTED");
    }

    #[test]
    fn who_asks_for_the_text_has_all_of_it() {
        for secret in [Secret::new("hunter2"), Secret::from("hunter2"), Secret::from("hunter2".to_owned())] {
            assert_eq!((secret.expose(), secret.is_empty()), ("hunter2", false));
            assert_eq!(String::from(secret), "hunter2");
        }
        assert!(Secret::new("").is_empty());
    }
}
