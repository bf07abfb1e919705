//! Properties of the one decision: whether to try again.

use core::time::Duration;

use larder_core::{Cause, Decision, FaultClass, Phase, Policy, Repeat, Tried};
use proptest::prelude::*;

fn causes() -> impl Strategy<Value = Cause> {
    prop_oneof![
        Just(Cause::Broken),
        Just(Cause::Malformed),
        Just(Cause::Fault(FaultClass::Permanent)),
        Just(Cause::Fault(FaultClass::Transient)),
        Just(Cause::Fault(FaultClass::Session)),
    ]
}

fn phases() -> impl Strategy<Value = Phase> {
    prop_oneof![Just(Phase::Idle), Just(Phase::Connect), Just(Phase::Send), Just(Phase::Await), Just(Phase::Receive)]
}

fn durations() -> impl Strategy<Value = Duration> {
    prop_oneof![Just(Duration::ZERO), (0..100_000_u64).prop_map(Duration::from_millis), Just(Duration::MAX)]
}

fn tried() -> impl Strategy<Value = Tried> {
    let repeat = prop_oneof![Just(Repeat::Safe), Just(Repeat::Telling), Just(Repeat::Unsafe)];
    let attempts = prop_oneof![0..50_u32, Just(u32::MAX)];
    let parts = (attempts, phases(), causes(), repeat, proptest::option::of(durations()), proptest::option::of(durations()));
    parts.prop_map(|(attempts, phase, cause, repeat, retry_after, left)| Tried {
        attempts,
        phase,
        cause,
        repeat,
        retry_after,
        left,
    })
}

fn policies() -> impl Strategy<Value = Policy> {
    let parts = (0..20_u32, durations(), durations(), durations());
    parts.prop_map(|(attempts, base, cap, retry_after)| Policy { attempts, base, cap, retry_after })
}

proptest! {
    #[test]
    fn a_pause_is_never_longer_than_the_cap_nor_than_what_is_left(policy in policies(), tried in tried(), jitter: u64) {
        if let Decision::After(pause) = policy.decide(&tried, jitter) {
            let wish = tried.retry_after.unwrap_or_default();
            prop_assert!(wish <= policy.retry_after);
            prop_assert!(pause >= wish && pause - wish <= policy.cap, "{pause:?}");
            prop_assert!(tried.left.is_none_or(|left| pause < left));
            prop_assert!(tried.attempts < policy.attempts);
        }
    }

    #[test]
    fn unknown_means_unsafe_and_broken_after_something_was_sent(policy in policies(), tried in tried(), jitter: u64) {
        let unknown = policy.decide(&tried, jitter) == Decision::Unknown;
        let unsafe_and_sent = tried.repeat == Repeat::Unsafe && tried.phase > Phase::Connect;
        prop_assert_eq!(unknown, unsafe_and_sent && tried.cause == Cause::Broken);
    }

    #[test]
    fn what_was_sent_and_is_unsafe_is_never_sent_again(policy in policies(), tried in tried(), jitter: u64) {
        if tried.repeat == Repeat::Unsafe && tried.phase > Phase::Connect {
            prop_assert!(!matches!(policy.decide(&tried, jitter), Decision::After(_)));
        }
    }

    #[test]
    fn more_attempts_never_make_another_likelier(policy in policies(), tried in tried(), jitter: u64, more in 1..10_u32) {
        let later = Tried { attempts: tried.attempts.saturating_add(more), ..tried };
        if policy.decide(&tried, jitter) == Decision::Stop && tried.left.is_none() {
            prop_assert_eq!(policy.decide(&later, jitter), Decision::Stop);
        }
    }

    #[test]
    fn more_jitter_never_shortens_a_pause(policy in policies(), tried in tried(), low: u64, high: u64) {
        let (low, high) = (low.min(high), low.max(high));
        let unlimited = Tried { left: None, ..tried };
        if let (Decision::After(short), Decision::After(long)) =
            (policy.decide(&unlimited, low), policy.decide(&unlimited, high))
        {
            prop_assert!(short <= long);
        }
    }
}
