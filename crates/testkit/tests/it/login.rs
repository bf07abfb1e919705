//! Many calls, one session: one of them logs in, and the others wait for it.

use core::time::Duration;

use larder_core::ErrorKind;
use larder_proto_nvx::imfs::FolderListing;
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::{Pair, Plan, Ticket};

use crate::nvx::{self, Little};

const MANY: usize = 200;

fn many(pair: &mut Pair<Nvx, Little>) -> Vec<Ticket<Nvx, FolderListing>> {
    (0..MANY).map(|_| pair.start(nvx::list(), nvx::json())).collect()
}

/// The login takes so long each way; everything else no time at all.
fn slow_login(pair: &mut Pair<Nvx, Little>, seconds: u64) {
    let plan = Plan::delay(Duration::from_secs(seconds), Duration::from_secs(seconds));
    pair.link(move |opening| if opening.nth == 0 { plan.clone() } else { Plan::default() });
}

fn succeeded(calls: &[Ticket<Nvx, FolderListing>]) -> usize {
    calls.iter().filter(|call| call.outcome().is_some_and(|ended| ended.is_ok())).count()
}

#[test]
fn two_hundred_calls_log_in_once() {
    let mut pair = nvx::pair();
    let calls = many(&mut pair);
    pair.run();
    assert_eq!((succeeded(&calls), pair.service.logins, pair.service.asked), (MANY, 1, MANY as u32));
}

#[test]
fn also_when_the_login_takes_its_time() {
    let mut pair = nvx::pair();
    slow_login(&mut pair, 4);
    let calls = many(&mut pair);
    pair.run();
    assert_eq!((succeeded(&calls), pair.service.logins), (MANY, 1));
    assert_eq!(pair.exchanges(), 1 + MANY);
}

#[test]
fn a_leader_that_is_dropped_is_taken_over_at_once() {
    let mut pair = nvx::pair();
    slow_login(&mut pair, 5);
    let calls = many(&mut pair);
    pair.run_until(|pair| pair.now().0 >= Duration::from_secs(5));
    pair.abandon(&calls[0]);
    pair.run();
    assert_eq!(succeeded(&calls[1..]), MANY - 1);
    assert!(calls[0].outcome().is_none());
    assert_eq!(pair.exchanges(), 2 + MANY - 1, "two logins were begun, each other call sent one request");
    assert_eq!(pair.now().0, Duration::from_secs(10), "nobody waited for anything but the wire");
}

#[test]
fn a_leader_that_is_cancelled_is_taken_over_at_once() {
    let mut pair = nvx::pair();
    slow_login(&mut pair, 5);
    let calls = many(&mut pair);
    pair.run_until(|pair| pair.now().0 >= Duration::from_secs(5));
    pair.cancel(&calls[0]);
    pair.run();
    assert_eq!(calls[0].outcome().unwrap().unwrap_err().kind, ErrorKind::Cancelled);
    assert_eq!(succeeded(&calls[1..]), MANY - 1);
    assert_eq!(pair.exchanges(), 2 + MANY - 1);
}

#[test]
fn a_login_that_is_never_answered_is_tried_again_in_time() {
    let mut pair = nvx::pair();
    let first = pair.start(nvx::list(), nvx::json());
    slow_login(&mut pair, 100);
    pair.run_until(|pair| pair.exchanges() == 1);
    let calls = many(&mut pair);
    pair.run();
    assert_eq!(succeeded(&calls), MANY);
    assert!(first.outcome().unwrap().is_ok(), "it tries again, and the others pass with its session");
    insta::assert_snapshot!(crate::notes(&pair, &[0, 1]));
}

#[test]
fn a_login_that_takes_its_time_is_waited_for() {
    let mut pair = nvx::pair();
    // Body and end of the request take fifteen seconds each, body and end of the answer five: no clock of its own runs out.
    let slow = Plan::delay(Duration::from_secs(15), Duration::from_secs(5));
    pair.link(move |opening| if opening.nth == 0 { slow.clone() } else { Plan::default() });
    let calls: Vec<_> = (0..3).map(|_| pair.start(nvx::list(), nvx::json())).collect();
    pair.run();
    assert_eq!((succeeded(&calls), pair.service.logins, pair.exchanges()), (3, 1, 4));
    assert_eq!(pair.now().0, Duration::from_secs(40));
}

#[test]
fn a_login_whose_clocks_are_off_still_ends_and_nobody_logs_in_beside_it() {
    let off = larder_core::Clocks { first_byte: larder_core::Clock::Off, total: larder_core::Clock::Off, ..nvx::json().clocks };
    let patient = || larder_core::Settings { clocks: off, ..nvx::json() };
    let run = |one_way: u64| {
        let mut pair = nvx::pair();
        let slow = Plan::delay(Duration::from_secs(one_way), Duration::from_secs(one_way));
        pair.link(move |opening| if opening.nth == 0 { slow.clone() } else { Plan::default() });
        let calls: Vec<_> = (0..3).map(|_| pair.start(nvx::list(), patient())).collect();
        pair.run_until(|pair| pair.exchanges() == 2 || pair.trace().contains("Done"));
        let at = pair.now().0;
        pair.run();
        (at, pair.service.logins, succeeded(&calls))
    };
    // Nothing is heard of it for longer than a call's others would wait for one whose driver is gone.
    assert_eq!(run(12), (Duration::from_secs(36), 1, 3));
    // It would take 75 s: a message has a minute, for all who wait.
    let (at, _, succeeded) = run(25);
    assert_eq!((at, succeeded), (Duration::from_secs(60), 0));
}

#[test]
fn a_refused_login_is_one_attempt_for_all() {
    let mut pair = nvx::pair_with("wrong");
    slow_login(&mut pair, 2);
    let calls = many(&mut pair);
    pair.run();
    for call in &calls {
        let error = call.outcome().unwrap().unwrap_err();
        assert_eq!(error.fault().unwrap().code, Code::LoginFailed);
    }
    assert_eq!((pair.service.logins, pair.service.asked), (1, 0));
}

#[test]
fn a_login_that_breaks_is_tried_again_by_its_leader() {
    let mut pair = nvx::pair();
    pair.link(|opening| match opening.nth {
        0 => Plan::trouble(larder_testkit::Trouble::Reset(larder_testkit::Point::Complete)),
        _ => Plan::default(),
    });
    let calls = many(&mut pair);
    pair.run();
    assert_eq!((succeeded(&calls), pair.service.logins), (MANY, 2));
    assert_eq!(pair.exchanges(), 2 + MANY);
}

#[test]
fn who_comes_after_a_refusal_asks_again() {
    let mut pair = nvx::pair_with("wrong");
    let first = pair.start(nvx::list(), nvx::json());
    pair.run();
    let second = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert!(first.outcome().unwrap().is_err() && second.outcome().unwrap().is_err());
    assert_eq!(pair.service.logins, 2, "a person may have unlocked the account meanwhile");
}

#[test]
fn a_login_under_a_download_is_a_message_like_any_other() {
    let mut pair = nvx::pair();
    pair.service.tree.insert("a".to_owned(), Some("x".into()));
    let lost = Plan::trouble(larder_testkit::Trouble::Drop(larder_testkit::Point::Complete));
    pair.link(move |opening| if opening.nth == 0 { lost.clone() } else { Plan::default() });
    let call = pair.start(larder_proto_nvx::transfer::Download::new(nvx::parse("a")), nvx::json());
    let other = pair.start(nvx::list(), nvx::json());
    pair.run();
    assert!(call.outcome().unwrap().is_ok() && other.outcome().unwrap().is_ok());
    assert!(pair.now().0 < Duration::from_secs(40), "a silent login is given up after 30 s, not 120: {:?}", pair.now());
}
