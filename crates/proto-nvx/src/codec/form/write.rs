//! A request's fields as a serde sink, into whatever takes parameters one after the other: a form's pairs, an envelope.

use core::fmt::Display;
use std::borrow::Cow;

use larder_core::Reject;
use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct};

use crate::codec::INLINE;
use crate::codec::to_text::{Sink, ToText, key_text, unfit};

/// Takes the parameters of a request, in order.
pub(in crate::codec) trait Parameters {
    /// A parameter's value, or one of a list's.
    fn value(&mut self, name: Cow<'static, str>, text: String) -> Result<(), Reject>;
    /// The values up to [`end`](Self::end) are one list's.
    fn begin(&mut self, _name: &str) {}
    /// The list is over.
    fn end(&mut self, _name: &str) {}
}

impl Parameters for Vec<(Cow<'static, str>, String)> {
    fn value(&mut self, name: Cow<'static, str>, text: String) -> Result<(), Reject> {
        self.push((name, text));
        Ok(())
    }
}

/// Takes a whole request.
pub(in crate::codec) struct Root<'o, P> {
    pub(in crate::codec) to: &'o mut P,
}

impl<'o, P: Parameters> Sink for Root<'o, P> {
    type Items = Impossible<(), Reject>;
    type Fields = Fields<'o, P>;

    fn text(self, _text: &str) -> Result<(), Reject> {
        Err(unfit())
    }

    fn plain(self, _value: impl Display) -> Result<(), Reject> {
        Err(unfit())
    }

    fn unit(self) -> Result<(), Reject> {
        Ok(())
    }

    fn fields(self) -> Result<Fields<'o, P>, Reject> {
        Ok(Fields { to: self.to, key: String::new() })
    }
}

/// Takes a request's fields.
pub(in crate::codec) struct Fields<'o, P> {
    to: &'o mut P,
    key: String,
}

impl<P: Parameters> SerializeStruct for Fields<'_, P> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Reject> {
        if key == INLINE {
            return value.serialize(ToText(Root { to: self.to }));
        }
        let parameter = Parameter { key: Cow::Borrowed(key), to: self.to };
        value.serialize(ToText(parameter)).map_err(|reject| reject.at(key))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

impl<P: Parameters> SerializeMap for Fields<'_, P> {
    type Ok = ();
    type Error = Reject;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Reject> {
        self.key = key_text(key)?;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        let parameter = Parameter { key: Cow::Owned(core::mem::take(&mut self.key)), to: self.to };
        value.serialize(ToText(parameter))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

/// Takes the value or the values of one parameter.
pub(in crate::codec) struct Parameter<'o, P> {
    key: Cow<'static, str>,
    to: &'o mut P,
}

impl<'o, P: Parameters> Sink for Parameter<'o, P> {
    type Items = Self;
    type Fields = Impossible<(), Reject>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.to.value(self.key, text.to_owned())
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.to.value(self.key, value.to_string())
    }

    fn items(self) -> Result<Self, Reject> {
        self.to.begin(&self.key);
        Ok(self)
    }
}

impl<P: Parameters> SerializeSeq for Parameter<'_, P> {
    type Ok = ();
    type Error = Reject;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(Parameter { key: self.key.clone(), to: self.to }))
    }

    fn end(self) -> Result<(), Reject> {
        self.to.end(&self.key);
        Ok(())
    }
}
