//! The multipart body of an upload: text fields first, then files.

use bytes::Bytes;

use crate::Limits;
use crate::multipart::{Boundary, Error, Event, Limits as FormLimits, Parser, PartHead};
use crate::operation::RequestFlaw;
use crate::wire::FileHead;

/// What an upload's body says next.
pub(super) enum Item {
    /// A file begins.
    File(FileHead),
    /// A piece of it.
    Chunk(Bytes),
    /// It is complete.
    FileEnd,
    /// The body is complete.
    End,
    /// More of the body is needed.
    NeedInput,
}

/// An upload's body as it comes.
pub(super) struct Form {
    parser: Parser,
    is_field: fn(&str) -> bool,
    limits: Limits,
    fields: Vec<(String, String)>,
    /// Bytes of all text fields together.
    text: usize,
    part: Part,
}

enum Part {
    None,
    Field {
        name: String,
        value: Vec<u8>,
    },
    File,
    /// A field after the first file: too late to mean anything.
    Ignored,
}

impl Form {
    pub(super) fn new(boundary: &Boundary, is_field: fn(&str) -> bool, limits: Limits) -> Self {
        let parser = Parser::new(boundary, FormLimits::default());
        Self { parser, is_field, limits, fields: Vec::new(), text: 0, part: Part::None }
    }

    /// The text fields so far, in order.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// Bytes of the text fields so far.
    pub(super) fn text(&self) -> usize {
        self.text
    }

    pub(super) fn push(&mut self, chunk: Bytes) -> Result<(), RequestFlaw> {
        self.parser.push(chunk).map_err(RequestFlaw::Multipart)
    }

    pub(super) fn finish(&mut self) {
        self.parser.finish();
    }

    pub(super) fn next(&mut self, is_open: bool) -> Result<Item, RequestFlaw> {
        loop {
            match self.parser.next().map_err(RequestFlaw::Multipart)? {
                Event::Part(head) => {
                    if let Some(file) = self.part(head, is_open) {
                        return Ok(Item::File(file));
                    }
                }
                Event::Data(chunk) => {
                    if let Some(chunk) = self.data(chunk)? {
                        return Ok(Item::Chunk(chunk));
                    }
                }
                Event::PartEnd => {
                    if self.part_end()? {
                        return Ok(Item::FileEnd);
                    }
                }
                Event::End => return Ok(Item::End),
                Event::NeedInput => return Ok(Item::NeedInput),
            }
        }
    }

    fn part(&mut self, head: PartHead, is_open: bool) -> Option<FileHead> {
        let name = head.name.unwrap_or_default();
        let is_field = (self.is_field)(&name);
        // A part without a file name whose field is no parameter is a file that is named like the field.
        let file_name = head.file_name.or_else(|| (!is_field).then(|| name.clone()));
        let Some(file_name) = file_name.filter(|_| !is_field) else {
            self.part = if is_open { Part::Ignored } else { Part::Field { name, value: Vec::new() } };
            return None;
        };
        self.part = Part::File;
        Some(FileHead { field: name, file_name, content_type: head.content_type, content_range: head.content_range })
    }

    fn data(&mut self, chunk: Bytes) -> Result<Option<Bytes>, RequestFlaw> {
        match &mut self.part {
            Part::File => return Ok(Some(chunk)),
            Part::Field { value, .. } => {
                self.text += chunk.len();
                if self.text > self.limits.request {
                    return Err(RequestFlaw::TooLarge);
                }
                value.extend_from_slice(&chunk);
            }
            Part::None | Part::Ignored => {}
        }
        Ok(None)
    }

    /// Whether it was a file that ended.
    fn part_end(&mut self) -> Result<bool, RequestFlaw> {
        match core::mem::replace(&mut self.part, Part::None) {
            Part::File => return Ok(true),
            Part::Field { name, value } => {
                if self.fields.len() >= self.limits.fields {
                    return Err(RequestFlaw::TooLarge);
                }
                let value = String::from_utf8(value)
                    .map_err(|_| RequestFlaw::Reject(crate::Reject::new(name.clone(), crate::Rule::Malformed)))?;
                self.fields.push((name, value));
            }
            Part::None | Part::Ignored => {}
        }
        Ok(false)
    }
}

/// The boundary of a request's body.
pub(super) fn boundary(head: &http::request::Parts) -> Result<Boundary, RequestFlaw> {
    let value = head.headers.get(http::header::CONTENT_TYPE);
    Boundary::from_content_type(value.map_or(&b""[..], |value| value.as_bytes())).map_err(RequestFlaw::Boundary)
}

/// A malformed body that was cut off is the client's broken connection, not its mistake.
pub(super) fn is_truncation(flaw: &RequestFlaw) -> bool {
    matches!(flaw, RequestFlaw::Multipart(Error::Truncated))
}
