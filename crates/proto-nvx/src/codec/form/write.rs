//! A form's pairs as a serde sink.

use core::fmt::Display;
use std::borrow::Cow;

use larder_core::Reject;
use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct};

use crate::codec::INLINE;
use crate::codec::to_text::{Sink, ToText, key_text, unfit};

pub(super) type Written = Vec<(Cow<'static, str>, String)>;

/// Takes a whole request.
pub(super) struct Root<'o> {
    pub(super) pairs: &'o mut Written,
}

impl<'o> Sink for Root<'o> {
    type Items = Impossible<(), Reject>;
    type Fields = Fields<'o>;

    fn text(self, _text: &str) -> Result<(), Reject> {
        Err(unfit())
    }

    fn plain(self, _value: impl Display) -> Result<(), Reject> {
        Err(unfit())
    }

    fn unit(self) -> Result<(), Reject> {
        Ok(())
    }

    fn fields(self) -> Result<Fields<'o>, Reject> {
        Ok(Fields { pairs: self.pairs, key: String::new() })
    }
}

/// Takes a request's fields.
pub(super) struct Fields<'o> {
    pairs: &'o mut Written,
    key: String,
}

impl SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Reject> {
        if key == INLINE {
            return value.serialize(ToText(Root { pairs: self.pairs }));
        }
        let parameter = Parameter { key: Cow::Borrowed(key), pairs: self.pairs };
        value.serialize(ToText(parameter)).map_err(|reject| reject.at(key))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

impl SerializeMap for Fields<'_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Reject> {
        self.key = key_text(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        let parameter = Parameter { key: Cow::Owned(core::mem::take(&mut self.key)), pairs: self.pairs };
        value.serialize(ToText(parameter))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

/// Takes the value or the values of one parameter.
pub(super) struct Parameter<'o> {
    key: Cow<'static, str>,
    pairs: &'o mut Written,
}

impl<'o> Sink for Parameter<'o> {
    type Items = Self;
    type Fields = Impossible<(), Reject>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.pairs.push((self.key, text.to_owned()));
        Ok(())
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.pairs.push((self.key, value.to_string()));
        Ok(())
    }

    fn items(self) -> Result<Self, Reject> {
        Ok(self)
    }
}

impl SerializeSeq for Parameter<'_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(Parameter { key: self.key.clone(), pairs: self.pairs }))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}
