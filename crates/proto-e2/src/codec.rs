//! Requests in JSON or as a form, read into the same types with rejections that name the field.

use std::borrow::Cow;

use larder_core::{Reject, Rule};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde_json::Value;

/// Reads a request's body. Clients send JSON labelled as a form and forms labelled as JSON, so the content decides: what
/// begins with a brace is JSON.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], max_fields: usize) -> Result<T, Reject> {
    let malformed = || Reject::new("", Rule::Malformed);
    let body = body.trim_ascii();
    let fields: Vec<(Cow<'_, str>, Field<'_>)> = if body.first() == Some(&b'{') {
        let object: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(|_| malformed())?;
        object.into_iter().map(|(name, value)| (name.into(), Field::Json(value))).collect()
    } else {
        let text = core::str::from_utf8(body).map_err(|_| malformed())?;
        if text.matches('&').count() >= max_fields {
            return Err(Reject::new("", Rule::TooMany));
        }
        form_urlencoded::parse(text.as_bytes()).map(|(name, value)| (name, Field::Form(value))).collect()
    };
    T::deserialize(MapAccessDeserializer::new(Fields { rest: fields.into_iter(), current: None }))
}

enum Field<'a> {
    Json(Value),
    Form(Cow<'a, str>),
}

struct Fields<'a> {
    rest: std::vec::IntoIter<(Cow<'a, str>, Field<'a>)>,
    current: Option<(Cow<'a, str>, Field<'a>)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Reject;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Reject> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else { return Ok(None) };
        seed.deserialize(StrDeserializer::<Reject>::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Reject> {
        let Some((name, field)) = self.current.take() else { return Err(Reject::new("", Rule::Malformed)) };
        match field {
            Field::Json(value) => seed.deserialize(value).map_err(<Reject as de::Error>::custom),
            Field::Form(text) => seed.deserialize(Text(&text)),
        }
        .map_err(|reject| reject.at(&name))
    }
}

/// A form's value: text, until its type asks for something else.
struct Text<'a>(&'a str);

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
            let value = self.0.trim().parse::<$type>().map_err(|_| Reject::new("", Rule::Malformed))?;
            visitor.$visit(value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = Reject;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        if self.0.is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
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
        visitor.visit_enum(IntoDeserializer::<Reject>::into_deserializer(self.0))
    }

    parsed! {
        deserialize_bool visit_bool bool,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
