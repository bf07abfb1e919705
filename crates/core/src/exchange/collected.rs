//! A message on its way in, with or without a file that is taken out of it.

use crate::operation::RequestFlaw;
use crate::wire::RequestBody;
use crate::{Extract, Limits, Message};

/// What has come of a message.
pub(super) struct Collected {
    message: Message,
    extract: Option<Box<dyn Extract>>,
    /// Bytes of it, as it is sent.
    limit: u64,
}

impl Collected {
    pub(super) fn new(limits: Limits, extract: Option<Box<dyn Extract>>) -> Self {
        let limit = if extract.is_some() { limits.message() } else { limits.request as u64 };
        Self { message: Message::new(limits), extract, limit }
    }

    /// Whether a body of so many bytes may be one.
    pub(super) fn allows(&self, length: u64) -> Result<(), RequestFlaw> {
        if length > self.limit { Err(RequestFlaw::TooLarge) } else { Ok(()) }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), RequestFlaw> {
        match &mut self.extract {
            None => self.message.text(chunk),
            Some(extract) => extract.push(chunk, &mut self.message),
        }
    }

    pub(super) fn body(&mut self) -> RequestBody<'_> {
        match self.extract {
            None => RequestBody::Whole(self.message.as_text()),
            Some(_) => {
                let file = self.message.take_file();
                RequestBody::Split { text: self.message.as_text(), file }
            }
        }
    }

    pub(super) fn has_file(&self) -> bool {
        self.extract.is_some()
    }

    /// The memory that it takes.
    pub(super) fn capacity(&self) -> usize {
        self.message.capacity()
    }
}
