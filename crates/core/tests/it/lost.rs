//! Replies that were lost, and refusals that tell what they would have said.

use core::time::Duration;

use larder_core::{
    Action, Budget, Clocks, Error, ErrorKind, Failure, Input, Machine, Operation, Phase, Policy, Settings, Time, Why,
};

use crate::drive::{Client, body, data, end, failed, head, head_with, settings, token, wrote};
use crate::toy::{Change, Fault, Fetch, Finish, Keep, Look, Said, Toy};

fn finish() -> Client<Finish> {
    let mut client = Client::new(Finish::default(), token());
    client.poll();
    client
}

fn lost<O: Operation<Api = Toy, Answer = Said>>(client: &mut Client<O>, at: u64) {
    client.tell(failed(at, Failure::Reset, Phase::Send)).after(2);
}

#[test]
fn a_refusal_that_tells_is_success_and_says_so() {
    let mut client = finish();
    lost(&mut client, 2);
    client.answered(3, 403, "it is finished");
    insta::assert_snapshot!(client.log);
}

#[test]
fn also_after_an_answer_that_was_none_and_after_trouble() {
    for (status, text) in [(200, "?"), (502, "<html>"), (500, "")] {
        let mut client = finish();
        client.answered(2, status, text).after(2).answered(3, 403, "");
        assert!(client.log.contains("Recovered") && client.log.ends_with("Done\n"), "{}", client.log);
    }
    let mut cut = finish();
    cut.tell(wrote(2)).tell(head_with(2, 200, &[("content-length", "9")])).tell(data(2, "fin")).tell(end(2));
    cut.after(2).answered(3, 403, "");
    assert!(cut.log.contains("Recovered") && cut.log.ends_with("Done\n"), "{}", cut.log);
}

#[test]
fn it_tells_nothing_when_no_attempt_can_have_been_carried_out() {
    let mut first = finish();
    first.answered(2, 403, "");
    let mut unsent = finish();
    unsent.tell(failed(2, Failure::Connect, Phase::Connect)).after(2).answered(3, 403, "");
    let mut expired = Client::new(Finish::default(), crate::drive::login());
    expired.poll().answered(2, 200, "one").answered(3, 401, "").answered(4, 200, "two").answered(5, 403, "");
    for client in [first, unsent, expired] {
        assert!(client.log.ends_with("Done Fault(No)\n"), "{}", client.log);
    }
}

#[test]
fn another_refusal_is_what_it_is_and_leaves_the_outcome_open() {
    let mut client = finish();
    lost(&mut client, 2);
    client.say(wrote(3)).poll().say(head(3, 401));
    let error = client.error(end(3));
    assert!(matches!(error.kind, ErrorKind::Fault(Fault::Session)) && error.is_outcome_unknown(), "{error:?}");
}

#[test]
fn whose_reply_never_comes_has_an_unknown_outcome() {
    let mut client = finish();
    (2..5).for_each(|at| lost(&mut client, at));
    client.tell(failed(5, Failure::Reset, Phase::Send));
    assert!(client.log.ends_with("Done OutcomeUnknown(Reset)\n"), "{}", client.log);
    // Also when it was the first only that got through, or the service is in trouble since.
    let mut unreachable = finish();
    lost(&mut unreachable, 2);
    for at in 3..6 {
        unreachable.tell(failed(at, Failure::Connect, Phase::Connect)).after(2);
    }
    let mut trouble = finish();
    lost(&mut trouble, 2);
    for at in 3..6 {
        trouble.answered(at, 500, "").after(2);
    }
    for client in [unreachable, trouble] {
        assert!(client.log.contains("> Done OutcomeUnknown(Reset)\n"), "{}", client.log);
    }
    // A service that only ever was in trouble said that it failed.
    let mut always = finish();
    for at in 2..6 {
        always.answered(at, 500, "").after(2);
    }
    assert!(always.log.contains("> Done Fault(Later)\n"), "{}", always.log);
}

/// The error that a call ends with, when it is told this last.
fn error<O: Operation<Api = Toy, Answer = Said>>(client: &mut Client<O>, last: Input) -> Box<Error<Fault>> {
    client.error(last)
}

#[test]
fn who_gives_up_meanwhile_is_told_that_it_may_be_done() {
    let mut client = finish();
    lost(&mut client, 2);
    // The second attempt has got no further than its connection.
    client.is_slow_to_connect = true;
    client.tell(failed(3, Failure::Connect, Phase::Connect)).after(2);
    let error = error(&mut client, Input::Cancel);
    assert!(error.is_outcome_unknown() && error.is_retryable(), "{error:?}");
    assert_eq!((error.phase, error.attempts.len()), (Phase::Send, 3));
}

#[test]
fn what_may_be_asked_again() {
    let once = || Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let retryable = |status| {
        let mut look = Client::with(Look::default(), token(), once());
        look.poll().tell(wrote(2)).tell(head(2, status));
        let safe = error(&mut look, end(2)).is_retryable();
        let mut change = Client::with(Change::default(), token(), once());
        change.poll().tell(wrote(2)).tell(head(2, status));
        (safe, error(&mut change, end(2)).is_retryable())
    };
    assert_eq!(retryable(500), (true, false), "trouble");
    assert_eq!(retryable(503), (true, false), "a proxy's word");
    assert_eq!(retryable(403), (false, false), "a refusal");
    assert_eq!(retryable(418), (false, false), "no answer of the service");
    assert_eq!(retryable(401), (true, true), "nothing was carried out");
    let broken = |failure, phase| {
        let mut change = Client::with(Change::default(), token(), once());
        error(change.poll(), failed(2, failure, phase)).is_retryable()
    };
    assert!(broken(Failure::Connect, Phase::Connect) && !broken(Failure::Reset, Phase::Send));
    assert!(!broken(Failure::Tls, Phase::Connect), "the certificate will be the same");
    let mut keep = Client::with(Keep::default(), token(), once());
    keep.poll().tell(wrote(2)).tell(body(0, "x"));
    assert!(!error(&mut keep, Input::Cancel).is_retryable());
    let mut fetch = Client::with(Fetch::default(), token(), once());
    fetch.poll().tell(head(2, 200)).tell(data(2, "x"));
    assert!(error(&mut fetch, failed(2, Failure::Reset, Phase::Receive)).is_retryable());
}

/// No connection, in a system's words.
fn unconnected(at: u64, failure: Failure, detail: &str) -> Input {
    Input::Failed { at: larder_core::ExchangeId(at), failure, phase: Phase::Connect, detail: Some(detail.into()) }
}

#[test]
fn a_certificate_that_is_not_accepted_costs_one_attempt() {
    for failure in [Failure::Certificate, Failure::Tls] {
        let mut change = Client::new(Change::default(), token());
        change.is_slow_to_connect = true;
        let error = error(change.poll(), unconnected(2, failure, "UnknownIssuer"));
        assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(failure), 1));
        assert!(!error.is_retryable() && !error.is_outcome_unknown());
        assert_eq!(change.shared.budget, Budget::default());
    }
}

#[test]
fn an_error_has_the_systems_own_words() {
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let told = |detail: &str| {
        let mut change = Client::with(Change::default(), token(), once.clone());
        change.is_slow_to_connect = true;
        error(change.poll(), unconnected(2, Failure::Refused, detail))
    };
    let refused = told("Connection refused (os error 111)");
    assert!(refused.is_retryable());
    assert_eq!(refused.to_string(), "toy/change at toy.test: the connection was refused: Connection refused (os error 111)");
    assert_eq!(told("for\na b3arer-of-toy\u{1b}[0m").detail.as_deref(), Some("for a REDACTED [0m"));
    assert_eq!(told(&"é".repeat(500)).detail.unwrap().len(), Error::<Fault>::DETAIL);
}

#[test]
fn words_on_another_failure_explain_nothing() {
    let mut client = finish();
    lost(&mut client, 2);
    client.is_slow_to_connect = true;
    for at in 3..5 {
        client.tell(unconnected(at, Failure::Refused, "refused")).after(2);
    }
    let unknown = error(&mut client, unconnected(5, Failure::Refused, "refused"));
    assert_eq!((&unknown.kind, &unknown.detail), (&ErrorKind::OutcomeUnknown(Failure::Reset), &None));
}

#[test]
fn who_waits_to_try_again_when_time_runs_out_is_told_what_went_wrong() {
    let clocks = Clocks { total: Duration::from_secs(9).into(), ..Clocks::default() };
    let mut change = Client::with(Change::default(), token(), Settings { clocks, ..settings() });
    change.is_slow_to_connect = true;
    change.poll().tell(unconnected(2, Failure::Resolve, "no such name"));
    change.now = Time(Duration::from_secs(9));
    let error = error(&mut change, failed(2, Failure::Reset, Phase::Connect));
    assert_eq!((&error.kind, error.detail.as_deref()), (&ErrorKind::Deadline(Why::Backoff), Some("no such name")));
}

#[test]
fn a_connect_clock_that_ran_out_says_so() {
    let clocks = Clocks { connect: Duration::from_secs(9).into(), ..Clocks::default() };
    let policy = Policy { attempts: 1, ..Policy::default() };
    let mut change = Client::with(Change::default(), token(), Settings { clocks, policy, ..settings() });
    change.is_slow_to_connect = true;
    change.poll().now = Time(Duration::from_secs(9));
    let Action::Abort { .. } = change.call.poll(change.now, &mut change.shared) else { panic!() };
    let error = error(&mut change, failed(2, Failure::Reset, Phase::Connect));
    assert_eq!((&error.kind, error.detail.as_deref()), (&ErrorKind::Failure(Failure::Connect), Some("timed out")));
}
