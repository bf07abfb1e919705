//! Metadata as markup within JSON, by hand.

use std::borrow::Cow;

use larder_proto_nvx::values::Metadata;
use quick_xml::escape::escape;
use roxmltree::{Document, Node};

/// Reads the element that has the keys and values.
pub(crate) fn metadata(node: Node<'_, '_>) -> Metadata {
    let data = node.children().filter(|node| node.tag_name().name() == "Data");
    let trimmed = |text: Option<&str>| text.unwrap_or("").trim().to_owned();
    Metadata {
        file_name: node.attribute("FileName").map(str::to_owned),
        entries: data.map(|node| (trimmed(node.attribute("Key")), trimmed(node.text()))).collect(),
        unread: None,
    }
}

/// Reads text; what is no markup is kept.
pub(crate) fn read(text: &str) -> Metadata {
    match Document::parse(text) {
        Ok(document) => metadata(document.root_element()),
        Err(_) => Metadata { unread: Some(text.to_owned()), ..Metadata::default() },
    }
}

/// Writes text.
pub(crate) fn write(metadata: &Metadata) -> String {
    let mut out = String::from("<Metadata");
    if let Some(name) = &metadata.file_name {
        out.push_str(" FileName=\"");
        out.push_str(&escape(name.as_str()));
        out.push('"');
    }
    out.push('>');
    for (key, value) in &metadata.entries {
        let (key, value): (Cow<'_, str>, Cow<'_, str>) = (escape(key.as_str()), escape(value.as_str()));
        for piece in ["<Data Key=\"", &key, "\">", &value, "</Data>"] {
            out.push_str(piece);
        }
    }
    out.push_str("</Metadata>");
    out
}
