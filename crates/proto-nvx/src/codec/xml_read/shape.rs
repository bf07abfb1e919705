//! What must be known of a message before a tree is built from it: how many attributes it has. The parser compares every
//! attribute of an element, and every namespace in scope, with all others.

use larder_core::{Reject, Rule};
use memchr::memmem;

use super::XmlLimits;

/// Counts attributes, without judging whether the message is well-formed. Comments and CDATA sections count like
/// elements where they look like them.
///
/// # Errors
/// `TooMany` when a limit is passed.
pub(super) fn check(text: &str, limits: &XmlLimits) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    if !may_be_crowded(bytes, limits.attributes) && memmem::find_iter(bytes, b"xmlns").count() <= limits.attributes {
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

/// Whether more than `most` equals signs may stand between two tags' starts. Only pieces are looked at, since those can
/// be counted with vector instructions: what stands between two starts lies in pieces without one, and in parts of the
/// pieces before and behind.
fn may_be_crowded(bytes: &[u8], most: usize) -> bool {
    let mut signs = 0;
    bytes.chunks(128).any(|piece| {
        let here = occurrences(piece, b'=');
        signs += here;
        let crowded = signs > most;
        if occurrences(piece, b'<') > 0 {
            signs = here;
        }
        crowded
    })
}

/// How often a byte occurs in a piece that is short enough for a byte to count.
fn occurrences(piece: &[u8], wanted: u8) -> usize {
    usize::from(piece.iter().map(|byte| u8::from(*byte == wanted)).sum::<u8>())
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
