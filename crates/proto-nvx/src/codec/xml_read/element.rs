//! An element, an attribute or a text as a serde source.

use std::borrow::Cow;

use larder_core::Reject;
use roxmltree::Node;
use serde::de::Visitor;

use super::record::{Record, Siblings};
use crate::codec::from_text::{Source, visit_text};

/// Where a field's value stands.
pub(crate) enum Value<'a, 'i> {
    /// An element. With `list`, its later siblings of the same name belong to it.
    Element { node: Node<'a, 'i>, list: bool },
    /// An attribute, or an element's own text.
    Text(Cow<'a, str>),
}

impl<'a, 'i> Value<'a, 'i> {
    /// An element that stands for itself.
    pub(crate) fn element(node: Node<'a, 'i>) -> Self {
        Self::Element { node, list: false }
    }
}

/// An element's own text: all of it, comments and child elements left out.
pub(super) fn text_of<'a>(node: Node<'a, '_>) -> Cow<'a, str> {
    let (first, last) = (node.first_child(), node.last_child());
    if first == last {
        return Cow::Borrowed(first.filter(Node::is_text).and_then(|node| node.text()).unwrap_or(""));
    }
    node.children().filter(Node::is_text).filter_map(|node| node.text()).collect::<String>().into()
}

/// Whether an element has neither text nor children nor attributes; attributes of another namespace (`xsi:nil`) do not
/// count, nor do blanks and comments.
pub(super) fn is_empty(node: Node<'_, '_>) -> bool {
    node.attributes().all(|attribute| attribute.namespace().is_some())
        && node.children().all(|child| !child.is_element() && (!child.is_text() || child.text().unwrap_or("").trim().is_empty()))
}

/// Whether an element has anything but text.
fn is_record(node: Node<'_, '_>) -> bool {
    node.attributes().any(|attribute| attribute.namespace().is_none()) || node.children().any(|child| child.is_element())
}

impl<'a> Source<'a> for Value<'a, '_> {
    fn text(&self) -> Cow<'a, str> {
        match self {
            Self::Element { node, .. } => text_of(*node),
            Self::Text(text) => text.clone(),
        }
    }

    fn is_none(&self) -> bool {
        match self {
            Self::Element { node, .. } => is_empty(*node),
            Self::Text(text) => text.is_empty(),
        }
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        match self {
            Self::Element { node, list } => visitor.visit_seq(Siblings::new(node, list)),
            Self::Text(text) => visit_text(text, visitor),
        }
    }

    fn record<V: Visitor<'a>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Reject> {
        match self {
            Self::Element { node, .. } => visitor.visit_map(Record::new(node, fields)),
            Self::Text(text) => visit_text(text, visitor),
        }
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
