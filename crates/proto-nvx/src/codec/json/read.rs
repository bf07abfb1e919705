//! The envelope of a JSON answer, in one pass when the code comes first, as servers send it.

use core::fmt;
use core::marker::PhantomData;

use larder_core::{Reject, Rule};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};

use super::reject;
use crate::codec::Envelope;

/// Reads an answer of bounded length.
pub(super) fn envelope<T: DeserializeOwned>(text: &str) -> Result<Envelope<T>, Reject> {
    let scan = run(text, Whole(PhantomData))?;
    match scan {
        Scan::Read(envelope) => Ok(envelope),
        Scan::Again => run(text, Body(PhantomData)).map(Envelope::Success),
    }
}

fn run<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, Reject> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = seed.deserialize(&mut json).map_err(|error| reject(&error))?;
    json.end().map_err(|error| reject(&error))?;
    Ok(value)
}

/// What the first pass found.
enum Scan<T> {
    /// Everything.
    Read(Envelope<T>),
    /// Code 0 behind other fields: those are to be read by another pass.
    Again,
}

/// The envelope's own names, without regard to ASCII case.
enum Name {
    Code,
    Message,
    Other,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(match name {
                    _ if name.eq_ignore_ascii_case("ResponseCode") => Name::Code,
                    _ if name.eq_ignore_ascii_case("ErrorMessage") => Name::Message,
                    _ => Name::Other,
                })
            }
        }
        deserializer.deserialize_identifier(Text)
    }
}

/// A code as a number or as digits in a string.
struct Code(u32);

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;
        impl Visitor<'_> for Number {
            type Value = Code;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a code")
            }
            fn visit_u64<E: de::Error>(self, code: u64) -> Result<Code, E> {
                u32::try_from(code).map(Code).map_err(|_| E::custom(Rule::OutOfRange))
            }
            fn visit_str<E: de::Error>(self, code: &str) -> Result<Code, E> {
                code.trim().parse().map(Code).map_err(|_| E::custom(Rule::Malformed))
            }
        }
        deserializer.deserialize_any(Number)
    }
}

/// Reads the envelope, and the answer if its code comes first.
struct Whole<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Whole<T> {
    type Value = Scan<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scan<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Whole<T> {
    type Value = Scan<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scan<T>, A::Error> {
        let (mut code, mut message, mut first) = (None, None, true);
        while let Some(name) = map.next_key::<Name>()? {
            match name {
                Name::Code => {
                    let Code(number) = map.next_value()?;
                    if number == 0 && first {
                        return T::deserialize(Rest(map)).map(Envelope::Success).map(Scan::Read);
                    }
                    // The first one counts, as in XML.
                    code = code.or(Some(number));
                }
                Name::Message => message = map.next_value::<Option<String>>()?,
                Name::Other => _ = map.next_value::<IgnoredAny>()?,
            }
            first = false;
        }
        let code = code.ok_or_else(|| A::Error::missing_field("ResponseCode"))?;
        let message = message.unwrap_or_default().trim().to_owned();
        Ok(if code == 0 { Scan::Again } else { Scan::Read(Envelope::Failure { code, message }) })
    }
}

/// Reads the answer from the whole object.
struct Body<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Body<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Body<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(Rest(map))
    }
}

/// The fields of an object from where the reader stands. For an answer without fields they are passed over.
struct Rest<A>(A);

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Rest<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, A::Error> {
        while self.0.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        self.deserialize_unit(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
