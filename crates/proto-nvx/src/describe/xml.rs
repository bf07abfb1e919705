//! Writing XML with indentation.

use crate::codec::xml_write::{attribute, text};

/// A document that is being written.
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    pub(super) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// A page for browsers.
    pub(super) fn html() -> Self {
        Self { out: "<!DOCTYPE html>\n".to_owned(), open: Vec::new() }
    }

    /// Opens an element.
    pub(super) fn open(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.start(tag, attributes);
        self.out.push_str(">\n");
        self.open.push(tag);
    }

    /// Closes the element that was opened last.
    pub(super) fn close(&mut self) {
        let Some(tag) = self.open.pop() else { return };
        self.indent();
        self.out.push_str(&format!("</{tag}>\n"));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.start(tag, attributes);
        self.out.push_str("/>\n");
    }

    /// An element with a text.
    pub(super) fn text(&mut self, tag: &'static str, content: &str) {
        self.text_with(tag, &[], content);
    }

    /// An element with attributes and a text.
    pub(super) fn text_with(&mut self, tag: &'static str, attributes: &[(&str, &str)], content: &str) {
        self.start(tag, attributes);
        self.out.push('>');
        text(&mut self.out, content);
        self.out.push_str(&format!("</{tag}>\n"));
    }

    /// The document.
    pub(super) fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }

    fn start(&mut self, tag: &'static str, attributes: &[(&str, &str)]) {
        self.indent();
        self.out.push_str(&format!("<{tag}"));
        for (name, value) in attributes {
            self.out.push_str(&format!(" {name}=\""));
            attribute(&mut self.out, value);
            self.out.push('"');
        }
    }

    fn indent(&mut self) {
        self.out.push_str(&"  ".repeat(self.open.len()));
    }
}
