//! Elements, attributes and texts as serde sinks.

use core::fmt::{Display, Write};

use larder_core::Reject;
use serde::Serialize;
use serde::ser::{Impossible, SerializeSeq};

use super::escape;
use super::record::Record;
use crate::codec::to_text::{Sink, ToText, unfit};

/// Appends what has nothing to escape.
fn plain(out: &mut String, value: impl Display) -> Result<(), Reject> {
    write!(out, "{value}").map_err(|_| unfit())
}

/// Takes a record's fields without an element around them.
pub(super) struct Root<'o> {
    pub(super) out: &'o mut String,
}

impl<'o> Sink for Root<'o> {
    type Items = Impossible<(), Reject>;
    type Fields = Record<'o, 'static>;

    fn text(self, _text: &str) -> Result<(), Reject> {
        Err(unfit())
    }

    fn plain(self, _value: impl Display) -> Result<(), Reject> {
        Err(unfit())
    }

    fn unit(self) -> Result<(), Reject> {
        Ok(())
    }

    fn fields(self) -> Result<Self::Fields, Reject> {
        Ok(Record::bare(self.out))
    }
}

/// Takes a value into an element, or a list into as many.
pub(in crate::codec) struct Element<'o, 'n> {
    pub(in crate::codec) out: &'o mut String,
    pub(in crate::codec) name: &'n str,
}

impl<'o, 'n> Element<'o, 'n> {
    /// Writes the start tag.
    pub(in crate::codec) fn open(&mut self) {
        self.out.push('<');
        self.out.push_str(self.name);
        self.out.push('>');
    }

    /// Writes the end tag.
    pub(in crate::codec) fn close(self) {
        self.out.push_str("</");
        self.out.push_str(self.name);
        self.out.push('>');
    }

    fn around(mut self, content: impl FnOnce(&mut String) -> Result<(), Reject>) -> Result<(), Reject> {
        self.open();
        content(self.out)?;
        self.close();
        Ok(())
    }
}

impl<'o, 'n> Sink for Element<'o, 'n> {
    type Items = Self;
    type Fields = Record<'o, 'n>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.around(|out| {
            escape::text(out, text);
            Ok(())
        })
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.around(|out| plain(out, value))
    }

    fn markup<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Reject> {
        self.around(|out| value.serialize(ToText(Markup { out })))
    }

    fn items(self) -> Result<Self, Reject> {
        Ok(self)
    }

    fn fields(self) -> Result<Self::Fields, Reject> {
        self.out.push('<');
        self.out.push_str(self.name);
        Ok(Record::within(self.out, self.name))
    }
}

impl SerializeSeq for Element<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        value.serialize(ToText(Element { out: self.out, name: self.name }))
    }

    fn end(self) -> Result<(), Reject> {
        Ok(())
    }
}

/// Takes an element's own text.
pub(super) struct Text<'o> {
    pub(super) out: &'o mut String,
}

impl Sink for Text<'_> {
    type Items = Impossible<(), Reject>;
    type Fields = Impossible<(), Reject>;

    fn text(self, text: &str) -> Result<(), Reject> {
        escape::text(self.out, text);
        Ok(())
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        plain(self.out, value)
    }
}

/// Takes markup as it stands.
struct Markup<'o> {
    out: &'o mut String,
}

impl Sink for Markup<'_> {
    type Items = Impossible<(), Reject>;
    type Fields = Impossible<(), Reject>;
    const TEXT: bool = false;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.out.push_str(text);
        Ok(())
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        plain(self.out, value)
    }
}

/// Takes an attribute; an absent value leaves none behind.
pub(super) struct Attribute<'o, 'n> {
    pub(super) out: &'o mut String,
    pub(super) name: &'n str,
}

impl Attribute<'_, '_> {
    fn around(self, content: impl FnOnce(&mut String) -> Result<(), Reject>) -> Result<(), Reject> {
        self.out.push(' ');
        self.out.push_str(self.name);
        self.out.push_str("=\"");
        content(self.out)?;
        self.out.push('"');
        Ok(())
    }
}

impl Sink for Attribute<'_, '_> {
    type Items = Impossible<(), Reject>;
    type Fields = Impossible<(), Reject>;

    fn text(self, text: &str) -> Result<(), Reject> {
        self.around(|out| {
            escape::attribute(out, text);
            Ok(())
        })
    }

    fn plain(self, value: impl Display) -> Result<(), Reject> {
        self.around(|out| plain(out, value))
    }
}
