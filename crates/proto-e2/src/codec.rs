//! Requests in JSON or as a form, read into the same types with rejections that name the field.
//!
//! # Ceilings
//! A body is held whole before it is read, and its size is the machine's to limit: [`Limits::request`] on the serving side
//! (1 MiB by default), [`Limits::answer`] on the client's (16 MiB). JSON nests at most 127 deep in both directions, which
//! is `serde_json`'s own limit; what is deeper is malformed. A request has at most [`REQUEST_VALUES`], as JSON or as a form;
//! an answer has at most [`ANSWER_VALUES`], a refusal [`FAULT_VALUES`]: reading either takes at most 256 MiB of heap besides
//! the text.
//!
//! [`Limits::request`]: larder_core::Limits::request
//! [`Limits::answer`]: larder_core::Limits::answer

use std::borrow::Cow;
use std::collections::BTreeMap;

use larder_core::json::has_more_values_than;
use larder_core::{Reject, Rule};
use serde::de::value::{MapAccessDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde_json::Value;

/// The most values of a request: no documented one has a hundred.
pub(crate) const REQUEST_VALUES: usize = 1_000;
/// The most values of an answer: seventy thousand users, which take about 16 MiB.
pub(crate) const ANSWER_VALUES: usize = 700_000;
/// The most values of a refusal.
pub(crate) const FAULT_VALUES: usize = 10_000;

/// Reads a request's body. Clients send JSON labelled as a form and forms labelled as JSON, so the content decides: what
/// begins with a brace is JSON.
///
/// In a form, a list is a key that is repeated; a key of anything else must not be.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reject> {
    let malformed = || Reject::new("", Rule::Malformed);
    let too_many = || Reject::new("", Rule::TooMany);
    let body = body.trim_ascii();
    let fields: Vec<(Cow<'_, str>, Field<'_>)> = if body.first() == Some(&b'{') {
        if has_more_values_than(body, REQUEST_VALUES) {
            return Err(too_many());
        }
        let object: serde_json::Map<String, Value> = serde_json::from_slice(body).map_err(|_| malformed())?;
        object.into_iter().map(|(name, value)| (name.into(), Field::Json(value))).collect()
    } else {
        let text = core::str::from_utf8(body).map_err(|_| malformed())?;
        if text.matches('&').count() >= REQUEST_VALUES {
            return Err(too_many());
        }
        let mut values = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            values.entry(name).or_default().push(value);
        }
        values.into_iter().map(|(name, values)| (name, Field::Form(values))).collect()
    };
    T::deserialize(MapAccessDeserializer::new(Fields { rest: fields.into_iter(), current: None }))
}

/// Reads an answer's body. A rejection names the member at which reading stopped.
pub(crate) fn answer<T: DeserializeOwned>(body: &[u8]) -> Result<T, Reject> {
    if has_more_values_than(body, ANSWER_VALUES) {
        return Err(Reject::new("", Rule::TooMany));
    }
    serde_json::from_slice(body).map_err(|error| rejected(body, &error))
}

/// `serde_json` tells a rule as a text with a place behind it, and the member by its place only.
fn rejected(body: &[u8], error: &serde_json::Error) -> Reject {
    if !error.is_data() {
        return Reject::new("", Rule::Malformed);
    }
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(text, _)| text);
    if let Some(absent) = text.strip_prefix("missing field `").and_then(|name| name.strip_suffix('`')) {
        return Reject::new(absent, Rule::Missing);
    }
    let lines = body.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let place = lines.map(<[u8]>::len).sum::<usize>() + error.column();
    let member = last_member(&body[..place.min(body.len())]);
    <Reject as de::Error>::custom(text).at(core::str::from_utf8(member).unwrap_or(""))
}

/// The name of the last member that begins in a JSON text.
fn last_member(text: &[u8]) -> &[u8] {
    let (mut name, mut string, mut open, mut escaped) = (&text[..0], &text[..0], None, false);
    for (place, byte) in text.iter().enumerate() {
        match (byte, open) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', None) => open = Some(place + 1),
            (b'"', Some(begin)) => (string, open) = (&text[begin..place], None),
            (b':', None) => name = string,
            _ => {}
        }
    }
    name
}

enum Field<'a> {
    Json(Value),
    Form(Vec<Cow<'a, str>>),
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
            Field::Form(values) => seed.deserialize(Texts(&values)),
        }
        .map_err(|reject| reject.at(&name))
    }
}

/// The values of one key of a form: texts, until their type asks for something else.
struct Texts<'a>(&'a [Cow<'a, str>]);

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
            let value = self.one()?.trim().parse::<$type>().map_err(|_| Reject::new("", Rule::Malformed))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CreateAccessKey, DisableUser};

    const KEY: &str = "email=a&storage_dn=b&name=c&permissions=2";

    fn buckets(body: &str) -> Result<Option<Vec<String>>, Reject> {
        let key = read::<CreateAccessKey>(body.as_bytes())?;
        Ok(key.buckets.map(|buckets| buckets.as_slice().iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn e21_lists_are_repeated_keys_and_nothing_else_is() {
        assert_eq!(buckets(KEY), Ok(None));
        assert_eq!(buckets(&format!("{KEY}&buckets=x&buckets=y&other=1&other=2")), Ok(Some(vec!["x".into(), "y".into()])));
        assert_eq!(buckets(&format!("{KEY}&name=d")), Err(Reject::new("name", Rule::TooMany)));
        assert_eq!(buckets(&format!("{KEY}{}", "&a".repeat(1_000))), Err(Reject::new("", Rule::TooMany)));
    }

    #[test]
    fn e15_no_bucket_is_never_every_bucket() {
        let json = |buckets: &str| format!(r#"{{"email":"a","storage_dn":"b","name":"c","permissions":2,"buckets":{buckets}}}"#);
        assert_eq!(buckets(&json(r#"["x"]"#)), Ok(Some(vec!["x".into()])));
        for empty in ["[]", "null", "\"\""] {
            assert_eq!(buckets(&json(empty)), Err(Reject::new("buckets", Rule::Malformed)), "{empty}");
        }
        assert_eq!(buckets(&format!("{KEY}&buckets=")), Err(Reject::new("buckets", Rule::Missing)));
    }

    #[test]
    fn a_request_has_so_many_values() {
        let numbers = |count: usize| format!(r#"{{"email":"a","x":[0{}]}}"#, ",0".repeat(count));
        assert!(read::<DisableUser>(numbers(997).as_bytes()).is_ok());
        assert_eq!(read::<DisableUser>(numbers(998).as_bytes()), Err(Reject::new("", Rule::TooMany)));
    }

    #[test]
    fn json_nests_so_deep() {
        let nested = |depth: usize| format!(r#"{{"email":"a","x":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(read::<DisableUser>(nested(126).as_bytes()).is_ok());
        assert_eq!(read::<DisableUser>(nested(127).as_bytes()), Err(Reject::new("", Rule::Malformed)));
        assert!(read::<DisableUser>(nested(1 << 20).as_bytes()).is_err());
    }
}
