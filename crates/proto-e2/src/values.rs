//! Values that are valid if they exist.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_core::{Rule, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text of 1 to `MAX` characters, none of them a control character.
fn check(text: &str, max: usize) -> Result<(), Rule> {
    if text.is_empty() {
        Err(Rule::Missing)
    } else if text.chars().count() > max {
        Err(Rule::TooLong)
    } else if text.contains(char::is_control) {
        Err(Rule::Malformed)
    } else {
        Ok(())
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The longest value, in characters.
            pub const MAX: usize = $max;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Rule;

            fn try_from(text: String) -> Result<Self, Rule> {
                check(&text, Self::MAX).map(|()| Self(text))
            }
        }

        impl FromStr for $name {
            type Err = Rule;

            fn from_str(text: &str) -> Result<Self, Rule> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The e-mail address that names a user: 1 to 255 characters, otherwise opaque. The document's own examples are no
    /// addresses (`e2reseller+1`), so nothing but the length is checked.
    Email, 255
}

text! {
    /// A first or last name: 1 to 64 characters.
    PersonName, 64
}

/// A password as it is sent: base64 text of 1 to 100 characters. The limit is on the encoded text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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

impl From<EncodedPassword> for String {
    fn from(password: EncodedPassword) -> Self {
        password.0.into()
    }
}

/// How much a user may store, in gigabytes of 10^9 bytes. On the wire, 0 means unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quota {
    /// This many gigabytes.
    Gigabytes(NonZeroU64),
    /// As much as they like.
    Unlimited,
}

impl Quota {
    /// A quota of `gigabytes`; 0 means unlimited.
    #[must_use]
    pub fn gigabytes(gigabytes: u64) -> Self {
        NonZeroU64::new(gigabytes).map_or(Self::Unlimited, Self::Gigabytes)
    }
}

impl Serialize for Quota {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(match self {
            Self::Gigabytes(gigabytes) => gigabytes.get(),
            Self::Unlimited => 0,
        })
    }
}

impl<'de> Deserialize<'de> for Quota {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = ByteCount::deserialize(deserializer)?;
        Ok(Self::gigabytes(count.0))
    }
}

/// A count of bytes. The document types it as a double: integers are kept exactly, fractions are cut off, and it is
/// never written with an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
pub struct ByteCount(pub u64);

impl<'de> Deserialize<'de> for ByteCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = ByteCount;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a count of bytes")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<ByteCount, E> {
                Ok(ByteCount(value))
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<ByteCount, E> {
                u64::try_from(value).map(ByteCount).map_err(|_| E::custom(Rule::OutOfRange))
            }

            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<ByteCount, E> {
                if !(0.0..18_446_744_073_709_551_616.0).contains(&value) {
                    return Err(E::custom(Rule::OutOfRange));
                }
                Ok(ByteCount(value as u64))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteCount, E> {
                text.trim().parse().map(ByteCount).map_err(|_| E::custom(Rule::Malformed))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_counts_keep_integers_and_cut_fractions() {
        let read = |text: &str| serde_json::from_str::<ByteCount>(text).ok().map(|count| count.0);
        assert_eq!(read("9007199254740993"), Some(9_007_199_254_740_993));
        assert_eq!(read("1.5e3"), Some(1500));
        assert_eq!(read("12.75"), Some(12));
        assert_eq!(read("-1"), None);
        assert_eq!(read("1e30"), None);
        assert_eq!(serde_json::to_string(&ByteCount(u64::MAX)).unwrap(), "18446744073709551615");
    }

    #[test]
    fn lengths_count_characters() {
        assert!(Email::try_from("ü".repeat(255)).is_ok());
        assert_eq!(Email::try_from("ü".repeat(256)), Err(Rule::TooLong));
        assert_eq!("".parse::<Email>(), Err(Rule::Missing));
        assert!(PersonName::try_from("x".repeat(64)).is_ok());
        assert_eq!(PersonName::try_from("x".repeat(65)), Err(Rule::TooLong));
    }

    #[test]
    fn passwords_are_base64_and_the_limit_is_on_the_encoded_text() {
        assert!(EncodedPassword::encode(&"x".repeat(75)).is_ok());
        assert_eq!(EncodedPassword::encode(&"x".repeat(76)), Err(Rule::TooLong));
        assert_eq!(EncodedPassword::try_from("no base64!".to_owned()), Err(Rule::Malformed));
        let password = EncodedPassword::try_from("dGVzdDEyMw==".to_owned()).unwrap();
        assert_eq!(password.decode().unwrap().expose(), "test123");
        assert_eq!(format!("{password:?}"), "EncodedPassword(REDACTED)");
    }
}
