//! Answers as XML, in SOAP's envelopes too: serde straight over roxmltree's nodes, in one pass, without a tree of our own.
//!
//! Element names are matched without regard to ASCII case and namespaces. Fields named `@Name` are attributes, a field
//! named `$text` is the element's own text. A list is the siblings of one name, also when others stand between them; one
//! element without content is an empty list. An element without content is none for an optional field. Types that use
//! `#[serde(flatten)]` lose the hint what a value's type is, so that numbers in them stay text.

pub(super) mod element;
mod record;
mod shape;

use larder_core::{Reject, Rule};
use roxmltree::{Document, Node, ParsingOptions};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Envelope;
use super::from_text::{FromText, integer};
pub(crate) use element::Value;
use element::text_of;

/// What an XML message may cost at most.
///
/// Within the defaults, reading takes at most 448 MiB of heap besides the text, whatever the message is: 160 MiB for the tree,
/// also when nothing of it is kept, and the rest for half a million empty entries and millions of tags. A page as services send
/// it takes five times its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlLimits {
    /// Length of the text. 16 MiB: a page of 1,000 entries with the longest paths and a dozen metadata values each is
    /// below 8 MiB.
    pub bytes: usize,
    /// Elements, texts and comments. 500,000: the same page, indented, has a quarter of that; each node costs about 70 bytes.
    pub nodes: u32,
    /// `<` and `=` together, wherever they stand: the parser sets room aside for each before it reads anything. 1,000,000,
    /// since a node in such a page has one or two.
    pub signs: usize,
    /// Elements with content within each other, as far as a type looks into them: nothing recurses into the rest. 32: the
    /// deepest documented answer has 6, SOAP adds 2.
    pub depth: u16,
    /// Attributes of one element, namespace declarations included, and namespace declarations of the whole message; the
    /// parser compares each with all others. 64: SOAP toolkits declare up to ten namespaces.
    pub attributes: usize,
}

impl XmlLimits {
    /// For answers, as the default.
    const ANSWER: Self = Self { bytes: 16 << 20, nodes: 500_000, signs: 1_000_000, depth: 32, attributes: 64 };

    /// For requests: how long one is, is limited by whoever collects it ([`larder_core::Limits::request`]), and so is what
    /// reading it may take, before anybody is identified. 31,000 nodes and as many signs: an array of 10,000 texts, as many as
    /// a form has pairs, has 20,000 of both; indented, it has 30,000 nodes, and with a type at each text 30,000 signs.
    pub const REQUEST: Self = Self { nodes: 31_000, signs: 31_000, ..Self::ANSWER };
}

impl Default for XmlLimits {
    fn default() -> Self {
        Self::ANSWER
    }
}

/// Parses a message. A byte order mark and blanks before it are skipped.
///
/// # Errors
/// `TooLong` and `TooMany` for a message over its limits (the depth is watched while reading); `Malformed` for text that is not
/// well-formed, or that has a document type.
pub(crate) fn parse<'t>(text: &'t str, limits: &XmlLimits) -> Result<Document<'t>, Reject> {
    if text.len() > limits.bytes {
        return Err(Reject::new("", Rule::TooLong));
    }
    let text = text.trim_start_matches('\u{FEFF}').trim_start();
    shape::check(text, limits)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: limits.nodes, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| {
        let full = matches!(error, roxmltree::Error::NodesLimitReached);
        Reject::new("", if full { Rule::TooMany } else { Rule::Malformed })
    })
}

/// Reads a value from an element's attributes and children.
///
/// # Errors
/// The field and the rule that it breaks.
pub(crate) fn from_node<'de, T: Deserialize<'de>>(node: Node<'de, '_>, limits: &XmlLimits) -> Result<T, Reject> {
    T::deserialize(FromText(Value::element(node, limits.depth)))
}

/// Reads an answer: `<Response>`, its code, and the fields beside the code.
///
/// # Errors
/// As [`read_with`].
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Envelope<T>, Reject> {
    read_with(text, &XmlLimits::default())
}

/// Reads an answer within limits of the caller's own.
///
/// # Errors
/// A message over its limits, text that is no XML or no `<Response>`, a missing code, or a field that breaks its rule.
pub fn read_with<T: DeserializeOwned>(text: &str, limits: &XmlLimits) -> Result<Envelope<T>, Reject> {
    read_document(&parse(text, limits)?, limits)
}

/// Reads what was parsed.
pub(crate) fn read_document<'a, T: Deserialize<'a>>(
    document: &'a Document<'_>,
    limits: &XmlLimits,
) -> Result<Envelope<T>, Reject> {
    let root = document.root_element();
    if !root.tag_name().name().eq_ignore_ascii_case("Response") {
        return Err(Reject::new("Response", Rule::Missing));
    }
    let child = |name: &str| root.children().find(|node| node.tag_name().name().eq_ignore_ascii_case(name));
    let code = child("ResponseCode").ok_or_else(|| Reject::new("ResponseCode", Rule::Missing))?;
    let code = integer(&text_of(code)).map_err(|reject| reject.at("ResponseCode"))?;
    if code == 0 {
        return from_node(root, limits).map(Envelope::Success);
    }
    let message = child("ErrorMessage").map_or_else(String::new, |node| text_of(node).trim().to_owned());
    Ok(Envelope::Failure { code, message })
}
