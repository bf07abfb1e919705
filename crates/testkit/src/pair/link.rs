//! The wire: what happens to one exchange between client and server.

use core::time::Duration;

use bytes::Bytes;
use http::Response;
use larder_core::wire::RequestHead;
use larder_core::{ExchangeId, Time};

/// An exchange that a call is about to open: what a [`Plan`] is made for.
#[derive(Debug)]
pub struct Opening<'a> {
    /// How many were opened before it, by all calls together.
    pub nth: usize,
    /// Its number.
    pub at: ExchangeId,
    /// The call, counted from zero in the order in which they were started.
    pub call: usize,
    /// When.
    pub now: Time,
    /// Request line and headers.
    pub head: &'a RequestHead,
}

/// What the wire does to one exchange. By default nothing: what is sent is there at once, as it was sent.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The most bytes of a body that arrive in one piece; must not be zero.
    pub split: usize,
    /// How long each message takes to the server.
    pub there: Duration,
    /// How long each message takes to the client.
    pub back: Duration,
    /// What goes wrong.
    pub trouble: Option<Trouble>,
    /// What is on its way to the client when the client gives up arrives all the same, and twice.
    pub late: bool,
    /// Answered by the wire itself when the request is complete; the service never hears of it.
    pub canned: Option<Canned>,
}

impl Default for Plan {
    fn default() -> Self {
        Self { split: usize::MAX, there: Duration::ZERO, back: Duration::ZERO, trouble: None, late: false, canned: None }
    }
}

impl Plan {
    /// Bodies arrive in pieces of at most so many bytes.
    #[must_use]
    pub fn split(split: usize) -> Self {
        Self { split: split.max(1), ..Self::default() }
    }

    /// Every message takes this long to the server, and this long back.
    #[must_use]
    pub fn delay(there: Duration, back: Duration) -> Self {
        Self { there, back, ..Self::default() }
    }

    /// Something goes wrong.
    #[must_use]
    pub fn trouble(trouble: Trouble) -> Self {
        Self { trouble: Some(trouble), ..Self::default() }
    }

    /// Somebody else answers.
    #[must_use]
    pub fn canned(canned: Canned) -> Self {
        Self { canned: Some(canned), ..Self::default() }
    }

    pub(super) fn drops_at(&self, point: Point) -> Option<Cut> {
        match self.trouble {
            Some(Trouble::Drop(at)) if at == point => Some(Cut::Silent),
            Some(Trouble::Reset(at)) if at == point => Some(Cut::Reset),
            Some(Trouble::Drop(_) | Trouble::Reset(_) | Trouble::Truncate(_)) | None => None,
        }
    }

    /// After how many bytes of the request's body it breaks, and how.
    pub(super) fn request_ends(&self) -> Option<(u64, Cut)> {
        match self.trouble {
            Some(Trouble::Drop(Point::Body(after))) => Some((after, Cut::Silent)),
            Some(Trouble::Reset(Point::Body(after))) => Some((after, Cut::Reset)),
            Some(Trouble::Drop(_) | Trouble::Reset(_) | Trouble::Truncate(_)) | None => None,
        }
    }

    /// After how many bytes of the answer's body it breaks, and how.
    pub(super) fn answer_ends(&self) -> Option<(u64, Cut)> {
        match self.trouble {
            Some(Trouble::Drop(Point::AnswerBody(after))) => Some((after, Cut::Silent)),
            Some(Trouble::Reset(Point::AnswerBody(after))) => Some((after, Cut::Reset)),
            Some(Trouble::Truncate(after)) => Some((after, Cut::End)),
            Some(Trouble::Drop(_) | Trouble::Reset(_)) | None => None,
        }
    }
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// From this point on everything vanishes, in both directions, and nobody is told.
    Drop(Point),
    /// The connection breaks at this point, and both ends notice.
    Reset(Point),
    /// The answer ends after so many bytes of its body, as if that were all.
    Truncate(u64),
}

/// A point in an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before anything is sent.
    Connect,
    /// After the request's head.
    Head,
    /// After so many bytes of the request's body.
    Body(u64),
    /// After the service has done what is asked, and before any of its answer.
    Complete,
    /// After the answer's head.
    AnswerHead,
    /// After so many bytes of the answer's body.
    AnswerBody(u64),
}

/// An answer of somebody else: a proxy, another host, a service that is out of its mind.
#[derive(Debug, Clone)]
pub struct Canned {
    /// Status and headers, exactly as they arrive.
    pub head: Response<()>,
    /// The body.
    pub body: Bytes,
}

/// How a wire was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Silent,
    Reset,
    End,
}
