//! What a client tells of its calls while they run: for logs, spans and metrics.
//!
//! Nothing here is global: an [`Observer`] stands in the options of a client, and hears of that client's calls alone. What it
//! is told holds no secret: heads, bodies and tokens do not come this way.

use core::time::Duration;
use std::error::Error as StdError;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use larder_core::{CallResult, ErrorKind, Fault, Meta, Note};

/// Hears what becomes of a client's calls. Any `Fn(&Event)` is one.
///
/// It is called in the middle of a call, on whatever thread drives it: it must not block. When it panics, the call goes on, and
/// this observer is told no more of that call (the panic is still reported by the program's panic hook).
pub trait Observer: Send + Sync {
    /// Something happened. Events of one call come in order, and one at a time; those of different calls mix.
    fn on(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn on(&self, event: &Event<'_>) {
        self(event);
    }
}

/// Something that happened in a call.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The call's number: unique within its client, from 1 on.
    pub call: u64,
    /// The operation that the caller asked for.
    pub operation: &'a Meta,
    /// The host (and port) of the service that it was asked of.
    pub host: &'a str,
    /// The time since the call began.
    pub elapsed: Duration,
    /// What happened.
    pub what: What<'a>,
}

/// What can happen in a call.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum What<'a> {
    /// It began: the first event of each call.
    Started,
    /// Something that its machine found worth telling.
    Note(Note),
    /// It is over: the last event of each call, also of one that was dropped.
    Ended(Ended<'a>),
}

/// How a call ended, and what it moved.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Ended<'a> {
    /// How.
    pub outcome: Outcome<'a>,
    /// Bytes of request bodies that were handed to connections, in all attempts together.
    pub sent: u64,
    /// Bytes of answers' bodies that came, in all attempts together.
    pub received: u64,
}

/// How a call ended.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// Well.
    Done,
    /// With an error.
    Failed {
        /// One word for its kind, the same in every version: `encode`, `no_session`, `fault`, `peer`, `failure`,
        /// `outcome_unknown`, `deadline`, `body`, `content` or `cancelled`.
        kind: &'static str,
        /// The whole of it.
        error: &'a (dyn StdError + 'static),
    },
    /// Its future was dropped.
    Dropped,
}

impl Outcome<'_> {
    /// One word for it: `done`, `dropped`, or the error's kind.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed { kind, .. } => kind,
            Self::Dropped => "dropped",
        }
    }
}

/// One call, as its client's observer hears of it. Both drivers tell it what they do.
pub(crate) struct Watch(Option<Watched>);

struct Watched {
    observer: Arc<dyn Observer>,
    call: u64,
    operation: &'static Meta,
    host: String,
    began: Instant,
    sent: u64,
    received: u64,
}

impl Watch {
    /// A call begins. Without an observer, nothing is counted or kept.
    pub(crate) fn begin(
        observer: Option<&Arc<dyn Observer>>,
        call: impl FnOnce() -> u64,
        (operation, host): (&'static Meta, &str),
    ) -> Self {
        let mut watch = Self(observer.map(|observer| Watched {
            observer: Arc::clone(observer),
            call: call(),
            operation,
            host: host.to_owned(),
            began: Instant::now(),
            sent: 0,
            received: 0,
        }));
        watch.tell(What::Started);
        watch
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.tell(What::Note(note));
    }

    /// A piece of a request's body goes out.
    pub(crate) fn sent(&mut self, bytes: usize) {
        if let Some(watched) = &mut self.0 {
            watched.sent += bytes as u64;
        }
    }

    /// A piece of an answer's body came.
    pub(crate) fn received(&mut self, bytes: usize) {
        if let Some(watched) = &mut self.0 {
            watched.received += bytes as u64;
        }
    }

    pub(crate) fn end<T, F: Fault>(&mut self, result: &CallResult<T, F>) {
        self.end_as(match result {
            Ok(_) => Outcome::Done,
            Err(error) => Outcome::Failed { kind: label(&error.kind), error: &**error },
        });
    }

    fn end_as(&mut self, outcome: Outcome<'_>) {
        if let Some(Watched { sent, received, .. }) = self.0 {
            self.tell(What::Ended(Ended { outcome, sent, received }));
            self.0 = None;
        }
    }

    fn tell(&mut self, what: What<'_>) {
        let Some(Watched { observer, call, operation, host, began, .. }) = &self.0 else { return };
        let event = Event { call: *call, operation, host, elapsed: began.elapsed(), what };
        // A call's outcome must not hang on who looks on.
        if catch_unwind(AssertUnwindSafe(|| observer.on(&event))).is_err() {
            self.0 = None;
        }
    }
}

/// A call that is dropped ends, too.
impl Drop for Watch {
    fn drop(&mut self) {
        self.end_as(Outcome::Dropped);
    }
}

fn label<F>(kind: &ErrorKind<F>) -> &'static str {
    match kind {
        ErrorKind::Encode(_) => "encode",
        ErrorKind::NoSession => "no_session",
        ErrorKind::Fault(_) => "fault",
        ErrorKind::Peer(_) => "peer",
        ErrorKind::Failure(_) => "failure",
        ErrorKind::OutcomeUnknown(_) => "outcome_unknown",
        ErrorKind::Deadline(_) => "deadline",
        ErrorKind::Body(_) => "body",
        ErrorKind::Content(_) => "content",
        ErrorKind::Cancelled => "cancelled",
        _ => "other",
    }
}
