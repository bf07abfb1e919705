//! Numbers.

use core::fmt;
use core::num::NonZeroU64;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::open_enum::open_enum;

/// How much a user may store, in gigabytes of 10^9 bytes. On the wire, 0 means unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "serde_json::Value", extend("type" = "integer", "minimum" = 0, "maximum" = u64::MAX))
)]
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
        Number::deserialize(deserializer)?.try_into().map_err(de::Error::custom)
    }
}

impl FromStr for Quota {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        text.parse::<Number>()?.try_into()
    }
}

/// Whole gigabytes only: a fraction that was cut off could turn into 0, which means unlimited.
impl TryFrom<Number> for Quota {
    type Error = Rule;

    fn try_from(number: Number) -> Result<Self, Rule> {
        if number.is_exact { Ok(Self::gigabytes(number.whole)) } else { Err(Rule::Malformed) }
    }
}

/// A count of bytes. The document types it as a double: integers are kept exactly, fractions are cut off, and it is
/// never written with an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(with = "serde_json::Value", extend("type" = "number", "minimum" = 0))
)]
pub struct ByteCount(pub u64);

impl<'de> Deserialize<'de> for ByteCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Number::deserialize(deserializer).map(|number| Self(number.whole))
    }
}

/// A number that is not negative, however it is written.
struct Number {
    whole: u64,
    /// Whether nothing stood behind the point.
    is_exact: bool,
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number that is not negative")
            }

            fn visit_u64<E: de::Error>(self, whole: u64) -> Result<Number, E> {
                Ok(Number { whole, is_exact: true })
            }

            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                u64::try_from(value).map_err(|_| E::custom(Rule::OutOfRange)).and_then(|whole| self.visit_u64(whole))
            }

            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Number, E> {
                Number::try_from(value).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl TryFrom<f64> for Number {
    type Error = Rule;

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked before")]
    fn try_from(value: f64) -> Result<Self, Rule> {
        if !(0.0..18_446_744_073_709_551_616.0).contains(&value) {
            return Err(Rule::OutOfRange);
        }
        Ok(Self { whole: value as u64, is_exact: value.fract() == 0.0 })
    }
}

/// A text is the number that JSON would read from it.
impl FromStr for Number {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let number = serde_json::from_str::<serde_json::Number>(text).map_err(|_| Rule::Malformed)?;
        match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Ok(Self { whole, is_exact: true }),
            (None, Some(value)) => Self::try_from(value),
            (None, None) => Err(Rule::OutOfRange),
        }
    }
}

/// What an access key may do, as requests say it: 0 is to read, 1 to write, 2 to read and to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(
        with = "serde_json::Value",
        extend("type" = "integer", "enum" = [Self::Read, Self::Write, Self::ReadWrite])
    )
)]
pub enum Permissions {
    /// 0: to read.
    Read,
    /// 1: to write.
    Write,
    /// 2: to read and to write.
    ReadWrite,
}

impl TryFrom<u64> for Permissions {
    type Error = Rule;

    fn try_from(number: u64) -> Result<Self, Rule> {
        match number {
            0 => Ok(Self::Read),
            1 => Ok(Self::Write),
            2 => Ok(Self::ReadWrite),
            _ => Err(Rule::OutOfRange),
        }
    }
}

impl From<Permissions> for u64 {
    fn from(permissions: Permissions) -> Self {
        match permissions {
            Permissions::Read => 0,
            Permissions::Write => 1,
            Permissions::ReadWrite => 2,
        }
    }
}

open_enum! {
    /// What an access key may do, as lists say it: in words. Ours are those of the document's enumeration.
    KeyDescription {
        /// [`Permissions::Read`].
        Read = "Read access",
        /// [`Permissions::Write`].
        Write = "Write access",
        /// [`Permissions::ReadWrite`].
        ReadWrite = "Read/Write access",
    }
}

impl From<Permissions> for KeyDescription {
    fn from(permissions: Permissions) -> Self {
        match permissions {
            Permissions::Read => Self::Read,
            Permissions::Write => Self::Write,
            Permissions::ReadWrite => Self::ReadWrite,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ledger E12.
    #[test]
    fn byte_counts_keep_integers_and_cut_fractions() {
        let read = |text: &str| serde_json::from_str::<ByteCount>(text).ok().map(|count| count.0);
        assert_eq!(read("9007199254740993"), Some(9_007_199_254_740_993));
        assert_eq!(read("1.5e3"), Some(1500));
        assert_eq!(read("12.75"), Some(12));
        assert_eq!(read("\"12\""), Some(12));
        assert_eq!(read("-1"), None);
        assert_eq!(read("1e30"), None);
        assert_eq!(serde_json::to_string(&ByteCount(u64::MAX)).unwrap(), "18446744073709551615");
    }

    #[test]
    fn e13_a_quota_is_unlimited_only_when_it_is_zero() {
        let read = |text: &str| serde_json::from_str::<Quota>(text).ok();
        assert_eq!(read("0"), Some(Quota::Unlimited));
        assert_eq!(read("0.0"), Some(Quota::Unlimited));
        assert_eq!(read("1024.0"), Some(Quota::gigabytes(1024)));
        assert_eq!((read("\"1024.0\""), read("\" 7 \"")), (Some(Quota::gigabytes(1024)), Some(Quota::gigabytes(7))));
        for wrong in ["0.5", "1.5", "-1", "null", "\"\"", "\"+5\"", "\"-1\"", "\"0.5\"", "\"1e99\"", "\"5 5\""] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(serde_json::to_string(&[Quota::Unlimited, Quota::gigabytes(1)]).unwrap(), "[0,1]");
    }

    #[test]
    fn permissions_are_numbers_in_requests_and_words_in_lists() {
        for (number, words) in [(0, "Read access"), (1, "Write access"), (2, "Read/Write access")] {
            let permissions = Permissions::try_from(number).unwrap();
            assert_eq!(u64::from(permissions), number);
            let description = KeyDescription::from(permissions);
            assert_eq!((description.as_str(), KeyDescription::from(words.to_owned())), (words, description.clone()));
        }
        assert_eq!(Permissions::try_from(3), Err(Rule::OutOfRange));
        assert_eq!(KeyDescription::from("List".to_owned()).as_str(), "List");
    }
}
