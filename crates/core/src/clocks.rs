//! How long to wait for what.

use core::time::Duration;

use crate::{Kind, Meta, Pace, Time};

/// The clocks of one call. `None` switches a clock off.
///
/// The connect clock is the transport's: it alone knows when it is connecting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clocks {
    /// From the request's last byte to the answer's head.
    pub first_byte: Option<Duration>,
    /// Between two signs of life, counted only while we wait for the peer: never while we wait for the caller.
    pub stall: Option<Duration>,
    /// The whole call with all its attempts and waits.
    pub total: Option<Duration>,
}

impl Clocks {
    /// The defaults for a kind of operation: a message ends within a minute, a transfer as long as it moves.
    #[must_use]
    pub fn for_kind(kind: Kind) -> Self {
        let transfer = Self {
            // A service may store a large file before it answers.
            first_byte: Some(Duration::from_secs(120)),
            stall: Some(Duration::from_secs(30)),
            total: None,
        };
        match kind {
            Kind::Unary => Self { first_byte: Some(Duration::from_secs(30)), total: Some(Duration::from_secs(60)), ..transfer },
            Kind::Upload | Kind::Download => transfer,
        }
    }

    /// The defaults for an operation: those of its kind, four times as patient where its answer is known to take long.
    #[must_use]
    pub fn of(meta: &Meta) -> Self {
        let usual = Self::for_kind(meta.kind);
        match meta.pace {
            Pace::Usual => usual,
            Pace::Slow => {
                let longer = |clock: Option<Duration>| clock.map(|clock| clock * 4);
                Self { first_byte: longer(usual.first_byte), total: longer(usual.total), ..usual }
            }
        }
    }
}

/// What a machine is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Another call's login.
    Session,
    /// The peer to take what was written.
    Room,
    /// The answer's head.
    Answer,
    /// More of the answer, or of the request on the serving side.
    Data,
    /// The caller's next piece of the file.
    Body,
    /// The pause before another attempt.
    Backoff,
    /// The embedder's word: who the caller is, or the reply.
    Embedder,
    /// The end of the whole call.
    Total,
}

/// The earlier of a step's own limit and the call's end, with the reason.
#[must_use]
pub(crate) fn earlier(step: Option<Time>, why: Why, total: Option<Time>) -> (Option<Time>, Why) {
    match (step, total) {
        (Some(step), Some(total)) if total < step => (Some(total), Why::Total),
        (None, Some(total)) => (Some(total), why),
        (step, _) => (step, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verb;

    #[test]
    fn a_slow_operation_has_longer_clocks() {
        let usual = Meta::unary("A", "b", Verb::Post);
        assert_eq!(Clocks::of(&usual), Clocks::for_kind(Kind::Unary));
        let slow = Clocks::of(&usual.slow());
        assert_eq!((slow.first_byte, slow.total), (Some(Duration::from_secs(120)), Some(Duration::from_secs(240))));
    }
}
