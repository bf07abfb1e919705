//! What must be known of a message before a tree is built from it: how many attributes it has. The parser compares every
//! attribute of an element, and every namespace in scope, with all others.

use larder_core::{Reject, Rule};

use super::XmlLimits;

/// Counts attributes, without judging whether the message is well-formed. Comments and CDATA sections count like
/// elements where they look like them.
///
/// # Errors
/// `TooMany` when a limit is passed.
pub(super) fn check(text: &str, limits: &XmlLimits) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    // Few enough in the whole message: no need to know where they are.
    if equals_signs(bytes) <= limits.attributes.saturating_mul(4) {
        return Ok(());
    }
    let mut namespaces = 0;
    for tag in bytes.split(|byte| *byte == b'<') {
        let found = count(tag);
        namespaces += found.namespaces;
        if found.attributes > limits.attributes || namespaces > limits.attributes {
            return Err(Reject::new("", Rule::TooMany));
        }
    }
    Ok(())
}

/// In pieces that a byte can count, which the compiler turns into vector instructions.
fn equals_signs(bytes: &[u8]) -> usize {
    bytes.chunks(128).map(|piece| usize::from(piece.iter().map(|byte| u8::from(*byte == b'=')).sum::<u8>())).sum()
}

#[derive(Default)]
struct Found {
    attributes: usize,
    namespaces: usize,
}

/// The attributes of the start tag that these bytes begin with; the text behind it is not looked at.
fn count(tag: &[u8]) -> Found {
    let (mut found, mut quote, mut word) = (Found::default(), None, 0);
    for (at, byte) in tag.iter().copied().enumerate() {
        match (quote, byte) {
            (None, b'>') => break,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'=') => {
                found.attributes += 1;
                found.namespaces += usize::from(tag.get(word..at).is_some_and(|name| name.starts_with(b"xmlns")));
            }
            (None, b' ' | b'\t' | b'\r' | b'\n') => word = at + 1,
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    found
}
