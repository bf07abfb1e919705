//! The answer: a message that is collected under a limit, or a file that is passed on.

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header, response};

use super::resume::Window;
use crate::wire::ResponseHead;
use crate::{Failure, Kind, PeerFlaw, RawAnswer};

/// The answer of one attempt.
pub(super) struct Receiver {
    kind: Kind,
    limit: usize,
    head: Option<ResponseHead>,
    declared: Option<u64>,
    got: u64,
    /// A message: mostly it comes in one piece, which is not copied.
    only: Bytes,
    collected: BytesMut,
    ready: Option<(u64, Bytes)>,
    window: Window,
    is_seen: bool,
    too_long: bool,
}

impl Receiver {
    pub(super) fn new(kind: Kind, limit: usize) -> Self {
        Self {
            kind,
            limit,
            head: None,
            declared: None,
            got: 0,
            only: Bytes::new(),
            collected: BytesMut::new(),
            ready: None,
            window: Window::default(),
            is_seen: false,
            too_long: false,
        }
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
            let room = RawAnswer::MAX.saturating_sub(self.only.len() + self.collected.len());
            self.collect(chunk.slice(..room.min(chunk.len())));
        } else {
            self.collect(chunk);
        }
    }

    fn collect(&mut self, chunk: Bytes) {
        if self.only.is_empty() && self.collected.is_empty() {
            self.only = chunk;
            return;
        }
        self.collected.extend_from_slice(&core::mem::take(&mut self.only));
        self.collected.extend_from_slice(&chunk);
    }

    /// What was collected.
    fn message(&mut self) -> Bytes {
        if self.collected.is_empty() { core::mem::take(&mut self.only) } else { core::mem::take(&mut self.collected).freeze() }
    }

    /// The head of a file that nobody has looked at yet.
    pub(super) fn unseen(&mut self) -> Option<Box<response::Parts>> {
        let head = self.head.as_ref().filter(|head| !self.is_seen && self.is_file(head.0.status()))?;
        self.is_seen = true;
        Some(Box::new(head.0.clone().into_parts().0))
    }

    /// The file is wanted, so far.
    pub(super) fn accept(&mut self, window: Window) {
        self.window = window;
    }

    /// The piece of the file that waits to be passed on, as far as it is wanted.
    pub(super) fn ready(&mut self) -> Option<(u64, Bytes)> {
        let (offset, mut chunk) = self.ready.take()?;
        let Window { base, skip, take, .. } = self.window;
        let end = take.map_or(u64::MAX, |take| skip.saturating_add(take));
        let within = |place: u64| usize::try_from(place.saturating_sub(offset)).unwrap_or(usize::MAX);
        chunk.truncate(within(end));
        let before = within(skip).min(chunk.len());
        let chunk = chunk.split_off(before);
        let offset = base + offset.saturating_sub(skip);
        Some((offset, chunk)).filter(|(_, chunk)| !chunk.is_empty())
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
        self.message()
    }

    pub(super) fn flaw(&self) -> PeerFlaw {
        PeerFlaw::TooLong(self.limit)
    }

    /// Whether a file ended before all that was asked for was there, or beyond it.
    pub(super) fn is_not_all(&self) -> bool {
        self.window.whole.is_some_and(|whole| whole != self.delivered())
    }

    /// How much of the file was passed on, or waits to be, by this answer and those before it.
    pub(super) fn delivered(&self) -> u64 {
        if !self.head.as_ref().is_some_and(|head| self.is_file(head.0.status())) {
            return 0;
        }
        let Window { base, skip, take, .. } = self.window;
        base + self.got.saturating_sub(skip).min(take.unwrap_or(u64::MAX))
    }

    /// The complete answer.
    pub(super) fn finish(&mut self) -> Result<(ResponseHead, Bytes), Failure> {
        if self.declared.is_some_and(|declared| declared != self.got) {
            return Err(Failure::Truncated);
        }
        let is_file = self.head.as_ref().is_some_and(|head| self.is_file(head.0.status()));
        // What is left of a file goes on being asked of its head.
        let head = if is_file { self.head.clone() } else { self.head.take() };
        Ok((head.ok_or(Failure::Protocol)?, self.message()))
    }
}
