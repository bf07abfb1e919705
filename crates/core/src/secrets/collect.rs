//! Walks any value that can be serialised, and gathers the texts of its [`Secret`]s. Nothing else of it is looked at.

use core::fmt::Display;

use serde::Serialize;
use serde::ser::{
    SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

use crate::secret::NAME;
use crate::{Reject, Secret};

/// The secrets of a value. What it cannot say of itself (that is: what cannot be sent either) is left out.
pub(super) fn secrets_of<T: Serialize + ?Sized>(value: &T) -> Vec<Secret> {
    let mut found = Vec::new();
    let _ = value.serialize(Collector { found: &mut found, is_secret: false });
    found
}

struct Collector<'f> {
    found: &'f mut Vec<Secret>,
    is_secret: bool,
}

impl Collector<'_> {
    fn again(&mut self) -> Collector<'_> {
        Collector { found: self.found, is_secret: self.is_secret }
    }
}

macro_rules! nothing {
    ($($method:ident $type:ty),* $(,)?) => {$(
        fn $method(self, _value: $type) -> Result<(), Reject> {
            Ok(())
        }
    )*};
}

impl<'f> Serializer for Collector<'f> {
    type Ok = ();
    type Error = Reject;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    nothing! {
        serialize_bool bool, serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_f32 f32, serialize_f64 f64,
        serialize_char char, serialize_bytes &[u8], serialize_unit_struct &'static str,
    }

    fn serialize_str(self, text: &str) -> Result<(), Reject> {
        if self.is_secret {
            self.found.push(text.into());
        }
        Ok(())
    }

    // Not written out for nothing: a secret's own text is a `str`.
    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), Reject> {
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Reject> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Reject> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Reject> {
        Ok(())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Reject> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Result<(), Reject> {
        let is_secret = self.is_secret || name == NAME;
        value.serialize(Self { is_secret, ..self })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Reject> {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Reject> {
        Ok(self)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Reject> {
        Ok(self)
    }
}

macro_rules! members {
    ($($of:ident $method:ident),* $(,)?) => {$(
        impl $of for Collector<'_> {
            type Ok = ();
            type Error = Reject;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
                value.serialize(self.again())
            }

            fn end(self) -> Result<(), Reject> {
                Ok(())
            }
        }
    )*};
}

members! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

macro_rules! fields {
    ($($of:ident),*) => {$(
        impl $of for Collector<'_> {
            type Ok = ();
            type Error = Reject;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, _key: &'static str, value: &T) -> Result<(), Reject> {
                value.serialize(self.again())
            }

            fn end(self) -> Result<(), Reject> {
                Ok(())
            }
        }
    )*};
}

fields!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Collector<'_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Reject> {
        key.serialize(self.again())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        value.serialize(self.again())
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    enum Any {
        Tuple(u8, Secret),
        Struct { secret: Secret },
        Newtype(Secret),
        Unit,
    }

    #[derive(Serialize)]
    #[serde(into = "Secret")]
    #[derive(Clone)]
    struct Password(Secret);

    impl From<Password> for Secret {
        fn from(password: Password) -> Self {
            password.0
        }
    }

    #[derive(Serialize)]
    struct Request {
        name: String,
        key: Secret,
        none: Option<Secret>,
        some: Option<Password>,
        list: Vec<Any>,
        map: BTreeMap<String, Secret>,
        #[serde(flatten)]
        more: BTreeMap<String, (Secret, String)>,
    }

    #[test]
    fn secrets_are_found_wherever_they_stand_and_nothing_else_is() {
        let secret = |text: &str| Secret::from(text);
        let list = vec![Any::Tuple(1, secret("d")), Any::Struct { secret: secret("e") }, Any::Newtype(secret("f")), Any::Unit];
        let request = Request {
            name: "a".to_owned(),
            key: secret("b"),
            none: None,
            some: Some(Password(secret("c"))),
            list,
            map: BTreeMap::from([("key".to_owned(), secret("g"))]),
            more: BTreeMap::from([("other".to_owned(), (secret("h"), "i".to_owned()))]),
        };
        let found: Vec<String> = secrets_of(&request).iter().map(|secret| secret.expose().to_owned()).collect();
        assert_eq!(found, ["b", "c", "d", "e", "f", "g", "h"]);
    }

    /// Secrets may be names, too.
    struct ByKey;

    impl Serialize for ByKey {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map([(Secret::from("key"), "value")])
        }
    }

    #[test]
    fn a_name_may_be_a_secret_and_a_text_that_is_made_as_it_is_written_is_none() {
        assert_eq!(secrets_of(&ByKey), [Secret::from("key")]);
        assert_eq!(secrets_of(&format_args!("{} of {}", 1, 2)), []);
    }
}
