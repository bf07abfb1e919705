//! Lists that the document calls bare in one place and wrapped in another.

use core::fmt;
use core::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A bare list, or the structure `S` that holds it. Both are read, as they come.
pub(super) enum Either<T, S> {
    List(Vec<T>),
    Structure(S),
}

impl<'de, T: Deserialize<'de>, S: Deserialize<'de>> Deserialize<'de> for Either<T, S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Begun(PhantomData))
    }
}

struct Begun<T, S>(PhantomData<(T, S)>);

impl<'de, T: Deserialize<'de>, S: Deserialize<'de>> Visitor<'de> for Begun<T, S> {
    type Value = Either<T, S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, alone or in an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Either::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        S::deserialize(MapAccessDeserializer::new(object)).map(Either::Structure)
    }
}
