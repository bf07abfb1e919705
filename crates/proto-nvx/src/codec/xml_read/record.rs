//! An element's content as serde's maps and sequences: one walk over the children, in order.

use larder_core::Reject;
use roxmltree::{Attributes, Node};
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use super::element::{Value, is_empty, is_words};
use crate::codec::from_text::FromText;
use crate::codec::to_text::unfit;
use crate::codec::{Seen, is_same};

/// The name of the field that is an element's own text.
const TEXT: &str = "$text";

/// What the names of fields that are attributes start with.
const ATTRIBUTE: &str = "@";

/// An element's attributes, children and text as named values.
///
/// With known fields, each field is offered once, at its first occurrence, and everything else is passed over. Without,
/// every attribute and every child is offered, and the text if it is not blank.
pub(super) struct Record<'a, 'i> {
    fields: Option<&'static [&'static str]>,
    depth: u16,
    seen: Seen,
    /// The field behind the one met last: writers keep the order.
    likely: usize,
    /// What is still to be looked at.
    attributes: Option<Attributes<'a, 'i>>,
    child: Option<Node<'a, 'i>>,
    text: Option<Node<'a, 'i>>,
    /// What was offered last, and what it is called.
    found: Found<'a, 'i>,
    name: &'a str,
}

/// What a record stands at. A [`Value`] is made of it when it is asked for: moving one about is what would cost most.
#[derive(Clone, Copy)]
enum Found<'a, 'i> {
    Nothing,
    Attribute(&'a str),
    Child(Node<'a, 'i>),
    Text(Node<'a, 'i>),
}

impl<'a, 'i> Record<'a, 'i> {
    pub(super) fn new(node: Node<'a, 'i>, fields: Option<&'static [&'static str]>, depth: u16) -> Self {
        let attributes = node.attributes();
        let wanted = || fields.is_none_or(|fields| fields.iter().any(|field| field.starts_with(ATTRIBUTE)));
        Self {
            fields,
            depth,
            seen: Seen::default(),
            likely: 0,
            attributes: (attributes.len() > 0 && wanted()).then_some(attributes),
            child: node.first_child(),
            text: Some(node),
            found: Found::Nothing,
            name: "",
        }
    }

    /// Whether there is another value. When all fields are met, the rest need not be looked at.
    fn advance(&mut self) -> bool {
        if self.fields.is_some_and(|fields| self.seen.count() == fields.len()) {
            return false;
        }
        self.attributes.is_some() && self.attribute() || self.child.is_some() && self.child() || self.text()
    }

    /// Goes to the next attribute that is a field not met before. Few elements have any.
    #[inline(never)]
    fn attribute(&mut self) -> bool {
        while let Some(attribute) = self.attributes.as_mut().and_then(Iterator::next) {
            let name = attribute.name();
            let same = |field: &str| field.strip_prefix(ATTRIBUTE).is_some_and(|field| field.eq_ignore_ascii_case(name));
            if attribute.namespace().is_none() && self.select(name, same) {
                self.found = Found::Attribute(attribute.value());
                return true;
            }
        }
        self.attributes = None;
        false
    }

    /// Goes to the next child that is a field not met before.
    fn child(&mut self) -> bool {
        while let Some(node) = self.child {
            self.child = node.next_sibling();
            let name = node.tag_name().name();
            if node.is_element() && self.select(name, |field| is_same(field, name)) {
                self.found = Found::Child(node);
                return true;
            }
        }
        false
    }

    /// Goes to the element's own text, if it is a field or stands beside other things. Few elements have both.
    #[inline(never)]
    fn text(&mut self) -> bool {
        let Some(node) = self.text.take() else { return false };
        self.name = TEXT;
        self.found = Found::Text(node);
        self.fields.map_or_else(|| node.children().any(is_words), |fields| fields.contains(&TEXT))
    }

    /// Whether a value with this name is to be offered, as the field that it is.
    #[inline]
    fn select(&mut self, name: &'a str, same: impl Fn(&str) -> bool) -> bool {
        let Some(fields) = self.fields else {
            self.name = name;
            return true;
        };
        let found = match fields.get(self.likely) {
            // Unless it is another spelling of the field before.
            Some(field) if same(field) && !same(self.name) => Some(self.likely),
            _ => fields.iter().position(|field| same(field)),
        };
        let Some((at, field)) = found.and_then(|at| Some((at, *fields.get(at)?))) else { return false };
        self.likely = at + 1;
        self.name = field;
        self.seen.first(at)
    }
}

impl<'a> MapAccess<'a> for Record<'a, '_> {
    type Error = Reject;

    fn next_key_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        if !self.advance() {
            return Ok(None);
        }
        if self.fields.is_none() && matches!(self.found, Found::Attribute(_)) {
            return signed(self.name, seed).map(Some);
        }
        seed.deserialize(StrDeserializer::<Reject>::new(self.name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Reject> {
        let value = match self.found {
            Found::Child(node) => Value::Element { node, list: true, depth: self.depth },
            Found::Attribute(text) => Value::Attribute(text),
            Found::Text(node) => Value::Text(node),
            Found::Nothing => return Err(unfit()),
        };
        seed.deserialize(FromText(value)).map_err(|reject| reject.at(self.name))
    }
}

/// Hands over the name of an attribute with its sign.
fn signed<'a, S: DeserializeSeed<'a>>(name: &str, seed: S) -> Result<S::Value, Reject> {
    seed.deserialize(StrDeserializer::<Reject>::new(&[ATTRIBUTE, name].concat()))
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
            if node.is_element() && is_same(self.name, node.tag_name().name()) {
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

    /// What is left, as long as nothing stands between.
    fn size_hint(&self) -> Option<usize> {
        let (mut node, mut count) = (self.next?, 1);
        while let Some(next) = node.next_sibling().filter(|next| self.list && next.tag_name().name() == self.name) {
            (node, count) = (next, count + 1);
        }
        Some(count)
    }
}
