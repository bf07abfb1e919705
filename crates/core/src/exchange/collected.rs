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

    /// A piece came, after so many bytes. A flaw within the limit comes before what goes beyond it, as in smaller pieces.
    pub(super) fn push(&mut self, before: u64, chunk: &[u8]) -> Result<(), RequestFlaw> {
        let Some(extract) = &mut self.extract else { return self.message.text(chunk) };
        let room = usize::try_from(self.limit.saturating_sub(before)).unwrap_or(usize::MAX);
        let (within, beyond) = chunk.split_at(room.min(chunk.len()));
        extract.push(within, &mut self.message)?;
        if beyond.is_empty() { Ok(()) } else { Err(RequestFlaw::TooLarge) }
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
