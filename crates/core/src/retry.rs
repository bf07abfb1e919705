//! Whether to try again, and when: a pure function.

use core::time::Duration;

use http::{HeaderMap, HeaderName, header};
use serde::{Deserialize, Serialize};

use crate::{FaultClass, Phase, Repeat};

/// How often and how patiently to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// The longest pause after the first attempt; it doubles with each further one.
    pub base: Duration,
    /// The longest pause of all, beside what the peer asks for.
    pub cap: Duration,
    /// The longest wait that the peer may ask for (`Retry-After`). A pause is added to it, so that not all who were told the
    /// same come back at once. Who asks for more is not asked again: it would only refuse again. Where an attempt of an
    /// operation that is [`Telling`](Repeat::Telling) may have been carried out, no wait is longer than `cap`.
    pub retry_after: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let (base, cap) = (Duration::from_millis(200), Duration::from_secs(10));
        Self { attempts: 4, base, cap, retry_after: Duration::from_secs(60) }
    }
}

/// What went wrong with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The transport broke, or the peer was silent for too long.
    Broken,
    /// There is no TLS with the peer, nor will be: its certificate is not accepted, or the handshake failed. Nothing was sent.
    NoTls,
    /// The service answered with a failure.
    Fault(FaultClass),
    /// The answer was no answer (malformed, over a limit).
    Malformed,
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// Attempts so far.
    pub attempts: u32,
    /// How far the last one came.
    pub phase: Phase,
    /// What went wrong with it.
    pub cause: Cause,
    /// Whether the operation may be repeated.
    pub repeat: Repeat,
    /// What the peer asked for.
    pub retry_after: Option<Duration>,
    /// Time left for the whole call.
    pub left: Option<Duration>,
}

/// The answer of [`Policy::decide`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Not worth it, or not allowed any more: report what happened.
    Stop,
    /// Not safe: the operation may have been carried out, and nobody knows.
    Unknown,
    /// Try again after this pause.
    After(Duration),
}

impl Policy {
    /// Whether to try again. `jitter` is any 64 bits: the pause is that fraction of the longest one (full jitter).
    #[must_use]
    pub fn decide(&self, tried: &Tried, jitter: u64) -> Decision {
        let unsent = tried.phase <= Phase::Connect;
        let safe = unsent || tried.repeat != Repeat::Unsafe;
        match tried.cause {
            Cause::Fault(FaultClass::Permanent | FaultClass::Session) | Cause::Malformed | Cause::NoTls => return Decision::Stop,
            Cause::Broken if !safe => return Decision::Unknown,
            Cause::Fault(FaultClass::Transient) if !safe => return Decision::Stop,
            Cause::Broken | Cause::Fault(FaultClass::Transient) => {}
        }
        let wish = tried.retry_after.unwrap_or_default();
        // What may be done already is not done again after a long time: what was named may be another thing by then.
        let longest = if unsent || tried.repeat != Repeat::Telling { self.retry_after } else { self.retry_after.min(self.cap) };
        let pause = self.pause(tried.attempts, jitter).saturating_add(wish);
        if wish > longest || tried.attempts >= self.attempts || tried.left.is_some_and(|left| left <= pause) {
            return Decision::Stop;
        }
        Decision::After(pause)
    }

    /// Full jitter: any part of what doubles with each attempt, up to the cap.
    fn pause(&self, attempts: u32, jitter: u64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        let share = (jitter >> 32) as u32;
        let nanos = (longest.as_nanos() * u128::from(share)) >> 32;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }
}

/// What the peer asks for with `Retry-After`: seconds, or a date, which counts from the answer's own `Date`: the peer's
/// clock and ours may differ.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wish = text(header::RETRY_AFTER)?;
    if !wish.is_empty() && wish.bytes().all(|digit| digit.is_ascii_digit()) {
        return Some(wish.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let (wish, now) = (httpdate::parse_http_date(wish).ok()?, httpdate::parse_http_date(text(header::DATE)?).ok()?);
    // A moment that is past is no wish.
    Some(wish.duration_since(now).unwrap_or_default())
}

/// Retries that all calls of one client may spend together, so that an outage is not multiplied by retrying.
///
/// Full at 100 by default; a retry takes 5, a success gives 1 back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    left: u32,
    full: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(100)
    }
}

impl Budget {
    const RETRY: u32 = 5;

    /// A full budget.
    #[must_use]
    pub fn new(full: u32) -> Self {
        Self { left: full, full }
    }

    /// Takes one retry's worth; false, and nothing taken, when there is not enough. For machines that make several calls.
    #[must_use]
    pub fn take(&mut self) -> bool {
        let enough = self.left >= Self::RETRY;
        if enough {
            self.left -= Self::RETRY;
        }
        enough
    }

    /// A call succeeded.
    pub fn refund(&mut self) {
        self.left = self.full.min(self.left.saturating_add(1));
    }

    /// What is left.
    #[must_use]
    pub fn left(&self) -> u32 {
        self.left
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIED: Tried =
        Tried { attempts: 1, phase: Phase::Await, cause: Cause::Broken, repeat: Repeat::Safe, retry_after: None, left: None };

    fn decide(tried: Tried) -> Decision {
        Policy::default().decide(&tried, u64::MAX)
    }

    #[test]
    fn a_lost_reply_of_an_unsafe_operation_is_unknown_and_an_unsent_one_is_tried_again() {
        let lost = Tried { repeat: Repeat::Unsafe, ..TRIED };
        assert_eq!(decide(lost), Decision::Unknown);
        assert!(matches!(decide(Tried { phase: Phase::Connect, ..lost }), Decision::After(_)));
        assert!(matches!(decide(TRIED), Decision::After(_)));
    }

    #[test]
    fn permanent_faults_and_malformed_answers_are_final() {
        assert_eq!(decide(Tried { cause: Cause::Fault(FaultClass::Permanent), ..TRIED }), Decision::Stop);
        assert_eq!(decide(Tried { cause: Cause::Malformed, ..TRIED }), Decision::Stop);
    }

    #[test]
    fn a_peer_that_cannot_be_trusted_is_not_asked_again() {
        assert_eq!(decide(Tried { cause: Cause::NoTls, phase: Phase::Connect, ..TRIED }), Decision::Stop);
    }

    #[test]
    fn attempts_and_time_end() {
        assert_eq!(decide(Tried { attempts: 4, ..TRIED }), Decision::Stop);
        assert_eq!(decide(Tried { left: Some(Duration::from_millis(10)), ..TRIED }), Decision::Stop);
    }

    #[test]
    fn pauses_double_up_to_the_cap() {
        let policy = Policy { attempts: 99, ..Policy::default() };
        for attempts in 1..40 {
            let Decision::After(pause) = policy.decide(&Tried { attempts, ..TRIED }, u64::MAX) else { panic!("{attempts}") };
            assert!(pause <= policy.cap, "{attempts}: {pause:?}");
            // All but the last 2^-32 of it.
            let longest = Duration::from_millis(200 << (attempts - 1).min(10)).min(policy.cap);
            assert!(longest - pause < Duration::from_micros(1), "{attempts}: {pause:?}");
            assert_eq!(policy.decide(&Tried { attempts, ..TRIED }, 0), Decision::After(Duration::ZERO));
        }
    }

    #[test]
    fn a_wish_of_the_peer_is_granted_within_bounds() {
        let policy = Policy::default();
        let wish = |seconds| Tried { retry_after: Some(Duration::from_secs(seconds)), ..TRIED };
        assert_eq!(policy.decide(&wish(60), 0), Decision::After(Duration::from_secs(60)));
        assert_eq!(policy.decide(&wish(61), 0), Decision::Stop);
        let telling = |seconds| Tried { repeat: Repeat::Telling, ..wish(seconds) };
        assert_eq!(policy.decide(&telling(10), 0), Decision::After(Duration::from_secs(10)));
        assert_eq!(policy.decide(&telling(11), 0), Decision::Stop);
        let unsent = Tried { phase: Phase::Connect, ..telling(11) };
        assert_eq!(policy.decide(&unsent, 0), Decision::After(Duration::from_secs(11)));
        let Decision::After(pause) = policy.decide(&wish(7), u64::MAX) else { panic!() };
        assert!(pause > Duration::from_millis(7199) && pause <= Duration::from_millis(7200), "{pause:?}");
    }

    #[test]
    fn a_wish_is_a_number_of_seconds_or_a_date() {
        let wish = |wish: &str, date: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, wish.parse().unwrap());
            headers.extend(date.map(|date| (header::DATE, date.parse().unwrap())));
            retry_after(&headers)
        };
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wish(" 7 ", None), seconds(7));
        assert_eq!(wish("99999999999999999999999", None), Some(Duration::MAX));
        assert_eq!(wish("Sun, 06 Nov 1994 08:50:07 GMT", date), seconds(30));
        assert_eq!(wish("Sunday, 06-Nov-94 08:50:07 GMT", date), seconds(30));
        assert_eq!(wish("Sun Nov  6 08:50:07 1994", date), seconds(30));
        assert_eq!(wish("Sun, 06 Nov 1994 08:49:00 GMT", date), seconds(0), "it is past");
        assert_eq!(wish("Sun, 06 Nov 1994 08:50:07 GMT", None), None, "whose clock?");
        for nonsense in ["", "soon", "-1", "1.5", "+3", "Sun, 06 Nov 1994"] {
            assert_eq!(wish(nonsense, date), None, "{nonsense}");
        }
    }

    #[test]
    fn a_budget_runs_dry_and_fills_again() {
        let mut budget = Budget::new(10);
        assert!(budget.take() && budget.take() && !budget.take());
        (0..50).for_each(|_| budget.refund());
        assert_eq!(budget.left(), 10);
        let mut endless = Budget::new(u32::MAX);
        endless.refund();
        assert_eq!(endless.left(), u32::MAX);
    }
}
