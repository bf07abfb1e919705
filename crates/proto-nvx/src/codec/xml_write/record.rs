//! A record's fields as attributes and child elements.

use larder_core::Reject;
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeStruct};

use super::element::{Attribute, Element, Text};
use crate::codec::to_text::{ToText, key_text, unfit};

/// Takes the fields of a record. While `open`, the start tag still takes attributes.
pub(in crate::codec) struct Record<'o, 'n> {
    out: &'o mut String,
    name: Option<&'n str>,
    open: bool,
    key: String,
}

impl<'o, 'n> Record<'o, 'n> {
    /// Fields without an element around them.
    pub(super) fn bare(out: &'o mut String) -> Self {
        Self { out, name: None, open: false, key: String::new() }
    }

    /// Fields within an element whose start tag is not finished.
    pub(super) fn within(out: &'o mut String, name: &'n str) -> Self {
        Self { out, name: Some(name), open: true, key: String::new() }
    }

    fn field<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), Reject> {
        if let Some(name) = key.strip_prefix('@') {
            return if self.open { value.serialize(ToText(Attribute { out: self.out, name })) } else { Err(unfit()) };
        }
        self.finish_tag();
        if key == "$text" {
            value.serialize(ToText(Text { out: self.out }))
        } else {
            value.serialize(ToText(Element { out: self.out, name: key }))
        }
    }

    fn finish_tag(&mut self) {
        if core::mem::take(&mut self.open) {
            self.out.push('>');
        }
    }

    fn finish(mut self) {
        self.finish_tag();
        if let Some(name) = self.name {
            Element { out: self.out, name }.close();
        }
    }
}

impl SerializeStruct for Record<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Reject> {
        self.field(key, value).map_err(|reject| reject.at(key))
    }

    fn end(self) -> Result<(), Reject> {
        self.finish();
        Ok(())
    }
}

impl SerializeMap for Record<'_, '_> {
    type Ok = ();
    type Error = Reject;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Reject> {
        self.key = key_text(key)?;
        Ok(())
    }

    /// A map's keys are data: only what can be a name passes.
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Reject> {
        let key = core::mem::take(&mut self.key);
        let name = key.strip_prefix('@').unwrap_or(&key);
        let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
        if named || key == "$text" { self.field(&key, value) } else { Err(unfit()) }
    }

    fn end(self) -> Result<(), Reject> {
        self.finish();
        Ok(())
    }
}
