//! Answers as XML, written straight into one string.
//!
//! Fields become child elements, lists repeat theirs, absent values are left out, empty ones are `<A></A>`. Fields named
//! `@Name` are attributes and come before all others, `$text` is the element's own text. Characters that XML 1.0 cannot
//! hold in any form (control characters, U+FFFE, U+FFFF) become U+FFFD, so that a reader sees that something stood there.

mod element;
mod escape;
mod record;

use core::fmt::Write;

use larder_core::Reject;
use serde::Serialize;

use super::to_text::ToText;
pub(in crate::codec) use element::Element;
pub(crate) use escape::{attribute, can_hold, text};
pub(in crate::codec) use record::Record;

/// How every message starts.
pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";

/// A whole answer: the code, a message if there is one, and the value's fields beside them.
///
/// # Errors
/// `Malformed` for a value that XML cannot express here: no record, a number that is not finite, an attribute after
/// an element.
pub fn answer<T: Serialize + ?Sized>(code: u32, message: Option<&str>, value: &T) -> Result<String, Reject> {
    let mut out = open(code, message);
    fields(&mut out, value)?;
    out.push_str("</Response>");
    Ok(out)
}

/// A whole answer that reports a fault.
#[must_use]
pub fn failure(code: u32, message: &str) -> String {
    let mut out = open(code, Some(message));
    out.push_str("</Response>");
    out
}

/// Writes a value's fields as elements, without an element around them.
///
/// # Errors
/// As [`answer`].
pub(crate) fn fields<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<(), Reject> {
    value.serialize(ToText(element::Root { out }))
}

fn open(code: u32, message: Option<&str>) -> String {
    let mut out = String::with_capacity(256);
    out.push_str(HEAD);
    // Writing to a string cannot fail.
    let _ = write!(out, "<Response><ResponseCode>{code}</ResponseCode>");
    if let Some(message) = message {
        out.push_str("<ErrorMessage>");
        text(&mut out, message);
        out.push_str("</ErrorMessage>");
    }
    out
}
