//! The values of JSON objects.

use core::fmt;
use std::collections::BTreeMap;

use larder_core::{Reject, Rule};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

/// The members of an object, with every value that stands behind a name.
pub(super) struct Members(pub(super) BTreeMap<String, Vec<Value>>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Members, A::Error> {
                let mut members = BTreeMap::<_, Vec<_>>::new();
                while let Some((name, value)) = object.next_entry()? {
                    members.entry(name).or_default().push(value);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// The values of one name, of which a request may have one.
pub(super) struct Values(pub(super) Vec<Value>);

impl Values {
    fn one(self) -> Result<Value, Reject> {
        let [value] = <[Value; 1]>::try_from(self.0).map_err(|_| Reject::new("", Rule::TooMany))?;
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for Values {
    type Error = Reject;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.one()?.deserialize_any(visitor).map_err(<Reject as de::Error>::custom)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        let value = self.one()?;
        if value.is_null() || value == "" {
            visitor.visit_none()
        } else {
            visitor.visit_some(value).map_err(<Reject as de::Error>::custom)
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Reject> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier
    }
}
