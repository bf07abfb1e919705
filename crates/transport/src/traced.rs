//! An observer that makes spans, for programs that use the crate `tracing`.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use larder_core::Note;
use tracing::field::{Empty, display};
use tracing::{Span, debug, debug_span, info, warn};

use crate::observe::{Ended, Event, Observer, Outcome, What};

/// Makes one span of each call, and an event of each thing worth telling in it.
///
/// The span `call` has the fields `operation`, `host`, `attempt` (how many were made, logins included), `outcome` (a word of
/// [`Outcome::label`]), `elapsed_ms`, `sent` and `received` (bytes of bodies). It is a child of the span in which the call was
/// first polled. Attempts are told at the level debug, what a call did beyond the ordinary (retries, logins, resumed
/// transfers) at info, its failure at warn.
#[derive(Debug, Default)]
pub struct Tracing {
    /// The calls under way: their spans, and the attempts so far.
    calls: Mutex<BTreeMap<u64, (Span, u32)>>,
}

impl Tracing {
    /// For the options of one client.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn calls(&self) -> MutexGuard<'_, BTreeMap<u64, (Span, u32)>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call's span, and how many attempts were made with this event.
    fn span(&self, event: &Event<'_>, is_attempt: bool) -> Option<(Span, u32)> {
        let mut calls = self.calls();
        let (span, attempts) = calls.get_mut(&event.call)?;
        *attempts += u32::from(is_attempt);
        Some((span.clone(), *attempts))
    }
}

impl Observer for Tracing {
    fn on(&self, event: &Event<'_>) {
        match event.what {
            What::Started => {
                // Made before the lock is taken: a subscriber may make calls of its own.
                let span = started(event);
                self.calls().insert(event.call, (span, 0));
            }
            What::Note(note) => {
                if let Some((span, attempts)) = self.span(event, matches!(note, Note::Attempted(_))) {
                    tell(&span, attempts, &note);
                }
            }
            What::Ended(ended) => {
                let call = self.calls().remove(&event.call);
                if let Some((span, _)) = call {
                    end(&span, event, &ended);
                }
            }
        }
    }
}

fn started(event: &Event<'_>) -> Span {
    debug_span!(
        "call",
        operation = display(event.operation),
        host = event.host,
        attempt = Empty,
        outcome = Empty,
        elapsed_ms = Empty,
        sent = Empty,
        received = Empty
    )
}

fn tell(span: &Span, attempts: u32, note: &Note) {
    if let Note::Attempted(attempted) = note {
        span.record("attempt", attempts);
        let (operation, took_ms) = (display(attempted.operation), millis(attempted.took));
        debug!(parent: span, operation, took_ms, phase = ?attempted.phase, verdict = ?attempted.verdict, "attempt");
    } else if let Note::Acknowledged { bytes } = note {
        debug!(parent: span, bytes, "acknowledged");
    } else {
        info!(parent: span, "{note:?}");
    }
}

fn end(span: &Span, event: &Event<'_>, ended: &Ended<'_>) {
    span.record("outcome", ended.outcome.label());
    span.record("elapsed_ms", millis(event.elapsed));
    span.record("sent", ended.sent);
    span.record("received", ended.received);
    if let Outcome::Failed { kind, error } = ended.outcome {
        warn!(parent: span, kind, error = display(error), "failed");
    }
}

fn millis(time: core::time::Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
