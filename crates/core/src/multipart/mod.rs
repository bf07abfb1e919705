//! A streaming parser and a writer for `multipart/form-data` bodies (RFC 7578, RFC 2046) that do no input or output.
//!
//! # In scope
//!
//! - Bodies of any length in memory that does not grow with them: see [`Limits`] and [`Parser`].
//! - What browsers, command line tools and vendors' kits really send: [`Boundary`] and [`PartHead`] say what is forgiven.
//! - Writing bodies whose exact length is known beforehand: see [`Writer`].
//!
//! # Out of scope
//!
//! - Nested multiparts (`multipart/mixed` in a part): their content is data like any other.
//! - Content transfer encodings: the content is passed on as sent, the header is in [`PartHead::other`].
//! - Collecting fields, limits on a field's or a file's length, the meaning of names: the caller's.
//! - Encoded words (RFC 2047) in names, `_charset_` fields, character sets other than UTF-8 (and ISO 8859-1 where an
//!   RFC 5987 value names it).
//!
//! # States
//!
//! ```text
//!             delimiter          blank line: Part
//!  Preamble ------------> Head -------------------> Content --+
//!     |                    ^                        |  |  ^   | Data
//!     |                    |   delimiter: PartEnd   |  |  +---+
//!     |                    +------------------------+  |
//!     |  closing delimiter                             | closing delimiter: PartEnd
//!     +---------------------> Epilogue <---------------+
//!                                | finish
//!                                v
//!                              Ended: End, again and again
//!
//!  Preamble, Head, Content -- finish, input used up --> Failed (Truncated)
//!  any of them ------------- fault, limit ------------> Failed: the same error, again and again
//! ```
//!
//! # Example
//!
//! ```
//! # use larder_core::multipart::{Boundary, Event, Limits, Parser, Writer};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let writer = Writer::new(Boundary::from_seed(1, 2));
//! let boundary = Boundary::from_content_type(writer.content_type())?;
//! let mut parser = Parser::new(&boundary, Limits::default());
//! let mut input = [writer.field("a", "1"), writer.finish()].into_iter();
//! let mut content = Vec::new();
//! loop {
//!     match parser.next()? {
//!         Event::Part(head) => assert_eq!(head.name.as_deref(), Some("a")),
//!         Event::Data(data) => content.extend_from_slice(&data),
//!         Event::PartEnd => assert_eq!(content, b"1"),
//!         Event::NeedInput => match input.next() {
//!             Some(chunk) => parser.push(chunk)?,
//!             None => parser.finish(),
//!         },
//!         Event::End => break,
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod boundary;
mod error;
mod headers;
mod limits;
mod params;
mod parser;
mod scan;
#[cfg(test)]
mod tests;
mod writer;

pub use boundary::Boundary;
pub use error::{BoundaryError, Dimension, Error, HeadFault, Misuse, ValueError};
pub use headers::PartHead;
pub use limits::Limits;
pub use parser::{Event, Parser};
pub use writer::{Writer, length};
