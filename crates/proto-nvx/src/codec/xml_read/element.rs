//! An element, an attribute or a text as a serde source.

use std::borrow::Cow;

use larder_core::{Reject, Rule};
use roxmltree::Node;
use serde::de::Visitor;
use serde::de::value::SeqDeserializer;

use super::record::{Record, Siblings};
use crate::codec::from_text::{FromText, Source, visit_text};

/// Where a field's value stands.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a, 'i> {
    /// An element. With `list`, its later siblings of the same name belong to it. `depth` is how many records may still
    /// lie within each other here.
    Element { node: Node<'a, 'i>, list: bool, depth: u16 },
    /// An attribute.
    Attribute(&'a str),
    /// An element's own text.
    Text(Node<'a, 'i>),
}

impl<'a, 'i> Value<'a, 'i> {
    /// An element that stands for itself.
    pub(crate) fn element(node: Node<'a, 'i>, depth: u16) -> Self {
        Self::Element { node, list: false, depth }
    }
}

/// An element's own text: all of it, comments and child elements left out.
pub(in crate::codec) fn text_of<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let Some(last) = node.last_child() else { return Cow::Borrowed("") };
    if last.prev_sibling().is_none() {
        return Cow::Borrowed(if last.is_text() { last.text().unwrap_or("") } else { "" });
    }
    node.children().filter(Node::is_text).filter_map(|node| node.text()).collect::<String>().into()
}

/// Whether an element has neither text nor children nor attributes; attributes of another namespace (`xsi:nil`) do not
/// count, nor do blanks and comments.
pub(super) fn is_empty(node: Node<'_, '_>) -> bool {
    node.attributes().all(|attribute| attribute.namespace().is_some())
        && node.children().all(|child| !child.is_element() && !is_words(child))
}

/// Whether a node is text that is not blank.
pub(in crate::codec) fn is_words(node: Node<'_, '_>) -> bool {
    node.is_text() && !node.text().unwrap_or("").trim().is_empty()
}

/// Whether an element has anything but text.
fn is_record(node: Node<'_, '_>) -> bool {
    node.attributes().any(|attribute| attribute.namespace().is_none()) || node.children().any(|child| child.is_element())
}

impl<'a> Source<'a> for Value<'a, '_> {
    fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Element { node, .. } | Self::Text(node) => text_of(*node),
            Self::Attribute(text) => Cow::Borrowed(text),
        }
    }

    fn is_none(&self) -> bool {
        match self {
            Self::Element { node, .. } => is_empty(*node),
            Self::Attribute(_) | Self::Text(_) => self.text().is_empty(),
        }
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        match self {
            Self::Element { node, list, depth } => visitor.visit_seq(Siblings::new(node, list, depth)),
            Self::Attribute(_) | Self::Text(_) => visit_text(self.text(), visitor),
        }
    }

    fn record<V: Visitor<'a>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Reject> {
        match self {
            Self::Element { node, depth, .. } => {
                let depth = depth.checked_sub(1).ok_or_else(|| Reject::new("", Rule::TooMany))?;
                visitor.visit_map(Record::new(node, fields, depth))
            }
            Self::Attribute(_) | Self::Text(_) => visit_text(self.text(), visitor),
        }
    }

    fn keyed<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        let Self::Element { node, depth: 1.., .. } = self else { return visitor.visit_newtype_struct(FromText(self)) };
        let key = node.attributes().find(|it| it.namespace().is_none() && it.name().eq_ignore_ascii_case("Key"));
        let text = text_of(node);
        let pair = [key.map_or("", |key| key.value()), &text];
        visitor.visit_seq(SeqDeserializer::<_, Reject>::new(pair.into_iter()))
    }

    fn any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        if let Self::Element { node, .. } = &self
            && is_record(*node)
        {
            return self.record(None, visitor);
        }
        match self.text() {
            text if text.is_empty() => visitor.visit_unit(),
            text => visit_text(text, visitor),
        }
    }
}
