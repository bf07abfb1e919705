//! Whether to try again, and when: a pure function.

use core::time::Duration;

use crate::{FaultClass, Phase, Repeat};

/// How often and how patiently to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// The longest pause after the first attempt; it doubles with each further one.
    pub base: Duration,
    /// The longest pause of all, also for what the peer asks for.
    pub cap: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self { attempts: 4, base: Duration::from_millis(200), cap: Duration::from_secs(10) }
    }
}

/// What went wrong with an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The transport broke, or the peer was silent for too long.
    Broken,
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
            Cause::Fault(FaultClass::Permanent | FaultClass::Session) | Cause::Malformed => return Decision::Stop,
            Cause::Broken if !safe => return Decision::Unknown,
            Cause::Fault(FaultClass::Transient) if !safe => return Decision::Stop,
            Cause::Broken | Cause::Fault(FaultClass::Transient) => {}
        }
        let pause = self.pause(tried, jitter);
        if tried.attempts >= self.attempts || tried.left.is_some_and(|left| left <= pause) {
            return Decision::Stop;
        }
        Decision::After(pause)
    }

    fn pause(&self, tried: &Tried, jitter: u64) -> Duration {
        let doubled = 2_u32.saturating_pow(tried.attempts.saturating_sub(1));
        let longest = self.base.saturating_mul(doubled).min(self.cap);
        let share = (jitter >> 32) as u32;
        let nanos = (longest.as_nanos() * u128::from(share)) >> 32;
        let jittered = Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        jittered.max(tried.retry_after.unwrap_or_default().min(self.cap))
    }
}

/// Retries that all calls of one client may spend together, so that an outage is not multiplied by retrying.
///
/// Full at 100 by default; a retry takes 5, a success gives 1 back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        self.left = self.full.min(self.left + 1);
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
    fn attempts_and_time_end() {
        assert_eq!(decide(Tried { attempts: 4, ..TRIED }), Decision::Stop);
        assert_eq!(decide(Tried { left: Some(Duration::from_millis(10)), ..TRIED }), Decision::Stop);
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_a_wish_is_bounded() {
        let policy = Policy { attempts: 99, ..Policy::default() };
        for attempts in 1..40 {
            let Decision::After(pause) = policy.decide(&Tried { attempts, ..TRIED }, u64::MAX) else { panic!("{attempts}") };
            assert!(pause <= policy.cap, "{attempts}: {pause:?}");
        }
        let wish = Tried { retry_after: Some(Duration::from_secs(3600)), ..TRIED };
        assert_eq!(policy.decide(&wish, 0), Decision::After(policy.cap));
    }

    #[test]
    fn a_budget_runs_dry_and_fills_again() {
        let mut budget = Budget::new(10);
        assert!(budget.take() && budget.take() && !budget.take());
        (0..50).for_each(|_| budget.refund());
        assert_eq!(budget.left(), 10);
    }
}
