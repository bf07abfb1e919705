//! The values of forms.

use std::borrow::Cow;

use larder_core::{Reject, Rule};
use serde::de::value::SeqDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

/// The values of one key of a form: texts, until their type asks for something else, which is read as JSON
/// writes it.
pub(super) struct Texts<'a>(pub(super) &'a [Cow<'a, str>]);

impl<'a> Texts<'a> {
    fn one(&self) -> Result<&'a str, Reject> {
        if let [text] = self.0 { Ok(text) } else { Err(Reject::new("", Rule::TooMany)) }
    }
}

impl<'de> IntoDeserializer<'de, Reject> for Texts<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
            let value = serde_json::from_str::<$type>(self.one()?).map_err(|_| Reject::new("", Rule::Malformed))?;
            visitor.$visit(value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Texts<'_> {
    type Error = Reject;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_str(self.one()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        if self.one()?.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reject> {
        visitor.visit_enum(IntoDeserializer::<Reject>::into_deserializer(self.one()?))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_seq(SeqDeserializer::new(self.0.chunks(1).map(Texts)))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_unit()
    }

    parsed! {
        deserialize_bool visit_bool bool,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
    }
}
