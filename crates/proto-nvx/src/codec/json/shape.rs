//! What must be known of a text before it is read: how many values it may have.

use larder_core::{Reject, Rule};
use memchr::memchr_iter;

use super::MAX_VALUES;

/// Counts what begins a value: commas and brackets outside strings. An empty list counts as two.
///
/// # Errors
/// `TooMany` for more than [`MAX_VALUES`].
pub(super) fn check(text: &str) -> Result<(), Reject> {
    let bytes = text.as_bytes();
    if bytes.len() <= MAX_VALUES || fewer(bytes) || outside_strings(bytes) <= MAX_VALUES {
        return Ok(());
    }
    Err(Reject::new("", Rule::TooMany))
}

/// Whether there are so few, strings included, that strings need not be known.
fn fewer(bytes: &[u8]) -> bool {
    [b',', b'[', b'{'].iter().map(|sign| memchr_iter(*sign, bytes).count()).sum::<usize>() <= MAX_VALUES
}

fn outside_strings(bytes: &[u8]) -> usize {
    let (mut count, mut string, mut escaped) = (0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = string,
            b'"' => string = !string,
            b',' | b'[' | b'{' => count += usize::from(!string),
            _ => {}
        }
    }
    count
}
