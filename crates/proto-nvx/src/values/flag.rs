//! Flags: texts in forms and XML; in JSON answers flags, texts or numbers.

use core::fmt;

use larder_core::Rule;
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// `true`, `false`, `1` or `0` in any case, blanks around it allowed.
pub(crate) fn read(text: &str) -> Result<Flag, Rule> {
    match text.trim() {
        "" => Err(Rule::Missing),
        "1" => Ok(Flag(true)),
        "0" => Ok(Flag(false)),
        text if text.eq_ignore_ascii_case("true") => Ok(Flag(true)),
        text if text.eq_ignore_ascii_case("false") => Ok(Flag(false)),
        _ => Err(Rule::Malformed),
    }
}

/// A flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(bool);

impl From<Flag> for bool {
    fn from(flag: Flag) -> Self {
        flag.0
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shown)
    }
}

struct Shown;

impl Visitor<'_> for Shown {
    type Value = Flag;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Flag, E> {
        Ok(Flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Flag, E> {
        match number {
            0 | 1 => Ok(Flag(number == 1)),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Flag, E> {
        read(text).map_err(|_| E::invalid_value(Unexpected::Other("another text"), &self))
    }
}

/// Reads a flag, for `deserialize_with`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Flag::deserialize(deserializer).map(bool::from)
}

/// Reads a flag that may be absent.
pub(crate) fn option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Option::<Flag>::deserialize(deserializer)?.map(bool::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n75_flags_in_json_are_flags_texts_or_numbers() {
        let read = |json: &str| serde_json::from_str::<Flag>(json).map(bool::from).ok();
        for (text, flag) in
            [("true", true), ("\"True\"", true), ("1", true), ("false", false), ("\" FALSE \"", false), ("0", false)]
        {
            assert_eq!(read(text), Some(flag), "{text}");
        }
        for text in ["2", "\"\"", "\"yes\"", "null", "[]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
