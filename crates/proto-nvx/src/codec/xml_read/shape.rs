//! What must be known of a message before a tree is built from it: how many attributes it has, and how many signs that
//! look like nodes and attributes. The parser compares every attribute of an element, and every namespace in scope, with
//! all others; and before it reads anything, it sets room aside for a node for each `<` and an attribute for each `=`.

use larder_core::{Reject, Rule};
use memchr::{memchr, memchr_iter, memchr2_iter, memmem, memrchr};

use super::XmlLimits;

/// Counts signs and attributes, without judging whether the message is well-formed. Comments and CDATA sections count like
/// elements where they look like them.
///
/// # Errors
/// `TooMany` when a limit is passed.
pub(super) fn check(text: &str, limits: &XmlLimits) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    if bytes.len() > limits.signs && memchr2_iter(b'<', b'=', bytes).count() > limits.signs {
        return Err(Reject::new("", Rule::TooMany));
    }
    if !may_be_crowded(bytes, limits.attributes) && !may_declare(bytes, limits.attributes) {
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

/// Whether a tag may have more than `most` attributes. An attribute takes 4 bytes at least, and no tag goes on behind the
/// start of another, so that only long stretches without such a start need to be looked at.
fn may_be_crowded(bytes: &[u8], most: usize) -> bool {
    let room = most.saturating_mul(4);
    let mut rest = bytes;
    while let Some(stretch) = rest.get(..room).filter(|stretch| !stretch.is_empty()) {
        let end = match memrchr(b'<', stretch) {
            Some(start) => start + 1,
            None => memchr(b'<', rest).unwrap_or(rest.len()),
        };
        let (tag, behind) = rest.split_at(end);
        if tag.len() >= room && memchr_iter(b'=', tag).count() > most {
            return true;
        }
        rest = behind;
    }
    most == 0
}

/// Whether there may be more than `most` declarations of namespaces. One takes 8 bytes at least.
fn may_declare(bytes: &[u8], most: usize) -> bool {
    bytes.len() / 8 > most && memmem::find_iter(bytes, b"xmlns").count() > most
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
