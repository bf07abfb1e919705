//! What nobody but its owner may read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_core::{Rule, Secret};
use serde::{Deserialize, Serialize};

use super::{check, check_lines};

/// Canonical base64, as a regular expression: no bits are left over at its end.
#[cfg(feature = "schema")]
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

/// A password as it is sent: the base64 of its UTF-8 text, 1 to 100 characters. The limit is on the encoded text. What decodes
/// to anything but UTF-8 is malformed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "Secret")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend(
        "format" = "password",
        "contentEncoding" = "base64",
        "minLength" = 1,
        "maxLength" = Self::MAX,
        "pattern" = BASE64
    ))
)]
pub struct EncodedPassword(Secret);

impl EncodedPassword {
    /// The longest encoded text, in characters: 75 bytes of password.
    pub const MAX: usize = 100;

    /// Encodes a password.
    ///
    /// # Errors
    /// `Missing` when it is empty, `TooLong` beyond 75 bytes.
    pub fn encode(password: &str) -> Result<Self, Rule> {
        Self::try_from(STANDARD.encode(password))
    }

    /// The password itself.
    ///
    /// # Errors
    /// `Malformed` when it is not UTF-8.
    pub fn decode(&self) -> Result<Secret, Rule> {
        let bytes = STANDARD.decode(self.0.expose()).map_err(|_| Rule::Malformed)?;
        String::from_utf8(bytes).map(Secret::from).map_err(|_| Rule::Malformed)
    }
}

impl TryFrom<String> for EncodedPassword {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        check(&text, Self::MAX)?;
        STANDARD.decode(&text).map_err(|_| Rule::Malformed)?;
        Ok(Self(Secret::from(text)))
    }
}

impl From<EncodedPassword> for Secret {
    fn from(password: EncodedPassword) -> Self {
        password.0
    }
}

/// The private key of a CNAME's certificate, in lines: 1 to 6,000 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "Secret")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("format" = "password", "minLength" = 1, "maxLength" = Self::MAX, "pattern" = super::LINES))
)]
pub struct PrivateKey(Secret);

impl PrivateKey {
    /// The longest key, in characters.
    pub const MAX: usize = 6_000;

    /// The key itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TryFrom<String> for PrivateKey {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let key = Secret::from(text);
        check_lines(key.expose(), Self::MAX).map(|()| Self(key))
    }
}

impl From<PrivateKey> for Secret {
    fn from(key: PrivateKey) -> Self {
        key.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ledger E14.
    #[test]
    fn passwords_are_base64_and_the_limit_is_on_the_encoded_text() {
        assert!(EncodedPassword::encode(&"x".repeat(75)).is_ok());
        assert_eq!(EncodedPassword::encode(&"x".repeat(76)), Err(Rule::TooLong));
        assert_eq!(EncodedPassword::try_from("no base64!".to_owned()), Err(Rule::Malformed));
        let password = EncodedPassword::try_from("dGVzdDEyMw==".to_owned()).unwrap();
        assert_eq!(password.decode().unwrap().expose(), "test123");
        assert_eq!(format!("{password:?}"), "EncodedPassword(REDACTED)");
    }

    #[test]
    fn private_keys_have_lines_and_are_not_shown() {
        let key = PrivateKey::try_from("k\n".repeat(3_000)).unwrap();
        assert_eq!((key.expose().len(), format!("{key:?}").as_str()), (6_000, "PrivateKey(REDACTED)"));
        assert_eq!(PrivateKey::try_from("k".repeat(6_001)), Err(Rule::TooLong));
        assert_eq!(PrivateKey::try_from(String::new()), Err(Rule::Missing));
    }
}
