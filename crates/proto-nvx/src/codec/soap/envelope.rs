//! What is around every message: `Envelope`, `Header`, `Body`.

use roxmltree::{Document, Node};

use crate::codec::xml_write;

/// Which SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum Version {
    /// 1.1, the W3C's note of 2000.
    #[default]
    V1_1,
    /// 1.2, the W3C's recommendation.
    V1_2,
}

impl Version {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V1_1, Self::V1_2];

    /// The namespace of the envelope.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// The media type of messages.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::V1_1 => "text/xml",
            Self::V1_2 => "application/soap+xml",
        }
    }

    /// The attribute of a header that says who it is for.
    const fn actor(self) -> &'static str {
        match self {
            Self::V1_1 => "actor",
            Self::V1_2 => "role",
        }
    }
}

/// Who a header may be for if it is for us: whoever comes next, and whoever comes last.
const OURS: [&str; 4] = [
    "",
    "http://schemas.xmlsoap.org/soap/actor/next",
    "http://www.w3.org/2003/05/soap-envelope/role/next",
    "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver",
];

/// Whether this is an envelope, of whichever version.
pub(crate) fn is_envelope(document: &Document<'_>) -> bool {
    document.root_element().tag_name().name().eq_ignore_ascii_case("Envelope")
}

/// An envelope that was found.
#[derive(Clone, Copy)]
pub(super) struct Envelope<'a, 'i> {
    pub(super) version: Version,
    root: Node<'a, 'i>,
}

impl<'a, 'i> Envelope<'a, 'i> {
    /// What a root element is, if its namespace is that of a version.
    pub(super) fn find(document: &'a Document<'i>) -> Option<Self> {
        let root = document.root_element();
        let namespace = root.tag_name().namespace()?;
        let version = Version::ALL.into_iter().find(|version| namespace == version.namespace())?;
        Some(Self { version, root })
    }

    fn part(&self, name: &str) -> Option<Node<'a, 'i>> {
        let is_part = |node: &Node<'_, '_>| {
            let tag = node.tag_name();
            tag.namespace() == Some(self.version.namespace()) && tag.name().eq_ignore_ascii_case(name)
        };
        self.root.children().find(is_part)
    }

    /// The first element in the body.
    pub(super) fn content(&self) -> Option<Node<'a, 'i>> {
        self.part("Body").and_then(|body| body.first_element_child())
    }

    /// Whether a header must be understood by us. We understand none.
    pub(super) fn must_understand(&self) -> bool {
        let namespace = self.version.namespace();
        let is_for_us = |header: &Node<'_, '_>| {
            let must = header.attribute((namespace, "mustUnderstand")).is_some_and(|must| matches!(must.trim(), "1" | "true"));
            must && OURS.contains(&header.attribute((namespace, self.version.actor())).unwrap_or_default().trim())
        };
        self.part("Header").is_some_and(|headers| headers.children().filter(Node::is_element).any(|header| is_for_us(&header)))
    }
}

/// Whether an element says that there is nothing.
pub(super) fn is_nil(element: Node<'_, '_>) -> bool {
    const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
    element.attribute((INSTANCE, "nil")).is_some_and(|nil| matches!(nil.trim(), "1" | "true"))
}

/// Opens an envelope and its body.
pub(super) fn open(version: Version) -> String {
    let mut out = String::with_capacity(512);
    out.push_str(xml_write::HEAD);
    out.push_str("<soap:Envelope xmlns:soap=\"");
    out.push_str(version.namespace());
    out.push_str("\"><soap:Body>");
    out
}

/// Closes both.
pub(super) fn close(mut out: String) -> String {
    out.push_str("</soap:Body></soap:Envelope>");
    out
}
