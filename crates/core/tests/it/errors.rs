//! What an error tells its caller: whether it may be done all the same, whether to ask again, and what is kept of an answer.

use core::time::Duration;

use larder_core::{
    Attempted, BodyFlaw, ContentFlaw, Error, ErrorKind, Failure, Limits, Meta, Note, Operation, PeerFlaw, Phase, Policy, Reject,
    Rule, Session, Settings, Verdict, Why,
};

use crate::drive::{Client, data, end, head, head_with, login, settings, token, wrote};
use crate::toy::{Change, Fault, Fetch, Finish, Look, Mint, Ping};

fn error(kind: ErrorKind<Fault>, operation: Meta, phase: Phase) -> Error<Fault> {
    Error { phase, ..Error::new(kind, operation, "toy.test") }
}

/// One of each kind.
fn kinds() -> [ErrorKind<Fault>; 10] {
    [
        ErrorKind::Encode(Reject::new("text", Rule::Malformed)),
        ErrorKind::NoSession,
        ErrorKind::Fault(Fault::No),
        ErrorKind::Peer(PeerFlaw::Early),
        ErrorKind::Failure(Failure::Reset),
        ErrorKind::OutcomeUnknown(Failure::Reset),
        ErrorKind::Deadline(Why::Answer),
        ErrorKind::Body(BodyFlaw::Gone),
        ErrorKind::Content(ContentFlaw::Checksum),
        ErrorKind::Cancelled,
    ]
}

#[test]
fn each_kind_by_operation_and_phase() {
    let mut table = String::new();
    for kind in kinds() {
        table.push_str(&format!("{kind}\n"));
        for operation in [Look::META, Finish::META, Change::META] {
            let shown = [Phase::Connect, Phase::Send].map(|phase| {
                let error = error(kind.clone(), operation, phase);
                let doubt = Error { is_in_doubt: true, ..error.clone() }.is_outcome_unknown();
                let is = [(error.is_outcome_unknown(), "unknown"), (doubt, "in doubt"), (error.is_retryable(), "again")];
                let is: Vec<&str> = is.into_iter().filter_map(|(is, what)| is.then_some(what)).collect();
                format!("{phase:?}: {}", if is.is_empty() { "-".to_owned() } else { is.join(", ") })
            });
            table.push_str(&format!("  {:<8} {}\n", operation.repeat.as_str(), shown.join("; ")));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn of_its_kind_it_is_retryable_where_that_may_help() {
    let is = |kind| error(kind, Look::META, Phase::Receive).is_retryable();
    let content = [ContentFlaw::Changed, ContentFlaw::Checksum, ContentFlaw::Missing, ContentFlaw::Length { ours: 1, theirs: 2 }];
    assert_eq!(content.map(|flaw| is(ErrorKind::Content(flaw))), [true, false, false, false]);
    let faults = [Fault::Later, Fault::Session, Fault::No];
    assert_eq!(faults.map(|fault| is(ErrorKind::Fault(fault))), [true, true, false]);
    let statuses = [429, 500, 501, 502, 503, 504, 505];
    let again = statuses.map(|status| is(ErrorKind::Peer(PeerFlaw::Status(status))));
    assert_eq!(again, [true, false, false, true, true, true, false]);
    let failures = [Failure::Resolve, Failure::Refused, Failure::Connect, Failure::Certificate, Failure::Tls, Failure::Late];
    assert_eq!(failures.map(|failure| is(ErrorKind::Failure(failure))), [true, true, true, false, false, true]);
}

#[test]
fn only_a_refusal_has_a_fault() {
    for kind in kinds() {
        let expected = if let ErrorKind::Fault(fault) = &kind { Some(*fault) } else { None };
        assert_eq!(error(kind, Look::META, Phase::Receive).fault(), expected.as_ref());
    }
}

fn attempted(operation: Meta) -> Attempted {
    let (began, took) = (Duration::from_secs(1), Duration::from_millis(20));
    Attempted { operation, began, took, phase: Phase::Send, verdict: Verdict::Failed(Failure::Reset) }
}

#[test]
fn it_counts_the_operations_own_attempts() {
    let shown = |attempts: &[Meta]| {
        let attempts = attempts.iter().copied().map(attempted).collect();
        Error { attempts, ..error(ErrorKind::Failure(Failure::Reset), Look::META, Phase::Send) }.to_string()
    };
    let enter = crate::toy::Enter::META;
    assert_eq!(shown(&[]), "toy/look at toy.test: the connection broke");
    assert_eq!(shown(&[enter, enter, Look::META]), "toy/look at toy.test: the connection broke");
    assert_eq!(shown(&[enter, Look::META, Look::META]), "toy/look at toy.test: the connection broke (attempt 2)");
    let note = format!("{:?}", Note::Attempted(attempted(Look::META)));
    assert_eq!(note, "Attempted(toy/look at 1s for 20ms, Send: Failed(Reset))");
}

/// What is kept of this answer to a request for a key.
fn kept_of_a_key(status: u16, body: &str) -> String {
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let mut client = Client::with(Mint { text: "hunter22".into() }, Session::none(), once);
    client.poll().say(wrote(1)).poll().say(head(1, status)).say(data(1, body));
    client.error(end(1)).raw.map(|raw| raw.body).unwrap_or_default()
}

#[test]
fn an_answer_that_may_hold_a_fresh_secret_is_not_kept() {
    assert_eq!(kept_of_a_key(200, "?key=Goh7ot5pBeuoQ45icqL9TM2K77"), "", "it is the key, most likely");
    let page = "<html>502 Goh7ot5pBeuoQ45icqL9TM2K77";
    assert_eq!(kept_of_a_key(502, page), "<html>502 REDACTED");
    // A refusal was understood, and is no key.
    assert_eq!(
        kept_of_a_key(403, "hunter22 is used at Goh7ot5pBeuoQ45icqL9TM2K77"),
        "REDACTED is used at Goh7ot5pBeuoQ45icqL9TM2K77"
    );
    // Other operations' answers hold none.
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let mut ping = Client::with(Ping::default(), Session::none(), once);
    ping.poll().say(wrote(1)).poll().say(head(1, 502)).say(data(1, page));
    assert_eq!(ping.error(end(1)).raw.map(|raw| raw.body).as_deref(), Some(page));
}

#[test]
fn of_an_answer_that_is_too_long_its_beginning_is_kept_unless_it_confides() {
    let limits = Limits { answer: 30, ..Limits::default() };
    let short = || Settings { limits, ..settings() };
    let mut look = Client::with(Look::default(), token(), short());
    look.poll().say(wrote(2)).poll().say(head(2, 500)).say(data(2, "it is in trouble, ")).say(data(2, "and says so at length"));
    let error = look.error(data(2, "and more"));
    assert_eq!(error.kind, ErrorKind::Peer(PeerFlaw::TooLong(30)));
    let raw = error.raw.map(|raw| (raw.status, raw.body));
    assert_eq!(raw, Some((500, "it is in trouble, and says so at length".to_owned())));
    // A login's answer is a token.
    let mut out = Client::with(Look::default(), login(), short());
    out.poll().say(wrote(2)).poll().say(head(2, 200));
    let error = out.error(data(2, "token: Goh7ot5pBeuoQ45icqL9TM2K77"));
    assert_eq!(error.raw.map(|raw| (raw.status, raw.body)), Some((200, String::new())));
}

#[test]
fn what_says_that_it_is_too_long_is_not_waited_for() {
    let limits = Limits { answer: 10, ..Limits::default() };
    let short = || Settings { limits, ..settings() };
    for (length, is_over) in [("10", false), ("11", true)] {
        let mut ping = Client::with(Ping::default(), Session::none(), short());
        ping.poll().tell(wrote(1)).tell(head_with(1, 200, &[("content-length", length)]));
        assert_eq!(ping.log.contains("Done Peer(TooLong(10))"), is_over, "{}", ping.log);
        // A file is handed on, and may be as long as it is.
        let mut fetch = Client::with(Fetch::default(), Session::none(), short());
        fetch.poll().tell(head_with(2, 200, &[("content-length", length)]));
        assert!(!fetch.is_done, "{}", fetch.log);
    }
}

#[test]
fn not_modified_may_say_the_length_of_what_it_does_not_send() {
    let mut ping = Client::new(Ping::default(), Session::none());
    ping.poll().tell(wrote(1)).tell(head_with(1, 304, &[("content-length", "99999999999")])).tell(end(1));
    assert!(ping.log.ends_with("Done\n"), "{}", ping.log);
    let mut cut = Client::new(Ping::default(), Session::none());
    cut.poll().tell(wrote(1)).tell(head_with(1, 200, &[("content-length", "9")])).tell(end(1));
    assert!(cut.log.contains("Failed(Truncated)"), "{}", cut.log);
}

#[test]
fn doubt_is_about_what_may_have_been_carried_out() {
    let once = || Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let mut look = Client::with(Look::default(), token(), once());
    look.poll().tell(wrote(2)).tell(head(2, 500));
    assert!(!look.error(end(2)).is_in_doubt, "twice is as good as once");
    let mut change = Client::with(Change::default(), token(), once());
    change.poll().tell(wrote(2)).tell(head(2, 500));
    assert!(change.error(end(2)).is_in_doubt);
    let mut refused = Client::with(Change::default(), token(), once());
    refused.poll().tell(wrote(2)).tell(head(2, 403));
    assert!(!refused.error(end(2)).is_in_doubt, "a refusal leaves none");
}
