//! What is kept about an account.

use larder_core::{Reject, Rule};
use roxmltree::Document;

use super::{looks_like, text_value};
use crate::codec::{XmlLimits, parse_xml};

/// A well-formed XML document of 1 to 65,536 characters, kept as the text that it came as.
///
/// It has no document type, so that no entity is ever expanded, and keeps within the limits that hold for every message:
/// elements no deeper than 32, no more than 64 attributes each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes(String);

impl Notes {
    /// The most characters.
    pub const MAX: usize = 65_536;

    /// The document.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Notes {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.trim().is_empty() {
            return Err(Rule::Missing);
        }
        if text.len() > Self::MAX && text.chars().count() > Self::MAX {
            return Err(Rule::TooLong);
        }
        let limits = XmlLimits::default();
        let document = parse_xml(&text, &limits).map_err(|Reject { rule, .. }| rule)?;
        if is_deeper(&document, limits.depth) { Err(Rule::TooMany) } else { Ok(Self(text)) }
    }
}

text_value!(Notes);
looks_like!(Notes, { "type": "string", "minLength": 1, "maxLength": Self::MAX, "contentMediaType": "application/xml" });

/// Whether elements lie deeper within each other than `most`. Steps from node to node: nothing recurses.
fn is_deeper(document: &Document<'_>, most: u16) -> bool {
    let (mut node, mut depth) = (document.root_element(), 1);
    loop {
        if depth > most {
            return true;
        }
        if let Some(child) = node.first_element_child() {
            (node, depth) = (child, depth + 1);
            continue;
        }
        while node.next_sibling_element().is_none() {
            let Some(parent) = node.parent_element() else { return false };
            (node, depth) = (parent, depth - 1);
        }
        let Some(next) = node.next_sibling_element() else { return false };
        node = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Rule> {
        text.parse::<Notes>().map(|notes| notes.to_string())
    }

    #[test]
    fn n84_notes_are_one_well_formed_document() {
        let declared = "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-16\"?>\n<!-- kept --><Notes>a &amp; ü</Notes>\n";
        for text in ["<a/>", declared, "<?xml version='1.1'?><a/>", "<n:a xmlns:n='urn:x'><n:b><![CDATA[<]]></n:b></n:a>"] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        for text in ["a", "<a>", "<a/><b/>", "<a>&unknown;</a>", "<a b=1/>", "<n:a/>", "<!DOCTYPE a><a/>"] {
            assert_eq!(read(text), Err(Rule::Malformed), "{text}");
        }
        assert_eq!((read(""), read(" \n")), (Err(Rule::Missing), Err(Rule::Missing)));
    }

    #[test]
    fn n84_notes_are_bounded() {
        let long = |length: usize| format!("<a>{}</a>", "ü".repeat(length - 7));
        assert!(read(&long(Notes::MAX)).is_ok());
        assert_eq!(read(&long(Notes::MAX + 1)), Err(Rule::TooLong));
        let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
        assert_eq!(
            (read(&deep(32)).is_ok(), read(&deep(33)), read(&deep(9_000))),
            (true, Err(Rule::TooMany), Err(Rule::TooMany))
        );
        assert!(read(&format!("<a>{}</a>", deep(31).repeat(200))).is_ok());
        let wide = |count: usize| format!("<a {}/>", (0..count).map(|at| format!("a{at}='' ")).collect::<String>());
        assert_eq!(read(&wide(300)), Err(Rule::TooMany));
    }
}
