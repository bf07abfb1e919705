//! Reading answers.

use std::borrow::Cow;

use larder_core::{Meta, Reject, Rule};
use roxmltree::{Document, Node};
use serde::Deserialize;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, SeqAccess, Visitor};

use super::envelope::{Envelope, is_nil};
use super::{fault, table};
use crate::codec::from_text::{FromText, Source};
use crate::codec::to_text::unfit;
use crate::codec::xml_read::element::is_words;
use crate::codec::{Envelope as Answer, Seen, Value, XmlLimits, is_same, parse_xml, place};

/// Reads an operation's answer, or a fault.
///
/// # Errors
/// Text that is no envelope of SOAP 1.1 or 1.2, the answer of another operation, a fault without a code, a field that breaks
/// its rule.
pub fn read<T: DeserializeOwned>(text: &str, operation: &Meta) -> Result<Answer<T>, Reject> {
    let limits = XmlLimits::default();
    read_document(&parse_xml(text, &limits)?, &limits, operation)
}

/// Reads what was parsed.
pub(crate) fn read_document<'a, T: Deserialize<'a>>(
    document: &'a Document<'_>,
    limits: &XmlLimits,
    operation: &Meta,
) -> Result<Answer<T>, Reject> {
    let missing = |field: &str| Reject::new(field, Rule::Missing);
    let content = Envelope::find(document).and_then(|envelope| envelope.content()).ok_or_else(|| missing("Body"))?;
    let tag = content.tag_name().name();
    if is_same("Fault", tag) {
        return fault::read(content).map(|(code, message)| Answer::Failure { code, message });
    }
    let named = |name: &str, suffix: &str| {
        let end = name.len().checked_sub(suffix.len()).and_then(|at| name.split_at_checked(at));
        end.is_some_and(|(stem, end)| is_same(operation.name, stem) && is_same(suffix, end))
    };
    if !named(tag, "Response") {
        return Err(missing("Response"));
    }
    let result = content.children().find(|node| node.is_element() && named(node.tag_name().name(), "Result"));
    T::deserialize(FromText(Fields { result, depth: limits.depth })).map(Answer::Success)
}

/// The fields of an answer.
struct Fields<'a, 'i> {
    result: Option<Node<'a, 'i>>,
    depth: u16,
}

impl<'a> Source<'a> for Fields<'a, '_> {
    fn text(&self) -> Cow<'a, str> {
        Cow::Borrowed("")
    }

    fn is_none(&self) -> bool {
        false
    }

    fn list<V: Visitor<'a>>(self, _visitor: V) -> Result<V::Value, Reject> {
        Err(unfit())
    }

    /// A type with one field has the result for it, and so has one with several of which the result has none: the others
    /// are spellings, then. Else the result is the record.
    fn record<V: Visitor<'a>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Reject> {
        let (Some(node), Some(fields @ [first, others @ ..])) = (self.result, fields) else {
            return visitor.visit_map(Members { fields: &[], next: None, depth: 0, seen: Seen::default(), found: None });
        };
        let depth = self.depth.checked_sub(1).ok_or_else(|| Reject::new("", Rule::TooMany))?;
        let mut members = Members { fields, next: node.first_child(), depth, seen: Seen::default(), found: None };
        if others.is_empty() || !node.children().any(|child| members.field(child).is_some()) {
            members.next = None;
            members.found = Some((first, Part { node, depth: self.depth, is_result: true }));
        }
        visitor.visit_map(members)
    }

    fn any<V: Visitor<'a>>(self, _visitor: V) -> Result<V::Value, Reject> {
        Err(unfit())
    }
}

/// Walks the members of a result, which may have names of SOAP's own.
struct Members<'a, 'i> {
    fields: &'static [&'static str],
    next: Option<Node<'a, 'i>>,
    depth: u16,
    seen: Seen,
    /// What is to be offered next, or was offered last.
    found: Option<(&'static str, Part<'a, 'i>)>,
}

impl<'a, 'i> Members<'a, 'i> {
    /// Which field a child is.
    fn field(&self, child: Node<'a, 'i>) -> Option<usize> {
        place(self.fields, table::rest_member(child.tag_name().name())).filter(|_| child.is_element())
    }

    fn advance(&mut self) {
        while let Some(node) = self.next {
            self.next = node.next_sibling();
            let at = self.field(node).filter(|at| self.seen.first(*at));
            if let Some(field) = at.and_then(|at| self.fields.get(at)) {
                self.found = Some((field, Part { node, depth: self.depth, is_result: false }));
                return;
            }
        }
    }
}

impl<'a> MapAccess<'a> for Members<'a, '_> {
    type Error = Reject;

    fn next_key_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        if self.found.is_none() {
            self.advance();
        }
        let Some((field, _)) = self.found else { return Ok(None) };
        seed.deserialize(BorrowedStrDeserializer::<Reject>::new(field)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<S::Value, Reject> {
        let (field, part) = self.found.take().ok_or_else(unfit)?;
        seed.deserialize(FromText(part)).map_err(|reject| reject.at(field))
    }
}

/// A field: the result itself, or a member of it. It is as any element, but that only `nil` is nothing, and that a list is
/// what stands within the result.
struct Part<'a, 'i> {
    node: Node<'a, 'i>,
    depth: u16,
    is_result: bool,
}

impl<'a, 'i> Part<'a, 'i> {
    fn value(&self) -> Value<'a, 'i> {
        Value::Element { node: self.node, list: !self.is_result, depth: self.depth }
    }
}

impl<'a> Source<'a> for Part<'a, '_> {
    fn text(&self) -> Cow<'a, str> {
        self.value().text()
    }

    fn is_none(&self) -> bool {
        is_nil(self.node)
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        let next = self.node.first_element_child();
        if !self.is_result || next.is_none() && self.node.children().any(is_words) {
            // Siblings; or a lone text where an array belongs.
            return self.value().list(visitor);
        }
        let depth = self.depth.checked_sub(1).ok_or_else(|| Reject::new("", Rule::TooMany))?;
        visitor.visit_seq(Items { next, depth })
    }

    fn record<V: Visitor<'a>>(self, fields: Option<&'static [&'static str]>, visitor: V) -> Result<V::Value, Reject> {
        self.value().record(fields, visitor)
    }

    fn any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Reject> {
        self.value().any(visitor)
    }
}

/// The items of an array.
struct Items<'a, 'i> {
    next: Option<Node<'a, 'i>>,
    depth: u16,
}

impl<'a> SeqAccess<'a> for Items<'a, '_> {
    type Error = Reject;

    fn next_element_seed<S: DeserializeSeed<'a>>(&mut self, seed: S) -> Result<Option<S::Value>, Reject> {
        let Some(node) = self.next else { return Ok(None) };
        self.next = node.next_sibling_element();
        seed.deserialize(FromText(Value::element(node, self.depth))).map(Some)
    }

    /// Counted, so that a long list does not grow step by step.
    fn size_hint(&self) -> Option<usize> {
        Some(core::iter::successors(self.next, Node::next_sibling_element).count())
    }
}
