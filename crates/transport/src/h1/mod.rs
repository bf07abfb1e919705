//! The client's end of one HTTP/1.1 connection, without IO: bytes of a request are written into a buffer, bytes of the answer
//! are handed in, and events come out.
//!
//! ```text
//!              send              frame*, finish
//!   request:   Idle ───▶ Sending ──────────────▶ Sent         `Sent` at once when there is no body
//!
//!                          1xx: at most `interim`
//!                           ┌──┐
//!              send         ▼  │ head                    last byte
//!   answer:    Idle ───▶ Head ─┴──▶ Length ─────────────────────────────┐
//!    ▲                      ├──▶ Close (to the end of the connection) ──┤
//!    │                      ├──▶ Size ──▶ Chunk ──▶ ChunkEnd ──▶ Size   │
//!    │                      │     └── 0 ──▶ Trailers ───────────────────┤
//!    │                      └── no body ─────────────────────────────── ▼
//!    └── send, if it can be reused ◀─────────────────────────────────  Over
//!
//!   any ── Flaw ──▶ Broken                  what follows is not looked at, and the connection is not used again
//! ```
//!
//! # In scope
//! Framing, in both directions: it is what request smuggling and answers that belong to another request are made of. Whatever
//! can be read in two ways is refused, also where RFC 9112 lets a client be lenient: line ends without CR, folded lines,
//! a length beside chunks, lengths that differ, codings other than `chunked`, bodies where there are none, what comes
//! before it was asked for. Bounds on all that is read: [`Limits`].
//!
//! # Out of scope
//! Sockets and time: whoever has those drives it. [`Wire`] stands between it and a machine's actions and inputs. What fields mean, besides those that frame. One
//! answer after the other: nothing is pipelined. `Expect`, `Upgrade`, `CONNECT` and trailers that are sent; trailers that come
//! are read and dropped.
//!
//! # Why on httparse
//! The tokens of a head are the part that is long and dull, and httparse is what hyper reads them with. It takes some of what is
//! refused here (a bare LF, empty lines before the status), so lines are looked at first. `ureq-proto` was read and not taken:
//! its states also own redirects, `Expect` and the cutting of a body into a caller's buffers, where our core does the first, and
//! pieces are passed on here without a copy.

mod chunked;
mod flaw;
mod flow;
mod head;
mod limits;
mod request;
mod wire;

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response};
use larder_core::Length;

use self::chunked::Chunked;
pub use self::flaw::{BadRequest, Flaw};
use self::head::Lines;
pub use self::limits::Limits;
use self::request::Sending;
pub use self::wire::Wire;

/// One connection. `Debug` shows where it stands and no content.
pub struct Connection {
    limits: Limits,
    sending: Sending,
    reading: Reading,
    inbox: BytesMut,
    /// The peer sends no more.
    is_ended: bool,
    /// Whether both sides mean to go on after this answer.
    keeps: bool,
    /// Whether the request was HEAD: its answer has no body, whatever it says.
    is_bodiless: bool,
}

/// Whether an answer says one end of its body and no other, for who does not read it here.
#[cfg(feature = "hyper")]
pub(crate) fn check_framing(head: &Response<()>) -> Result<(), Flaw> {
    head::framing(head, false).map(drop)
}

/// What comes next in the inbox.
#[derive(Debug)]
enum Reading {
    Idle,
    Head { lines: Lines, interim: usize },
    Length { left: u64 },
    Close,
    Chunked(Chunked),
    Over,
    Broken(Flaw),
}

/// What the answer has come to.
#[derive(Debug)]
pub enum Event {
    /// Nothing before more bytes have come: [`fill`](Connection::fill).
    NeedInput,
    /// The answer's head; never a 1xx.
    Head(Response<()>),
    /// A piece of its body; not empty.
    Data(Bytes),
    /// It is complete.
    End,
}

impl Connection {
    /// A new connection.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        let (sending, reading) = (Sending::Idle, Reading::Idle);
        Self { limits, sending, reading, inbox: BytesMut::new(), is_ended: false, keeps: true, is_bodiless: false }
    }

    /// Writes a request's head into `out`. The URI is absolute; `Host` is made of it, and the fields that frame are made of
    /// `length`.
    ///
    /// # Errors
    /// [`BadRequest`]; nothing is written then.
    pub fn send(&mut self, head: &Request<()>, length: Length, out: &mut BytesMut) -> Result<(), BadRequest> {
        let is_fresh = matches!(self.reading, Reading::Idle) && self.inbox.is_empty() && !self.is_ended;
        if !is_fresh && !self.can_be_reused() {
            return Err(BadRequest::Busy);
        }
        self.sending = request::write(head, length, out)?;
        self.reading = Reading::Head { lines: Lines::default(), interim: 0 };
        self.keeps = !head::says_close(head.headers());
        self.is_bodiless = *head.method() == Method::HEAD;
        Ok(())
    }

    /// A piece of the request's body of this many bytes follows: what stands before it is written into `out`, what stands after
    /// it is returned.
    ///
    /// # Errors
    /// [`BadRequest::Length`] when it is more than was promised.
    pub fn frame(&mut self, size: usize, out: &mut BytesMut) -> Result<&'static [u8], BadRequest> {
        self.sending.frame(size, out)
    }

    /// The request is complete: its end is written into `out`.
    ///
    /// # Errors
    /// [`BadRequest::Length`] when it is less than was promised.
    pub fn finish(&mut self, out: &mut BytesMut) -> Result<(), BadRequest> {
        self.sending.finish(out)
    }

    /// Lets `read` put at most `max` bytes (at least one) into the inbox. It returns how many it put there; 0 means that the peer
    /// sends no more.
    ///
    /// # Errors
    /// That of `read`; nothing has come then.
    pub fn fill<E>(&mut self, max: usize, read: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<usize, E> {
        let before = self.inbox.len();
        self.inbox.resize(before + max.max(1), 0);
        let result = read(&mut self.inbox[before..]);
        let count = result.as_ref().map_or(0, |count| (*count).min(max.max(1)));
        self.inbox.truncate(before + count);
        self.is_ended |= matches!(result, Ok(0));
        result
    }

    /// How many bytes are worth reading at once.
    #[must_use]
    pub fn wanted(&self) -> usize {
        match &self.reading {
            Reading::Length { left } => usize::try_from(*left).unwrap_or(usize::MAX).clamp(1, limits::PIECE),
            Reading::Close | Reading::Chunked(_) => limits::PIECE,
            Reading::Idle | Reading::Head { .. } | Reading::Over | Reading::Broken(_) => limits::START,
        }
    }

    /// What comes next of the answer. After [`Event::End`] there is nothing until the next request.
    ///
    /// # Errors
    /// [`Flaw`]: the same one from then on.
    pub fn event(&mut self) -> Result<Event, Flaw> {
        let event = self.advance();
        if let Err(flaw) = event {
            self.reading = Reading::Broken(flaw);
        }
        event
    }

    /// The connection broke off, which is no end that a peer means: also a body up to the connection's end is not complete then.
    pub fn cut_off(&mut self) -> Flaw {
        let flaw = self.cut();
        self.reading = Reading::Broken(flaw);
        flaw
    }

    /// Whether another request may be sent: both halves are complete, both sides mean to go on, and nothing came that nobody
    /// asked for. The answer is good for this moment: look whether the peer has closed before sending.
    #[must_use]
    pub fn can_be_reused(&self) -> bool {
        let is_over = matches!(self.reading, Reading::Over) && self.sending == Sending::Sent;
        is_over && self.keeps && !self.is_ended && self.inbox.is_empty()
    }

    /// Whether the peer has said that it sends no more.
    fn is_ended(&self) -> bool {
        self.is_ended
    }

    fn advance(&mut self) -> Result<Event, Flaw> {
        loop {
            let event = match &mut self.reading {
                Reading::Broken(flaw) => return Err(*flaw),
                Reading::Idle | Reading::Over if !self.inbox.is_empty() => return Err(Flaw::Unasked),
                Reading::Idle | Reading::Over => return Ok(Event::NeedInput),
                Reading::Length { left: 0 } => Some(Event::End),
                Reading::Length { left } => take(&mut self.inbox, left).map(Event::Data),
                Reading::Close if self.inbox.is_empty() && self.is_ended => Some(Event::End),
                Reading::Close => (!self.inbox.is_empty()).then(|| Event::Data(self.inbox.split().freeze())),
                Reading::Chunked(chunked) => chunked.next(&mut self.inbox, &self.limits)?,
                Reading::Head { .. } => match self.head()? {
                    Step::Again => continue,
                    Step::Head(head) => Some(Event::Head(head)),
                    Step::More => None,
                },
            };
            return match event {
                Some(Event::End) => {
                    self.reading = Reading::Over;
                    Ok(Event::End)
                }
                Some(event) => Ok(event),
                None if self.is_ended => Err(self.cut()),
                None => Ok(Event::NeedInput),
            };
        }
    }

    /// The peer ended it before its end.
    fn cut(&self) -> Flaw {
        let has_begun = !matches!(self.reading, Reading::Head { interim: 0, .. }) || !self.inbox.is_empty();
        if has_begun { Flaw::Truncated } else { Flaw::Closed }
    }

    fn head(&mut self) -> Result<Step, Flaw> {
        let Reading::Head { lines, interim } = &mut self.reading else { return Ok(Step::More) };
        let Some(end) = lines.find(&self.inbox, head::START, self.limits.head, self.limits.headers)? else {
            return Ok(Step::More);
        };
        let (head, count) = (self.inbox.split_to(end).freeze(), lines.count());
        let head = head::parse(&head, count)?;
        if head.status().is_informational() {
            *interim += 1;
            if *interim > self.limits.interim {
                return Err(Flaw::Interim);
            }
            head::check_interim(&head)?;
            *lines = Lines::default();
            return Ok(Step::Again);
        }
        self.keeps &= head::keeps(&head);
        self.reading = head::framing(&head, self.is_bodiless)?;
        Ok(Step::Head(head))
    }
}

/// What became of a head.
enum Step {
    /// There is more of it to come.
    More,
    /// It was an interim one.
    Again,
    Head(Response<()>),
}

/// What there is, and no more than `left`, which goes down by it.
fn take(inbox: &mut BytesMut, left: &mut u64) -> Option<Bytes> {
    let count = inbox.len().min(usize::try_from(*left).unwrap_or(usize::MAX));
    *left -= count as u64;
    (count > 0).then(|| inbox.split_to(count).freeze())
}

/// A new connection, with the default limits.
impl Default for Connection {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl core::fmt::Debug for Connection {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Connection");
        shown.field("request", &self.sending).field("answer", &self.reading).field("unread", &self.inbox.len());
        shown.field("is_ended", &self.is_ended).field("keeps", &self.keeps).finish_non_exhaustive()
    }
}
