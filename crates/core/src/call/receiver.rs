//! The answer: a message that is collected under a limit, or a file that is passed on.

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};

use crate::wire::ResponseHead;
use crate::{Failure, Kind, PeerFlaw, RawAnswer};

/// The answer of one attempt.
pub(super) struct Receiver {
    kind: Kind,
    limit: usize,
    head: Option<ResponseHead>,
    declared: Option<u64>,
    got: u64,
    collected: BytesMut,
    ready: Option<(u64, Bytes)>,
    too_long: bool,
}

impl Receiver {
    pub(super) fn new(kind: Kind, limit: usize) -> Self {
        Self { kind, limit, head: None, declared: None, got: 0, collected: BytesMut::new(), ready: None, too_long: false }
    }

    pub(super) fn head(&mut self, head: ResponseHead) {
        // "Not modified" may state the length of what it does not send (RFC 9110, section 8.6).
        let length = head.0.headers().get(header::CONTENT_LENGTH).filter(|_| head.0.status() != StatusCode::NOT_MODIFIED);
        self.declared = length.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        self.too_long = !self.is_file(head.0.status()) && self.declared.is_some_and(|length| length > self.limit as u64);
        self.head = Some(head);
    }

    /// Only a success of a download is a file; its refusals are messages like any other.
    fn is_file(&self, status: StatusCode) -> bool {
        self.kind == Kind::Download && matches!(status, StatusCode::OK | StatusCode::PARTIAL_CONTENT)
    }

    pub(super) fn data(&mut self, chunk: Bytes) {
        let offset = self.got;
        self.got += chunk.len() as u64;
        if self.head.as_ref().is_some_and(|head| self.is_file(head.0.status())) {
            self.ready = Some((offset, chunk)).filter(|(_, chunk)| !chunk.is_empty());
        } else if self.got > self.limit as u64 {
            self.too_long = true;
            let room = RawAnswer::MAX.saturating_sub(self.collected.len());
            self.collected.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        } else {
            self.collected.extend_from_slice(&chunk);
        }
    }

    /// The piece of the file that waits to be passed on.
    pub(super) fn ready(&mut self) -> Option<(u64, Bytes)> {
        self.ready.take()
    }

    pub(super) fn has_ready(&self) -> bool {
        self.ready.is_some()
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.too_long
    }

    /// The status that came.
    pub(super) fn status(&self) -> StatusCode {
        self.head.as_ref().map_or(StatusCode::OK, |head| head.0.status())
    }

    /// What came of an answer that is too long: more than is kept of it, unless nothing more came.
    pub(super) fn beginning(&mut self) -> Bytes {
        core::mem::take(&mut self.collected).freeze()
    }

    pub(super) fn flaw(&self) -> PeerFlaw {
        PeerFlaw::TooLong(self.limit)
    }

    /// Whether some of the file was passed on, so that starting over would repeat it.
    pub(super) fn has_delivered(&self) -> bool {
        self.got > 0 && self.head.as_ref().is_some_and(|head| self.is_file(head.0.status()))
    }

    /// The complete answer.
    pub(super) fn finish(&mut self) -> Result<(ResponseHead, Bytes), Failure> {
        if self.declared.is_some_and(|declared| declared != self.got) {
            return Err(Failure::Truncated);
        }
        let head = self.head.take().ok_or(Failure::Protocol)?;
        Ok((head, core::mem::take(&mut self.collected).freeze()))
    }
}
