//! How answers are read: they carry what the peer said. Null is nothing, and a number or a flag is as good as its text.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// What any text can be read as.
pub(crate) trait FromText: Sized {
    fn from_text(text: &str) -> Self;
}

impl FromText for String {
    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

/// A text, or nothing where it is null.
pub(crate) fn text<'de, T: FromText, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Text(PhantomData))
}

/// A text that is empty where it is null.
pub(crate) fn or_default<'de, T: FromText + Default, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    text(deserializer).map(Option::unwrap_or_default)
}

/// A text that must be there.
pub(crate) fn needed<'de, T: FromText, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    text(deserializer)?.ok_or_else(|| D::Error::custom(larder_core::Rule::Missing))
}

/// A list that is empty where it is null.
pub(crate) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

struct Text<T>(PhantomData<T>);

macro_rules! said {
    ($($method:ident $type:ty),*) => {$(
        fn $method<E>(self, value: $type) -> Result<Self::Value, E> {
            Ok(Some(T::from_text(&value.to_string())))
        }
    )*};
}

impl<T: FromText> Visitor<'_> for Text<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(T::from_text(text)))
    }

    said!(visit_u64 u64, visit_i64 i64, visit_f64 f64, visit_bool bool);

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
