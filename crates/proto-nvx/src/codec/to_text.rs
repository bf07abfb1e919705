//! A serde serializer into whatever takes text: the formats differ only in where the text goes.

use core::fmt::Display;

use larder_core::{Reject, Rule};
use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct, Serializer};

use super::RAW_XML;

/// A place in a message that takes text, and perhaps a list or named values. What it does not take is malformed.
pub(super) trait Sink: Sized {
    /// Takes the members of a list.
    type Items: SerializeSeq<Ok = (), Error = Reject>;
    /// Takes named values.
    type Fields: SerializeStruct<Ok = (), Error = Reject> + SerializeMap<Ok = (), Error = Reject>;
    /// What `is_human_readable` answers: a value that has both a text form and a markup form asks this within
    /// [`RAW_XML`], where false means markup.
    const TEXT: bool = true;

    /// Takes text that may need escaping.
    fn text(self, text: &str) -> Result<(), Reject>;
    /// Takes digits, signs and points: nothing to escape.
    fn plain(self, value: impl Display) -> Result<(), Reject>;
    /// Takes an absent value.
    fn none(self) -> Result<(), Reject> {
        Ok(())
    }
    /// Takes a value without content.
    fn unit(self) -> Result<(), Reject> {
        self.text("")
    }
    /// Takes markup; most places take it as text.
    fn markup<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(self))
    }
    /// Opens a list.
    fn items(self) -> Result<Self::Items, Reject> {
        Err(unfit())
    }
    /// Opens a record.
    fn fields(self) -> Result<Self::Fields, Reject> {
        Err(unfit())
    }
}

/// The rejection of a shape that the format cannot express.
pub(super) fn unfit() -> Reject {
    Reject::new("", Rule::Malformed)
}

/// The serializer into a [`Sink`].
pub(super) struct ToText<S>(pub(super) S);

macro_rules! plain {
    ($($method:ident $type:ty),* $(,)?) => {$(
        fn $method(self, value: $type) -> Result<(), Reject> {
            self.0.plain(value)
        }
    )*};
}

impl<S: Sink> Serializer for ToText<S> {
    type Ok = ();
    type Error = Reject;
    type SerializeSeq = S::Items;
    type SerializeTuple = Impossible<(), Reject>;
    type SerializeTupleStruct = Impossible<(), Reject>;
    type SerializeTupleVariant = Impossible<(), Reject>;
    type SerializeMap = S::Fields;
    type SerializeStruct = S::Fields;
    type SerializeStructVariant = Impossible<(), Reject>;

    plain! {
        serialize_bool bool, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
    }

    fn is_human_readable(&self) -> bool {
        S::TEXT
    }

    fn serialize_f32(self, value: f32) -> Result<(), Reject> {
        if value.is_finite() { self.0.plain(value) } else { Err(unfit()) }
    }

    fn serialize_f64(self, value: f64) -> Result<(), Reject> {
        if value.is_finite() { self.0.plain(value) } else { Err(unfit()) }
    }

    fn serialize_char(self, value: char) -> Result<(), Reject> {
        self.0.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Reject> {
        self.0.text(value)
    }

    fn serialize_bytes(self, _value: &[u8]) -> Result<(), Reject> {
        Err(unfit())
    }

    fn serialize_none(self) -> Result<(), Reject> {
        self.0.none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Reject> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Reject> {
        self.0.unit()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), Reject> {
        self.0.unit()
    }

    fn serialize_unit_variant(self, _name: &'static str, _at: u32, variant: &'static str) -> Result<(), Reject> {
        self.0.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Reject> {
        if name == RAW_XML { self.0.markup(value) } else { value.serialize(self) }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _at: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Result<(), Reject> {
        Err(unfit())
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<Self::SerializeSeq, Reject> {
        self.0.items()
    }

    fn serialize_tuple(self, _length: usize) -> Result<Self::SerializeTuple, Reject> {
        Err(unfit())
    }

    fn serialize_tuple_struct(self, _name: &'static str, _length: usize) -> Result<Self::SerializeTupleStruct, Reject> {
        Err(unfit())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _at: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeTupleVariant, Reject> {
        Err(unfit())
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<Self::SerializeMap, Reject> {
        self.0.fields()
    }

    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<Self::SerializeStruct, Reject> {
        self.0.fields()
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _at: u32,
        _variant: &'static str,
        _length: usize,
    ) -> Result<Self::SerializeStructVariant, Reject> {
        Err(unfit())
    }
}

/// Keeps the text of a map's key.
pub(super) struct Key<'a>(pub(super) &'a mut String);

impl Sink for Key<'_> {
    type Items = Impossible<(), Reject>;
    type Fields = Impossible<(), Reject>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.0.push_str(text);
        Ok(())
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.text(&value.to_string())
    }
}

/// The text of a map's key.
pub(super) fn key_text<T: Serialize + ?Sized>(key: &T) -> Result<String, Reject> {
    let mut text = String::new();
    key.serialize(ToText(Key(&mut text)))?;
    Ok(text)
}
