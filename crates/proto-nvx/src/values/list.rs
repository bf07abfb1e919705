//! `#[serde(default, with = "list")]` for lists of answers: one value where a list is expected is a list of one, null is an
//! empty list. It works in every codec.

use core::fmt;
use core::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::LIST;

/// Reads a list.
///
/// # Errors
/// As the members' own.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    // Our own formats know the name and answer with a sequence; others see a newtype and say what they have.
    deserializer.deserialize_newtype_struct(LIST, Members(PhantomData))
}

/// Writes a list.
///
/// # Errors
/// As the members' own.
pub fn serialize<S, T>(list: &[T], serializer: S) -> Result<S::Ok, S::Error>
where
    S: Serializer,
    T: Serialize,
{
    list.serialize(serializer)
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Members<T> {
    fn one<E: Error>(value: impl IntoDeserializer<'de, E>) -> Result<Vec<T>, E> {
        T::deserialize(value.into_deserializer()).map(|one| vec![one])
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
    }

    fn visit_unit<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_none<E>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Vec<T>, E> {
        Self::one(text.to_owned())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Vec<T>, E> {
        Self::one(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Vec<T>, E> {
        Self::one(number)
    }
}
