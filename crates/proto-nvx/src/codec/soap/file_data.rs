//! Finds `fileData` in an envelope as it comes, and decodes it: the file is never a text of its own, nor part of a tree.
//!
//! The element that is meant is the first of that name among the children of the first element in the body, whatever its
//! prefix. Its own character data is taken out, also from CDATA sections and between comments; all else is passed on as it
//! is, also the tags of the element, so that whoever reads the envelope finds it empty.
//!
//! This is no check of the envelope: tags are counted, not matched, and the reader of what is left refuses what is not
//! well-formed, a document type included. Refused here are base64 that is none, references to anything but ASCII and those
//! of more than twelve bytes within it, elements within it, a second body, and UTF-16.

mod decoder;
mod elements;
mod markup;

use larder_core::{Extract, Message, Reject, RequestFlaw, Rule};
use memchr::memchr2;

use self::decoder::Decoder;
use self::elements::Elements;
use self::markup::{Markup, Token};

/// The parameter's name.
const FILE_DATA: &str = "fileData";

/// The longest reference within base64, which needs none at all: `&#x0000000D;`.
const REFERENCE: usize = 12;

/// The search through one envelope. It holds no more than a name, a reference and a block of base64.
pub(crate) struct FileDataOf {
    markup: Markup,
    elements: Elements,
    decoder: Decoder,
    /// What has come of a reference within the file.
    reference: Option<Vec<u8>>,
    /// How many of the first bytes have come.
    begun: usize,
}

impl Default for FileDataOf {
    fn default() -> Self {
        let (markup, elements, decoder) = (Markup::Text, Elements::default(), Decoder::default());
        Self { markup, elements, decoder, reference: None, begun: 0 }
    }
}

impl Extract for FileDataOf {
    fn push(&mut self, chunk: &[u8], message: &mut Message) -> Result<(), RequestFlaw> {
        self.begin(chunk)?;
        let mut rest = chunk;
        while !rest.is_empty() {
            let done = match self.markup.ends_content().filter(|_| self.elements.is_in_file()) {
                Some(ends) => self.file(rest, ends, message)?,
                None => self.pass(rest, message)?,
            };
            rest = rest.get(done..).unwrap_or_default();
        }
        Ok(())
    }
}

impl FileDataOf {
    /// Looks at the first bytes: in UTF-8 none of them is zero, nor part of another byte order mark.
    fn begin(&mut self, chunk: &[u8]) -> Result<(), RequestFlaw> {
        let first = chunk.get(..chunk.len().min(4 - self.begun)).unwrap_or_default();
        self.begun += first.len();
        if first.iter().any(|byte| [0, 0xFE, 0xFF].contains(byte)) { Err(malformed("")) } else { Ok(()) }
    }

    /// Passes on what is not the file's, at least a byte, and says how much it was. Up to a flaw all is passed on: what comes
    /// first is what is wrong, however the message is cut.
    fn pass(&mut self, rest: &[u8], message: &mut Message) -> Result<usize, RequestFlaw> {
        let mut done = 0;
        for byte in rest {
            if let Err(flaw) = self.look_at(*byte, message) {
                message.text(rest.get(..done).unwrap_or_default())?;
                return Err(flaw);
            }
            done += 1;
            if self.elements.is_in_file() && self.markup.ends_content().is_some() {
                break;
            }
        }
        message.text(rest.get(..done).unwrap_or_default())?;
        Ok(done)
    }

    /// Looks at a byte of markup.
    fn look_at(&mut self, byte: u8, message: &mut Message) -> Result<(), RequestFlaw> {
        let brackets = self.markup.brackets();
        let token = self.markup.next(byte);
        // A bracket that ends no section is data, and no base64.
        let is_data = matches!((brackets, self.markup.brackets()), (Some(before @ 1..), Some(now)) if now <= before);
        if is_data && self.elements.is_in_file() {
            return Err(malformed(FILE_DATA));
        }
        token.map_or(Ok(()), |token| self.element(&token, message))
    }

    /// An element begins or ends.
    fn element(&mut self, token: &Token, message: &mut Message) -> Result<(), RequestFlaw> {
        match token {
            Token::Start(..) if self.elements.is_in_file() => Err(malformed(FILE_DATA)),
            Token::Start(name, is_empty) => {
                self.elements.start(name, *is_empty).map_err(|_| malformed(""))?;
                if self.elements.is_in_file() { message.file(b"") } else { Ok(()) }
            }
            Token::End => {
                let was_in_file = self.elements.is_in_file();
                self.elements.end();
                if was_in_file { self.decoder.finish(message) } else { Ok(()) }
            }
        }
    }

    /// Takes what is the file's, up to what ends its character data, and says how much of `rest` is done.
    fn file(&mut self, rest: &[u8], [end, reference]: [u8; 2], message: &mut Message) -> Result<usize, RequestFlaw> {
        if self.reference.is_some() {
            return self.reference(rest, message);
        }
        let data = memchr2(end, reference, rest).unwrap_or(rest.len());
        self.decoder.push(rest.get(..data).unwrap_or_default(), message)?;
        match rest.get(data) {
            None => Ok(data),
            Some(b'&') => {
                self.reference = Some(Vec::with_capacity(REFERENCE));
                Ok(data + 1)
            }
            Some(byte) => {
                self.markup.next(*byte);
                message.text(&[*byte])?;
                Ok(data + 1)
            }
        }
    }

    /// Takes a byte of a reference.
    fn reference(&mut self, rest: &[u8], message: &mut Message) -> Result<usize, RequestFlaw> {
        let (Some(reference), Some(byte)) = (&mut self.reference, rest.first()) else { return Ok(0) };
        if *byte != b';' {
            reference.push(*byte);
            // Both ends of it count too.
            return if reference.len() + 2 > REFERENCE { Err(malformed(FILE_DATA)) } else { Ok(1) };
        }
        let character = character(reference).ok_or_else(|| malformed(FILE_DATA))?;
        self.reference = None;
        self.decoder.push(&[character], message)?;
        Ok(1)
    }
}

/// The ASCII character that a reference means, without `&` and `;`. Entities with names mean none of base64's.
fn character(reference: &[u8]) -> Option<u8> {
    let digits = core::str::from_utf8(reference).ok()?.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u8::from_str_radix(digits, radix).ok().filter(u8::is_ascii)
}

fn malformed(field: &str) -> RequestFlaw {
    RequestFlaw::Reject(Reject::new(field, Rule::Malformed))
}

#[cfg(test)]
mod tests;
