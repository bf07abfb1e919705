//! One type, many formats: forms for requests, XML and JSON for answers, SOAP for both, all through the types' own serde
//! derives.
//!
//! The formats that know nothing but text share two adapters: `from_text` reads numbers, flags and lists out of text,
//! `to_text` writes them. Whatever is refused is a [`larder_core::Reject`] that names the field.

pub mod form;
mod from_text;
pub mod json;
pub mod soap;
mod to_text;
pub mod xml_read;
pub mod xml_write;

pub(crate) use from_text::{FromText, integer};
pub(crate) use xml_read::{Value, XmlLimits, parse as parse_xml};

/// `serialize_newtype_struct` with this name means: the text is markup. XML writes it as it stands, every other format
/// writes it as text.
pub(crate) const RAW_XML: &str = "$larder::xml";

/// `deserialize_newtype_struct` with this name means: a list, even if the message shows a single value.
pub(crate) const LIST: &str = "$larder::list";

/// A field of this name in a request is a record whose fields stand beside the others, in the same order. serde's own
/// `flatten` would lose that names are matched in any case.
const INLINE: &str = "$inline";

/// `deserialize_newtype_struct` with this name means: the attribute `Key` of an element and the element's own text, as a
/// sequence of two; what has neither is a record as any other.
pub(crate) const KEYED: &str = "$larder::keyed";

/// An answer as every operation sends it: a code, and with code 0 the operation's own fields beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Envelope<T> {
    /// Code 0 and the answer.
    Success(T),
    /// Any other code.
    Failure {
        /// The documented number of the fault.
        code: u32,
        /// What the service says about it, without surrounding blanks; empty when it says nothing.
        message: String,
    },
}

/// The place of `name` in `fields`, without regard to ASCII case. The first match counts, so that spellings that differ
/// in case only are one field.
#[inline]
fn place(fields: &[&str], name: &str) -> Option<usize> {
    fields.iter().position(|field| is_same(field, name))
}

/// Whether these are the same without regard to ASCII case.
#[inline]
fn is_same(field: &str, name: &str) -> bool {
    // Most names are spelt as documented, and comparing exactly is cheaper.
    field.len() == name.len() && (field == name || field.eq_ignore_ascii_case(name))
}

/// Which of a struct's fields have been met; the first occurrence of a field stands for all.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    bits: u64,
    count: usize,
}

impl Seen {
    /// Whether field number `at` comes for the first time. Fields past the 64th are not remembered: their repetition is
    /// serde's "duplicate field".
    fn first(&mut self, at: usize) -> bool {
        let bit = if at < 64 { 1 << at } else { 0 };
        let first = self.bits & bit == 0;
        self.bits |= bit;
        self.count += usize::from(first && bit != 0);
        first
    }

    /// How many have been met.
    fn count(self) -> usize {
        self.count
    }
}
