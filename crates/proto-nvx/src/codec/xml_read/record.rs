//! An element's content as serde's maps and sequences: one walk over the children, in order.

use larder_core::Reject;
use roxmltree::{Attributes, Node};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use super::element::{Value, is_empty, text_of};
use crate::codec::from_text::FromText;
use crate::codec::to_text::unfit;
use crate::codec::{Seen, place};

/// The name of the field that is an element's own text.
const TEXT: &str = "$text";

/// An element's attributes, children and text as named values.
///
/// With known fields, each field is offered once, at its first occurrence, and everything else is passed over. Without,
/// every attribute and every child is offered, and the text if it is not blank.
pub(super) struct Record<'a, 'i> {
    fields: Option<&'static [&'static str]>,
    depth: u16,
    seen: Seen,
    attributes: Option<Attributes<'a, 'i>>,
    child: Option<Node<'a, 'i>>,
    text: Option<Node<'a, 'i>>,
    value: Option<(&'a str, Value<'a, 'i>)>,
}

impl<'a, 'i> Record<'a, 'i> {
    pub(super) fn new(node: Node<'a, 'i>, fields: Option<&'static [&'static str]>, depth: u16) -> Self {
        let wants = |sign: char| fields.is_none_or(|fields| fields.iter().any(|field| field.starts_with(sign)));
        Self {
            fields,
            depth,
            seen: Seen::default(),
            attributes: wants('@').then(|| node.attributes()),
            child: node.first_child(),
            text: wants('$').then_some(node),
            value: None,
        }
    }

    /// The next attribute that is a field not met before: the field's name, and the value.
    fn attribute(&mut self) -> Option<(Name<'a>, &'a str)> {
        for attribute in self.attributes.as_mut()?.filter(|attribute| attribute.namespace().is_none()) {
            let Some(fields) = self.fields else { return Some((Name::Attribute(attribute.name()), attribute.value())) };
            let same = |field: &&str| field.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(attribute.name()));
            if let Some(at) = fields.iter().position(same).filter(|at| self.seen.first(*at)) {
                return fields.get(at).map(|field| (Name::Field(field), attribute.value()));
            }
        }
        None
    }

    /// The next child that is a field not met before. When all fields are met, the rest need not be looked at.
    #[inline]
    fn child(&mut self) -> Option<(&'a str, Node<'a, 'i>)> {
        while let Some(node) = self.child {
            self.child = node.next_sibling();
            if node.is_element() {
                let name = node.tag_name().name();
                let Some(fields) = self.fields else { return Some((name, node)) };
                if let Some(at) = place(fields, name).filter(|at| self.seen.first(*at)) {
                    if self.seen.count() == fields.len() {
                        self.child = None;
                    }
                    return fields.get(at).map(|field| (*field, node));
                }
            }
        }
        None
    }

    /// The element's own text, if it is a field or stands beside other things.
    fn text(&mut self) -> Option<Node<'a, 'i>> {
        let node = self.text.take()?;
        let wanted = self.fields.map_or_else(|| !text_of(node).trim().is_empty(), |fields| fields.contains(&TEXT));
        wanted.then_some(node)
    }
}

/// The name of a value: a field's, or an attribute's that lacks its sign.
#[derive(Clone, Copy)]
enum Name<'a> {
    Field(&'a str),
    Attribute(&'a str),
}

impl<'a> MapAccess<'a> for Record<'a, '_> {
    type Error = Reject;

    fn next_key_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        let (name, value) = if let Some((name, value)) = self.attribute() {
            (name, Value::Attribute(value))
        } else if let Some((name, node)) = self.child() {
            (Name::Field(name), Value::Element { node, list: true, depth: self.depth })
        } else if let Some(node) = self.text() {
            (Name::Field(TEXT), Value::Text(node))
        } else {
            return Ok(None);
        };
        let (Name::Field(text) | Name::Attribute(text)) = name;
        self.value = Some((text, value));
        let signed;
        let key = match name {
            Name::Field(name) => name,
            Name::Attribute(name) => {
                signed = ["@", name].concat();
                &signed
            }
        };
        seed.deserialize(StrDeserializer::<Reject>::new(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Reject> {
        let (name, value) = self.value.take().ok_or_else(unfit)?;
        seed.deserialize(FromText(value)).map_err(|reject| reject.at(name))
    }
}

/// An element and its later siblings of the same name.
pub(super) struct Siblings<'a, 'i> {
    name: &'a str,
    next: Option<Node<'a, 'i>>,
    list: bool,
    depth: u16,
}

impl<'a, 'i> Siblings<'a, 'i> {
    /// A lone element without content is an empty list.
    pub(super) fn new(node: Node<'a, 'i>, list: bool, depth: u16) -> Self {
        let mut all = Self { name: node.tag_name().name(), next: Some(node), list, depth };
        if is_empty(node) && all.after(node).is_none() {
            all.next = None;
        }
        all
    }

    fn after(&self, node: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
        let mut next = if self.list { node.next_sibling() } else { None };
        while let Some(node) = next {
            if node.is_element() && node.tag_name().name().eq_ignore_ascii_case(self.name) {
                break;
            }
            next = node.next_sibling();
        }
        next
    }
}

impl<'a> SeqAccess<'a> for Siblings<'a, '_> {
    type Error = Reject;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        let Some(node) = self.next else { return Ok(None) };
        self.next = self.after(node);
        seed.deserialize(FromText(Value::element(node, self.depth))).map(Some)
    }
}
