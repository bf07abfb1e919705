//! Values of answers that may be something else than documented.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value in an answer: what cannot be read is kept as it came, and nothing at all is an empty text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said<T> {
    /// A documented value.
    Known(T),
    /// Any other text.
    Other(String),
}

impl<T> Said<T> {
    /// The value, if it is a documented one.
    #[must_use]
    pub const fn known(&self) -> Option<T>
    where
        T: Copy,
    {
        match self {
            Self::Known(value) => Some(*value),
            Self::Other(_) => None,
        }
    }
}

impl<T: FromStr> Said<T> {
    /// Reads a text.
    #[must_use]
    pub fn read(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Other(text.to_owned()), Self::Known)
    }
}

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<T> From<T> for Said<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T: fmt::Display> fmt::Display for Said<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(value) => value.fmt(f),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl<T: fmt::Display> Serialize for Said<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Texts(PhantomData))
    }
}

struct Texts<T>(PhantomData<T>);

impl<T: FromStr> Visitor<'_> for Texts<T> {
    type Value = Said<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Said<T>, E> {
        Ok(Said::read(text))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Said<T>, E> {
        Ok(Said::read(&number.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Said<T>, E> {
        Ok(Said::read(&number.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Said<T>, E> {
        Ok(Said::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::SortCode;

    #[test]
    fn what_is_not_documented_is_kept() {
        let read = |json: &str| serde_json::from_str::<Said<SortCode>>(json).unwrap();
        assert_eq!(read("\" sizebytes\"").known(), Some(SortCode::SizeBytes));
        assert_eq!(read("\"Colour \""), Said::Other("Colour ".to_owned()));
        assert_eq!((read("7").to_string(), read("-7").to_string()), ("7".to_owned(), "-7".to_owned()));
        assert_eq!((read("null"), read("\"\"")), (Said::default(), Said::default()));
        assert_eq!(serde_json::to_string(&Said::from(SortCode::SizeBytes)).unwrap(), "\"SizeBytes\"");
        assert_eq!(serde_json::to_string(&Said::<SortCode>::default()).unwrap(), "\"\"");
    }
}
