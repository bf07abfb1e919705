//! Numbers within documented bounds.

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::looks_like;

/// A number of text, or the rule that it breaks.
pub(super) fn whole(text: &str) -> Result<u32, Rule> {
    crate::codec::integer(text).map_err(|reject| reject.rule)
}

/// What every whole number within bounds has in common, given `MIN` and `MAX`: reading it, parsing, printing.
macro_rules! bounded_number {
    ($type:ident) => {
        impl $type {
            /// The number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl TryFrom<u32> for $type {
            type Error = larder_core::Rule;

            fn try_from(number: u32) -> Result<Self, larder_core::Rule> {
                if (Self::MIN..=Self::MAX).contains(&number) { Ok(Self(number)) } else { Err(larder_core::Rule::OutOfRange) }
            }
        }

        impl TryFrom<String> for $type {
            type Error = larder_core::Rule;

            fn try_from(text: String) -> Result<Self, larder_core::Rule> {
                text.parse()
            }
        }

        impl core::str::FromStr for $type {
            type Err = larder_core::Rule;

            fn from_str(text: &str) -> Result<Self, larder_core::Rule> {
                $crate::values::number::whole(text)?.try_into()
            }
        }

        impl From<$type> for u32 {
            fn from(number: $type) -> u32 {
                number.0
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }

        $crate::values::looks_like!($type, { "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX });
    };
}
pub(super) use bounded_number;

/// How many of something, at least 1 and at most what SOAP's `int` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Count(u32);

impl Count {
    /// The fewest.
    pub const MIN: u32 = 1;
    /// The most.
    pub const MAX: u32 = i32::MAX.unsigned_abs();
}

bounded_number!(Count);

/// A number that may have a fraction, at least `TENTHS` tenths. Written with a point and without an exponent.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Decimal<const TENTHS: u32>(f64);

/// It is never "not a number".
impl<const TENTHS: u32> Eq for Decimal<TENTHS> {}

impl<const TENTHS: u32> Decimal<TENTHS> {
    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl<const TENTHS: u32> TryFrom<f64> for Decimal<TENTHS> {
    type Error = Rule;

    fn try_from(number: f64) -> Result<Self, Rule> {
        // No negative zero, which would be written as such.
        let number = number + 0.0;
        if number.is_finite() && number >= f64::from(TENTHS) / 10.0 { Ok(Self(number)) } else { Err(Rule::OutOfRange) }
    }
}

impl<const TENTHS: u32> FromStr for Decimal<TENTHS> {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if !digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(Rule::Malformed);
        }
        text.parse::<f64>().map_err(|_| Rule::Malformed)?.try_into()
    }
}

impl<const TENTHS: u32> fmt::Display for Decimal<TENTHS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const TENTHS: u32> Serialize for Decimal<TENTHS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const TENTHS: u32> Deserialize<'de> for Decimal<TENTHS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

looks_like!(Decimal<const TENTHS: u32>, { "type": "number", "minimum": f64::from(TENTHS) / 10.0 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_begins_at_one() {
        let count = |text: &str| text.parse::<Count>().map(Count::get);
        assert_eq!((count("1"), count("2147483647")), (Ok(1), Ok(2_147_483_647)));
        for text in ["0", "-1", "2147483648"] {
            assert_eq!(count(text), Err(Rule::OutOfRange), "{text}");
        }
        assert_eq!(count("1.5"), Err(Rule::Malformed));
    }

    #[test]
    fn a_decimal_has_a_smallest_value_and_no_exponent() {
        let rate = |text: &str| text.parse::<Decimal<1>>().map(|rate| rate.to_string());
        for text in ["0.1", "24", "29.97", "1.33", "100000000000000000000000"] {
            assert_eq!(rate(text), Ok(text.to_owned()));
        }
        assert_eq!(rate(" 0.10 "), Ok("0.1".to_owned()));
        let huge = "9".repeat(400);
        for text in ["0.09", "0", "-24", huge.as_str()] {
            assert_eq!(rate(text), Err(Rule::OutOfRange), "{text}");
        }
        for text in ["", ".", "1e3", "inf", "NaN", "+1", "1.2.3", "--1", "1,5"] {
            assert_eq!(rate(text), Err(Rule::Malformed), "{text}");
        }
        let amount = |text: &str| text.parse::<Decimal<0>>().map(|amount| amount.to_string());
        assert_eq!(
            (amount("0.0"), amount("-0"), amount("-0.1")),
            (Ok("0".to_owned()), Ok("0".to_owned()), Err(Rule::OutOfRange))
        );
    }
}
