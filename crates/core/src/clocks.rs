//! How long to wait for what.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Kind, Meta, Pace, Time};

/// How long to wait for one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Clock {
    /// As long as whoever is asked next says: a call asks its client, a client the operation's defaults.
    #[default]
    Unset,
    /// For ever.
    Off,
    /// This long.
    After(Duration),
}

impl Clock {
    /// This clock, or the other where this one is not set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match self {
            Self::Unset => other,
            Self::Off | Self::After(_) => self,
        }
    }

    /// How long it runs; none when it is off or not set.
    #[must_use]
    pub const fn limit(self) -> Option<Duration> {
        match self {
            Self::After(limit) => Some(limit),
            Self::Unset | Self::Off => None,
        }
    }
}

impl From<Duration> for Clock {
    fn from(limit: Duration) -> Self {
        Self::After(limit)
    }
}

const fn seconds(seconds: u64) -> Clock {
    Clock::After(Duration::from_secs(seconds))
}

/// The clocks of one call. None is set by default: those of [`Clocks::of`] are then the call's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Clocks {
    /// Until there is a connection: name resolution, TCP and TLS together.
    pub connect: Clock,
    /// From the request's last byte to the answer's head.
    pub first_byte: Clock,
    /// One attempt, from its beginning to its end.
    pub attempt: Clock,
    /// Between two signs of life, counted only while we wait for the peer: never while we wait for the caller.
    pub stall: Clock,
    /// The whole call with all its attempts and waits. A login that the call leads is a message, and all other calls wait
    /// for it: it has at most a minute, or as long as `attempt` if that is longer, even where this is off.
    pub total: Clock,
}

impl Clocks {
    /// These clocks, and the others where these are not set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            connect: self.connect.or(other.connect),
            first_byte: self.first_byte.or(other.first_byte),
            attempt: self.attempt.or(other.attempt),
            stall: self.stall.or(other.stall),
            total: self.total.or(other.total),
        }
    }

    /// The defaults for a kind of operation: a message ends within a minute, a transfer as long as it moves.
    #[must_use]
    pub const fn for_kind(kind: Kind) -> Self {
        let transfer = Self {
            connect: seconds(10),
            // A service may store a large file before it answers.
            first_byte: seconds(120),
            attempt: Clock::Off,
            stall: seconds(30),
            total: Clock::Off,
        };
        match kind {
            Kind::Unary => Self { first_byte: seconds(30), total: seconds(60), ..transfer },
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
                let longer = |clock: Clock| clock.limit().map_or(clock, |limit| Clock::After(limit * 4));
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
    /// Another transfer to end: see [`Permits`](crate::Permits).
    Permit,
    /// The connection.
    Connect,
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
    fn the_calls_own_end_is_told_only_where_it_comes_first() {
        let at = |seconds| Some(Time(Duration::from_secs(seconds)));
        assert_eq!(earlier(at(5), Why::Data, at(4)), (at(4), Why::Total));
        assert_eq!(earlier(at(5), Why::Data, at(5)), (at(5), Why::Data));
        assert_eq!(earlier(at(5), Why::Data, at(6)), (at(5), Why::Data));
        assert_eq!(earlier(None, Why::Data, at(6)), (at(6), Why::Data));
        assert_eq!(earlier(at(5), Why::Data, None), (at(5), Why::Data));
    }

    #[test]
    fn a_slow_operation_has_longer_clocks() {
        let usual = Meta::unary("A", "b", Verb::Post);
        assert_eq!(Clocks::of(&usual), Clocks::for_kind(Kind::Unary));
        let slow = Clocks::of(&usual.slow());
        assert_eq!((slow.first_byte, slow.total), (seconds(120), seconds(240)));
    }
}
