//! The contract between a machine and whoever drives it.

use core::fmt;
use core::ops::ControlFlow;

use bytes::Bytes;

use crate::journal::Recipe;
use crate::operation::Api;
use crate::permits::Permits;
use crate::retry::Budget;
use crate::session::Session;
use crate::wire::{Length, RequestHead, ResponseHead};
use crate::{Attempted, CallResult, ExchangeId, Failure, Ids, Meta, Misuse, Phase, Recovered, Time, Why};

/// A state machine without IO. **The whole contract:** do what [`poll`](Self::poll) says. `Wait` means that there is
/// nothing to do: poll again at `until`, after any [`handle`](Self::handle), or when [`Shared::epoch`] has moved.
pub trait Machine {
    /// What it shares with the other machines of the same client or server.
    type Shared;
    /// What it wants done.
    type Action;
    /// What it can be told.
    type Input;

    /// The next thing to do. Never blocks, never fails; after `Done` it must not be called again.
    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action;

    /// Something happened.
    ///
    /// # Errors
    /// A bug in the embedder. The machine is unchanged. Late events of an abandoned exchange are no misuse: they are
    /// dropped.
    fn handle(&mut self, input: Self::Input) -> Result<(), Misuse>;
}

/// A machine of a client: a [`Call`](crate::Call), or a parent that makes several. What a driver drives.
pub trait ClientMachine<A: Api>:
    Machine<Shared = Shared<A>, Input = Input, Action = Action<Self::Answer, <A as Api>::Fault>>
{
    /// What it comes to.
    type Answer: fmt::Debug;

    /// What the caller asked for, and the host (and port) of the service: what logs and spans call it by.
    fn about(&self) -> (&'static Meta, &str);

    /// Lets go of what it holds of the shared state. A driver must call this when it drops an unfinished machine, so
    /// that others that wait for its login go on at once.
    fn abandon(&mut self, shared: &mut Shared<A>);

    /// How to make it anew, of one that has not begun: what a [journal](crate::journal) says of it. A machine of your own need
    /// not say it; its journals are replayed with a machine that you bring.
    fn recipe(&self) -> Option<Recipe> {
        None
    }
}

/// What all calls of one client share.
#[derive(Debug)]
pub struct Shared<A: Api> {
    /// The session.
    pub session: Session<A>,
    /// The retries that are left.
    pub budget: Budget,
    /// Room for transfers.
    pub permits: Permits,
    /// Numbers and jitter.
    pub ids: Ids,
}

impl<A: Api> Shared<A> {
    /// A client's shared state. `seed` decides jitter and boundaries; take it from the operating system's randomness.
    #[must_use]
    pub fn new(session: Session<A>, seed: u64) -> Self {
        Self { session, budget: Budget::default(), permits: Permits::default(), ids: Ids::new(seed) }
    }

    /// Moves whenever a call that waits for the session or for its turn must be polled again.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.session.epoch() + self.permits.epoch()
    }
}

/// What a client's machine wants done. Exhaustive on purpose: a new duty must break the embedder's `match`.
pub enum Action<T, F> {
    /// Open exchange `at`: connect (or take a pooled connection) and send this head.
    Open {
        /// The exchange.
        at: ExchangeId,
        /// Request line and headers.
        head: RequestHead,
        /// The length of the body that will follow.
        length: Length,
    },
    /// Send this piece of the body, then say `Wrote`. At most one is unacknowledged at any time.
    Write {
        /// The exchange.
        at: ExchangeId,
        /// The piece.
        chunk: Bytes,
    },
    /// The request is complete.
    Finish {
        /// The exchange.
        at: ExchangeId,
    },
    /// Give the exchange up and close its connection.
    Abort {
        /// The exchange.
        at: ExchangeId,
    },
    /// Read the caller's file at `offset`, at most `max` bytes, and say `Body`, `BodyEnd` or `BodyGone`. An earlier
    /// offset may be asked for again; who cannot go back there says `BodyGone`. A machine of several calls may ask while no
    /// exchange is open. The exchange's end, an `Abort` and another `Feed` end the asking: what was being read then is to be
    /// dropped.
    Feed {
        /// Where.
        offset: u64,
        /// How much, in bytes.
        max: usize,
    },
    /// Hand this piece of the downloaded file to the caller. `offset` counts from the start of what was asked for.
    Data {
        /// Where.
        offset: u64,
        /// The piece.
        chunk: Bytes,
    },
    /// Something worth telling, nothing to do.
    Note(Note),
    /// Nothing to do now.
    Wait {
        /// When to poll again at the latest.
        until: Option<Time>,
        /// What for.
        why: Why,
        /// What may end the wait sooner.
        on: On,
    },
    /// The call is over.
    Done(CallResult<T, F>),
}

/// What a blocking driver may block on while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct On {
    /// The peer's next head, chunk or end. When false, do not read from it: that is the back-pressure.
    pub peer: bool,
    /// The peer taking what was written.
    pub room: bool,
    /// The caller's file.
    pub body: bool,
    /// [`Shared::epoch`] moving on from this.
    pub shared: Option<u64>,
}

/// Something worth telling. New ones may come: they are for people and for what counts, and no duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// This call logs in for all.
    LoggingIn,
    /// The session has been idle for so long that it may have ended; logging in again.
    SessionIdle,
    /// The service ended the session; logging in again.
    SessionExpired,
    /// An attempt is over, well or not.
    Attempted(Attempted),
    /// An attempt failed; another follows.
    Retrying {
        /// Attempts so far.
        attempts: u32,
        /// How far the last one came.
        phase: Phase,
        /// The pause before the next one.
        pause: core::time::Duration,
    },
    /// The service sent us elsewhere.
    Redirected,
    /// The operation was carried out by an attempt whose reply was lost.
    Recovered(Recovered),
    /// A transfer goes on after so many bytes, instead of from the start.
    Resuming {
        /// Where, in bytes.
        offset: u64,
    },
    /// So many bytes of the caller's file are read again before a transfer of another process goes on: the state of its MD5 was
    /// not kept, or the file may not be the same any more.
    ReadingAgain {
        /// How many.
        bytes: u64,
    },
    /// A transfer begins anew: the service has not kept what it had.
    Restarting,
    /// A piece of an upload is stored: the service has so many bytes now.
    Acknowledged {
        /// Bytes of the file.
        bytes: u64,
    },
    /// The token of an upload has ended; asking for another.
    TokenExpired,
    /// Both sides have the same MD5.
    Verified,
}

/// What a client's machine can be told. Exhaustive on purpose.
#[derive(Clone)]
pub enum Input {
    /// The exchange has its connection, and its head is on its way. Who cannot know says so as soon as it is asked to open
    /// one: until then, the connect clock runs. What comes later (`Wrote`, `Head`) says it too. Said again while the peer takes
    /// its time over a piece, it is a sign of life: some of it has gone out, and the stall clock begins anew.
    Connected {
        /// The exchange.
        at: ExchangeId,
    },
    /// The last `Write` was taken.
    Wrote {
        /// The exchange.
        at: ExchangeId,
    },
    /// The answer's head (never a 1xx).
    Head {
        /// The exchange.
        at: ExchangeId,
        /// Status and headers.
        head: ResponseHead,
    },
    /// A piece of the answer's body.
    Data {
        /// The exchange.
        at: ExchangeId,
        /// The piece.
        chunk: Bytes,
    },
    /// The answer is complete.
    End {
        /// The exchange.
        at: ExchangeId,
    },
    /// The exchange broke.
    Failed {
        /// The exchange.
        at: ExchangeId,
        /// How.
        failure: Failure,
        /// How far the transport knows it to have come: `Connect` only if provably nothing was sent.
        phase: Phase,
        /// What the system said of it, in its own words, for [`Error::detail`](crate::Error::detail): no URL, no header.
        detail: Option<Box<str>>,
    },
    /// A piece of the caller's file.
    Body {
        /// As in `Feed`.
        offset: u64,
        /// The piece; not empty.
        chunk: Bytes,
    },
    /// The caller's file ends at the offset that was asked for.
    BodyEnd,
    /// The caller's file cannot be had (again).
    BodyGone,
    /// The caller has lost interest.
    Cancel,
}

impl<T, F> Action<T, F> {
    /// Splits the end off: what a parent machine needs to pass on everything else that its child wants done.
    pub fn or_done<U>(self) -> ControlFlow<CallResult<T, F>, Action<U, F>> {
        ControlFlow::Continue(match self {
            Self::Open { at, head, length } => Action::Open { at, head, length },
            Self::Write { at, chunk } => Action::Write { at, chunk },
            Self::Finish { at } => Action::Finish { at },
            Self::Abort { at } => Action::Abort { at },
            Self::Feed { offset, max } => Action::Feed { offset, max },
            Self::Data { offset, chunk } => Action::Data { offset, chunk },
            Self::Note(note) => Action::Note(note),
            Self::Wait { until, why, on } => Action::Wait { until, why, on },
            Self::Done(result) => return ControlFlow::Break(result),
        })
    }

    /// What a machine says that is over and was asked again.
    #[must_use]
    pub fn over() -> Self {
        Self::Wait { until: None, why: Why::Embedder, on: On::default() }
    }
}

impl Input {
    /// The answer to a `Feed`: what is there of the caller's file at `offset`, at most as much as was asked for. Nothing is its
    /// end.
    pub fn body(offset: u64, chunk: impl Into<Bytes>) -> Self {
        let chunk = chunk.into();
        if chunk.is_empty() { Self::BodyEnd } else { Self::Body { offset, chunk } }
    }

    /// The same, of a file in memory.
    #[must_use]
    pub fn body_of(file: &[u8], offset: u64, max: usize) -> Self {
        let rest = usize::try_from(offset).ok().and_then(|offset| file.get(offset..)).unwrap_or_default();
        Self::body(offset, Bytes::copy_from_slice(&rest[..rest.len().min(max)]))
    }

    /// The same, of a file that `read` reads from at `offset`: it says how many bytes it put there.
    ///
    /// # Errors
    /// That of `read`. Say `BodyGone`, or end the call.
    pub fn body_by<E>(offset: u64, max: usize, read: impl FnOnce(&mut [u8]) -> Result<usize, E>) -> Result<Self, E> {
        let mut piece = vec![0; max];
        let count = read(&mut piece)?;
        piece.truncate(count);
        Ok(Self::body(offset, piece))
    }

    /// The exchange that it is about, if it is about one.
    #[must_use]
    pub fn at(&self) -> Option<ExchangeId> {
        match self {
            Self::Connected { at }
            | Self::Wrote { at }
            | Self::Head { at, .. }
            | Self::Data { at, .. }
            | Self::End { at }
            | Self::Failed { at, .. } => Some(*at),
            Self::Body { .. } | Self::BodyEnd | Self::BodyGone | Self::Cancel => None,
        }
    }
}

impl<T, F: fmt::Debug> fmt::Debug for Action<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { at, head, length } => write!(f, "Open #{} {head:?} {length:?}", at.0),
            Self::Write { at, chunk } => write!(f, "Write #{} {} bytes", at.0, chunk.len()),
            Self::Finish { at } => write!(f, "Finish #{}", at.0),
            Self::Abort { at } => write!(f, "Abort #{}", at.0),
            Self::Feed { offset, max } => write!(f, "Feed {offset}, at most {max}"),
            Self::Data { offset, chunk } => write!(f, "Data {offset}, {} bytes", chunk.len()),
            Self::Note(note) => write!(f, "Note {note:?}"),
            Self::Wait { until, why, on } => write!(f, "Wait for {why:?} until {until:?} on {on:?}"),
            Self::Done(Ok(_)) => f.write_str("Done"),
            Self::Done(Err(error)) => write!(f, "Done {:?}", error.kind),
        }
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected { at } => write!(f, "Connected #{}", at.0),
            Self::Wrote { at } => write!(f, "Wrote #{}", at.0),
            Self::Head { at, head } => write!(f, "Head #{} {head:?}", at.0),
            Self::Data { at, chunk } => write!(f, "Data #{} {} bytes", at.0, chunk.len()),
            Self::End { at } => write!(f, "End #{}", at.0),
            Self::Failed { at, failure, phase, detail: _ } => write!(f, "Failed #{} {failure:?} in {phase:?}", at.0),
            Self::Body { offset, chunk } => write!(f, "Body {offset}, {} bytes", chunk.len()),
            Self::BodyEnd => f.write_str("BodyEnd"),
            Self::BodyGone => f.write_str("BodyGone"),
            Self::Cancel => f.write_str("Cancel"),
        }
    }
}
