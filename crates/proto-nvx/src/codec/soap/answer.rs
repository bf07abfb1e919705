//! Writing answers.

use core::fmt::Display;

use larder_core::{Meta, Reject};
use serde::Serialize;
use serde::ser::{Impossible, SerializeMap, SerializeSeq, SerializeStruct};

use super::envelope::{Version, close, open};
use super::table;
use crate::codec::to_text::{Sink, ToText, unfit};
use crate::codec::xml_write::{Element, Record};

/// A whole answer of an operation.
///
/// # Errors
/// `Malformed` for a value that XML cannot express.
pub fn answer<T: Serialize + ?Sized>(version: Version, operation: &Meta, value: &T) -> Result<String, Reject> {
    let mut count = 0;
    value.serialize(ToText(Count(&mut count)))?;
    let mut out = open(version);
    let (name, namespace) = (operation.name, table::target_namespace(operation));
    out.push_str(&format!("<{name}Response xmlns=\"{namespace}\">"));
    let result = format!("{name}Result");
    match count {
        0 => {}
        1 => value.serialize(ToText(Only { out: &mut out, name: &result }))?,
        _ => value.serialize(ToText(Whole { out: &mut out, name: &result, item: "" }))?,
    }
    out.push_str(&format!("</{name}Response>"));
    Ok(close(out))
}

/// Counts the fields of an answer.
struct Count<'c>(&'c mut usize);

impl Sink for Count<'_> {
    type Items = Impossible<(), Reject>;
    type Fields = Self;

    fn text(self, _text: &str) -> Result<(), Reject> {
        Err(unfit())
    }

    fn plain(self, _value: impl Display) -> Result<(), Reject> {
        Err(unfit())
    }

    fn unit(self) -> Result<(), Reject> {
        Ok(())
    }

    fn fields(self) -> Result<Self, Reject> {
        Ok(self)
    }
}

impl SerializeStruct for Count<'_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _key: &'static str, _value: &T) -> Result<(), Reject> {
        *self.0 += 1;
        Ok(())
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

/// No answer is a map: its names would be data.
macro_rules! no_map {
    ($type:ident<$($life:lifetime),*>) => {
        impl SerializeMap for $type<$($life),*> {
            type Ok = ();
            type Error = Reject;

            fn serialize_key<T: Serialize + ?Sized>(&mut self, _key: &T) -> Result<(), Reject> {
                Err(unfit())
            }

            fn serialize_value<T: Serialize + ?Sized>(&mut self, _value: &T) -> Result<(), Reject> {
                Err(unfit())
            }

            fn end(self) -> Result<(), Reject> {
                Err(unfit())
            }
        }
    };
}

no_map!(Count<'_>);
no_map!(Only<'_, '_>);
no_map!(Members<'_, '_>);

/// Takes an answer whose only field is the result.
struct Only<'o, 'n> {
    out: &'o mut String,
    name: &'n str,
}

impl Sink for Only<'_, '_> {
    type Items = Impossible<(), Reject>;
    type Fields = Self;

    fn text(self, _text: &str) -> Result<(), Reject> {
        Err(unfit())
    }

    fn plain(self, _value: impl Display) -> Result<(), Reject> {
        Err(unfit())
    }

    fn fields(self) -> Result<Self, Reject> {
        Ok(self)
    }
}

impl SerializeStruct for Only<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(Whole { out: self.out, name: self.name, item: key })).map_err(|reject| reject.at(key))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

/// Takes the result. If it is a list, records in it are called `item`.
struct Whole<'o, 'n> {
    out: &'o mut String,
    name: &'n str,
    item: &'static str,
}

impl<'o, 'n> Whole<'o, 'n> {
    fn element(self) -> Element<'o, 'n> {
        Element { out: self.out, name: self.name }
    }
}

impl<'o, 'n> Sink for Whole<'o, 'n> {
    type Items = Items<'o, 'n>;
    type Fields = Members<'o, 'n>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.element().text(text)
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.element().plain(value)
    }

    fn markup<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Reject> {
        self.element().markup(value)
    }

    fn items(self) -> Result<Items<'o, 'n>, Reject> {
        let item = self.item;
        let mut around = self.element();
        around.open();
        Ok(Items { around, item })
    }

    fn fields(self) -> Result<Members<'o, 'n>, Reject> {
        self.element().fields().map(Members)
    }
}

/// Takes the members of a record, under SOAP's names.
struct Members<'o, 'n>(Record<'o, 'n>);

impl SerializeStruct for Members<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Reject> {
        SerializeStruct::serialize_field(&mut self.0, table::soap_member(key), value)
    }

    fn end(self) -> Result<(), Reject> {
        SerializeStruct::end(self.0)
    }
}

/// Takes the items of an array: texts are `string`.
struct Items<'o, 'n> {
    around: Element<'o, 'n>,
    item: &'static str,
}

impl SerializeSeq for Items<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(Item { out: self.around.out, item: self.item }))
    }

    fn end(self) -> Result<(), Reject> {
        self.around.close();
        Ok(())
    }
}

/// Takes one item.
struct Item<'o> {
    out: &'o mut String,
    item: &'static str,
}

impl<'o> Item<'o> {
    fn string(self) -> Element<'o, 'static> {
        Element { out: self.out, name: "string" }
    }
}

impl<'o> Sink for Item<'o> {
    type Items = Impossible<(), Reject>;
    type Fields = Record<'o, 'static>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.string().text(text)
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.string().plain(value)
    }

    fn fields(self) -> Result<Self::Fields, Reject> {
        Element { out: self.out, name: self.item }.fields()
    }
}
