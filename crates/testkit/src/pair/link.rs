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
    /// The client that it belongs to: see [`Pair::join`](super::Pair::join).
    pub client: usize,
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
    /// Pieces of a body are held back, and count as taken, until there are so many bytes or the body ends: they arrive as
    /// one.
    pub merge: usize,
    /// How long it takes until there is a connection.
    pub connect: Duration,
    /// How long each message takes to the server.
    pub there: Duration,
    /// How long each message takes to the client.
    pub back: Duration,
    /// How long each piece of a body comes after the one before it, in both directions.
    pub drip: Duration,
    /// What goes wrong.
    pub trouble: Option<Trouble>,
    /// What is on its way to the client when the client gives up arrives all the same, and twice.
    pub late: bool,
    /// The end of the answer arrives a second time.
    pub twice: bool,
    /// Nobody tells the client how long the answer is: its end is the connection's.
    pub unsized_answer: bool,
    /// Answered by the wire itself when the request is complete; the service never hears of it.
    pub canned: Option<Canned>,
    /// The service does what it is asked, and this arrives instead of its answer.
    pub instead: Option<Canned>,
}

impl Default for Plan {
    fn default() -> Self {
        let none = Duration::ZERO;
        Self {
            split: usize::MAX,
            merge: 0,
            connect: none,
            there: none,
            back: none,
            drip: none,
            trouble: None,
            late: false,
            twice: false,
            unsized_answer: false,
            canned: None,
            instead: None,
        }
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
            Some(_) | None => None,
        }
    }

    /// After how many bytes of the request's body it breaks, and how.
    pub(super) fn request_ends(&self) -> Option<(u64, Cut)> {
        match self.trouble {
            Some(Trouble::Drop(Point::Body(after))) => Some((after, Cut::Silent)),
            Some(Trouble::Reset(Point::Body(after))) => Some((after, Cut::Reset)),
            Some(_) | None => None,
        }
    }

    /// After how many bytes of the answer's body it breaks, and how.
    pub(super) fn answer_ends(&self) -> Option<(u64, Cut)> {
        match self.trouble {
            Some(Trouble::Drop(Point::AnswerBody(after))) => Some((after, Cut::Silent)),
            Some(Trouble::Reset(Point::AnswerBody(after))) => Some((after, Cut::Reset)),
            Some(Trouble::Truncate(after)) => Some((after, Cut::End)),
            Some(_) | None => None,
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
    /// The TLS handshake fails.
    Tls,
    /// The connection was an idle one of before, and is found dead as soon as it is used; the transport knows whether
    /// anything can have been sent on it.
    Stale {
        /// Whether it cannot say that nothing was.
        sent: bool,
    },
}

/// A point in an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Point {
    /// Before anything is sent.
    Connect,
    /// Within the request's head: the service hears nothing of it.
    InHead,
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
