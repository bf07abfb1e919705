//! A serde deserializer over whatever holds text: knows once that numbers and flags are text, that an empty value of an
//! optional field is none, and that one value may be a list of one.

use core::num::{IntErrorKind, ParseIntError};
use core::str::FromStr;
use std::borrow::Cow;

use larder_core::{Reject, Rule};
use serde::de::value::CowStrDeserializer;
use serde::de::{Deserializer, IntoDeserializer, Visitor};

use super::{KEYED, LIST, place};
use crate::values::flag;

/// A place in a message that can be read as text, as a list, or as a record of named values.
pub(crate) trait Source<'de>: Sized {
    /// The text of this place.
    fn text(&self) -> Cow<'de, str>;
    /// Whether an optional field is none here.
    fn is_none(&self) -> bool;
    /// This place and its repetitions.
    fn list<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject>;
    /// The named values within, restricted to `fields` if they are known.
    fn record<V: Visitor<'de>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Reject>;
    /// A key and its value, see [`KEYED`].
    fn keyed<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_newtype_struct(FromText(self))
    }
    /// Whatever this place looks most like.
    fn any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visit_text(self.text(), visitor)
    }
}

/// The deserializer over a [`Source`].
pub(crate) struct FromText<S>(pub(crate) S);

/// Hands text over, borrowed where that is possible.
pub(super) fn visit_text<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Reject> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

/// Digits, blanks around them allowed; nothing at all is missing, and a number that its type cannot hold is out of range,
/// rather than malformed.
pub(crate) fn integer<T: FromStr<Err = ParseIntError>>(text: &str) -> Result<T, Reject> {
    let text = text.trim();
    if text.starts_with('+') {
        return Err(Reject::new("", Rule::Malformed));
    }
    text.parse().map_err(|error: ParseIntError| {
        if text.is_empty() {
            return Reject::new("", Rule::Missing);
        }
        let negative = text.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
        let overflow = matches!(error.kind(), IntErrorKind::PosOverflow | IntErrorKind::NegOverflow);
        Reject::new("", if negative || overflow { Rule::OutOfRange } else { Rule::Malformed })
    })
}

/// A finite number with a fraction.
fn fraction(text: &str) -> Result<f64, Reject> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| Reject::new("", Rule::Malformed))
}

macro_rules! integers {
    ($($method:ident $visit:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
            visitor.$visit(integer(&self.0.text())?)
        }
    )*};
}

impl<'de, S: Source<'de>> Deserializer<'de> for FromText<S> {
    type Error = Reject;

    integers! {
        deserialize_u8 visit_u8 deserialize_u16 visit_u16 deserialize_u32 visit_u32 deserialize_u64 visit_u64
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32 deserialize_i64 visit_i64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.0.any(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        let flag = flag::read(&self.0.text()).map_err(|rule| Reject::new("", rule))?;
        visitor.visit_bool(flag.into())
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_f64(fraction(&self.0.text())?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visit_text(self.0.text(), visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visit_text(self.0.text(), visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        if self.0.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Reject> {
        match name {
            LIST => self.0.list(visitor),
            KEYED => self.0.keyed(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.0.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.0.record(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reject> {
        self.0.record(Some(fields), visitor)
    }

    /// Only variants without content, without regard to ASCII case.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Reject> {
        let text = self.0.text();
        let known = place(variants, text.trim()).and_then(|at| variants.get(at));
        let text = known.map_or(text, |name| Cow::Borrowed(*name));
        let variant: CowStrDeserializer<'_, Reject> = text.into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { char bytes byte_buf tuple tuple_struct identifier }
}
