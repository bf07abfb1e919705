//! What must be known of a message before a tree is built from it: how deep it is, and how many attributes it has. The
//! parser's cost grows with the square of an element's attributes and of the namespaces in scope.

use larder_core::{Reject, Rule};

use super::XmlLimits;

/// Walks the tags of a message, without judging whether it is well-formed.
///
/// # Errors
/// `TooMany` when a limit is passed.
pub(super) fn check(text: &str, limits: &XmlLimits) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    let (mut depth, mut namespaces, mut at) = (0_usize, 0_usize, 0_usize);
    while let Some(open) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'<')) {
        at += open + 1;
        match bytes.get(at) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!') => at = skip_section(text, at),
            Some(b'?') => {}
            _ => {
                let tag = Tag::scan(bytes, at);
                namespaces += tag.namespaces;
                depth += usize::from(!tag.empty);
                if depth > limits.depth || tag.attributes > limits.attributes || namespaces > limits.attributes {
                    return Err(Reject::new("", Rule::TooMany));
                }
                at = tag.end;
            }
        }
    }
    Ok(())
}

/// The end of a comment or of a CDATA section, whose text may look like tags.
fn skip_section(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let end = if rest.starts_with("!--") {
        "-->"
    } else if rest.starts_with("![CDATA[") {
        "]]>"
    } else {
        return at;
    };
    rest.find(end).map_or(text.len(), |length| at + length)
}

/// A start tag.
struct Tag {
    attributes: usize,
    namespaces: usize,
    empty: bool,
    end: usize,
}

impl Tag {
    fn scan(bytes: &[u8], start: usize) -> Self {
        let mut tag = Self { attributes: 0, namespaces: 0, empty: false, end: bytes.len() };
        let (mut quote, mut word) = (None, start);
        for (at, byte) in bytes.iter().copied().enumerate().skip(start) {
            match (quote, byte) {
                (None, b'>') => {
                    tag.empty = bytes.get(at.saturating_sub(1)) == Some(&b'/');
                    tag.end = at + 1;
                    break;
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'=') => {
                    tag.attributes += 1;
                    tag.namespaces += usize::from(bytes.get(word..at).is_some_and(|name| name.starts_with(b"xmlns")));
                }
                (None, b' ' | b'\t' | b'\r' | b'\n') => word = at + 1,
                (Some(open), _) if open == byte => quote = None,
                _ => {}
            }
        }
        tag
    }
}
