//! Every state of a call, as the conversation that leads through it.

use larder_core::{Clock, Clocks, Failure, Input, Phase, Session, Settings};

use crate::drive::{Client, body, data, end, failed, head, head_with, login, settings, token, wrote};
use crate::toy::{Change, Fetch, Keep, Look, Ping, Store};

#[test]
fn without_a_session() {
    let mut client = Client::new(Ping { text: "hi".to_owned() }, Session::none());
    client.poll().answered(1, 200, "hello");
    insta::assert_snapshot!(client.log);
}

#[test]
fn a_session_that_is_needed_and_cannot_be_had() {
    let mut client = Client::new(Look::default(), Session::none());
    client.poll();
    insta::assert_snapshot!(client.log);
}

#[test]
fn values_that_cannot_be_sent() {
    let mut client = Client::new(Ping { text: "unsayable".to_owned() }, Session::none());
    client.poll();
    insta::assert_snapshot!(client.log);
}

#[test]
fn logging_in_first() {
    let mut client = Client::new(Look::default(), login());
    client.poll().answered(2, 200, "fresh").answered(3, 200, "seen");
    insta::assert_snapshot!(client.log);
}

#[test]
fn a_login_that_is_refused() {
    let mut client = Client::new(Look::default(), login());
    client.poll().answered(2, 403, "no");
    insta::assert_snapshot!(client.log);
}

#[test]
fn a_login_that_fails_for_now() {
    let mut client = Client::new(Look::default(), login());
    client.poll().answered(2, 500, "").after(1).answered(3, 200, "fresh");
    insta::assert_snapshot!(client.log);
}

#[test]
fn the_session_is_over() {
    let mut client = Client::new(Change::default(), login());
    client.poll().answered(2, 200, "one").answered(3, 401, "").answered(4, 200, "two").answered(5, 401, "");
    insta::assert_snapshot!(client.log);
}

#[test]
fn trying_again_after_a_pause() {
    let mut client = Client::new(Look::default(), token());
    client.poll().tell(failed(2, Failure::Reset, Phase::Send)).after(1).answered(3, 200, "ok");
    insta::assert_snapshot!(client.log);
}

#[test]
fn the_peer_says_how_long_to_wait() {
    let mut client = Client::new(Look::default(), token());
    client.poll().say(head_with(2, 500, &[("retry-after", "7")])).tell(end(2)).after(7).after(1);
    // A date counts from the peer's own.
    let mut dated = Client::new(Look::default(), token());
    let headers = [("date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:57 GMT")];
    dated.poll().say(head_with(2, 500, &headers)).tell(end(2)).after(20).after(1);
    // So long is not worth it.
    let clocks = Clocks { total: Clock::Off, ..Clocks::default() };
    let mut long = Client::with(Look::default(), token(), Settings { clocks, ..settings() });
    long.poll().say(head_with(2, 500, &[("retry-after", "61")])).tell(end(2));
    insta::assert_snapshot!([client.log, dated.log, long.log].join("\n"));
}

#[test]
fn silence_in_each_phase() {
    let mut sending = Client::new(Change::default(), token());
    sending.poll().after(30);
    let mut awaiting = Client::new(Change::default(), token());
    awaiting.poll().tell(wrote(2)).after(30);
    let mut receiving = Client::new(Change::default(), token());
    receiving.poll().tell(wrote(2)).tell(head(2, 200)).after(29).tell(data(2, "a")).after(29).after(1);
    insta::assert_snapshot!([sending.log, awaiting.log, receiving.log].join("\n"));
}

#[test]
fn an_upload_asks_for_its_file() {
    let mut client = Client::with(Keep::default(), Session::none(), Settings { length: Some(3), ..settings() });
    client.poll().tell(wrote(2)).after(100).tell(body(0, "ab")).tell(wrote(2)).tell(body(2, "c")).tell(wrote(2));
    client.tell(Input::BodyEnd).tell(wrote(2)).tell(head(2, 200)).tell(end(2));
    insta::assert_snapshot!(client.log);
}

#[test]
fn an_upload_that_is_refused_early() {
    let mut client = Client::new(Keep::default(), Session::none());
    client.poll().tell(wrote(2)).tell(body(0, "ab")).tell(head(2, 403)).tell(end(2));
    insta::assert_snapshot!(client.log);
}

#[test]
fn a_file_that_is_gone_reports_the_first_failure() {
    let mut first = Client::new(Store::default(), Session::none());
    first.poll().tell(wrote(2)).tell(Input::BodyGone);
    let mut second = Client::new(Store::default(), Session::none());
    second.poll().tell(wrote(2)).tell(body(0, "ab")).tell(failed(2, Failure::Reset, Phase::Send)).after(1);
    second.tell(wrote(3)).tell(Input::BodyGone);
    insta::assert_snapshot!([first.log, second.log].join("\n"));
}

#[test]
fn a_download_hands_its_file_on_piece_by_piece() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll().tell(head_with(2, 200, &[("content-length", "5")])).tell(data(2, "ab"));
    client.say(data(2, "cde"));
    let early = client.misuse(data(2, "f"));
    client.poll().tell(end(2));
    insta::assert_snapshot!(format!("{}{early}", client.log));
}

#[test]
fn a_download_that_is_sent_elsewhere() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll().say(head_with(2, 302, &[("location", "http://node.test/x")])).tell(end(2));
    client.say(head_with(3, 302, &[("location", "nowhere")])).tell(end(3));
    insta::assert_snapshot!(client.log);
}

#[test]
fn cancelled_and_abandoned() {
    let mut client = Client::new(Look::default(), login());
    client.poll().tell(Input::Cancel);
    let mut other = Client::new(Look::default(), login());
    other.poll().abandon();
    let after = [other.misuse(Input::Cancel), other.misuse(wrote(2))];
    insta::assert_snapshot!(format!("{}\n{}{}", client.log, other.log, after.join("\n")));
}

#[test]
fn the_time_of_the_whole_call_runs_out() {
    let clocks = Clocks { total: Clock::After(core::time::Duration::from_secs(5)), ..Clocks::default() };
    let mut client = Client::with(Look::default(), token(), Settings { clocks, ..settings() });
    client.poll().tell(wrote(2)).after(5);
    insta::assert_snapshot!(client.log);
}

/// What a call that waits for something must not be told.
fn table(name: &str, client: &mut Client<Store>, at: u64) -> String {
    let inputs = [
        wrote(at),
        wrote(99),
        head(at, 200),
        head(99, 200),
        data(at, "x"),
        end(at),
        body(0, "x"),
        body(7, "x"),
        body(0, ""),
        Input::BodyEnd,
        Input::BodyGone,
    ];
    let mut refused = Vec::new();
    for input in inputs {
        if !is_legal(client, &input) {
            refused.push(client.misuse(input));
        }
    }
    format!("{name}\n  {}\n", refused.join("\n  "))
}

fn is_legal(client: &Client<Store>, input: &Input) -> bool {
    match client.waits.map(|(_, why, _)| why) {
        _ if client.is_done => false,
        Some(larder_core::Why::Room) => matches!(input, Input::Wrote { at } | Input::Head { at, .. } if at.0 < 99),
        Some(larder_core::Why::Body) => {
            matches!(input, Input::Body { offset: 0, chunk } if !chunk.is_empty())
                || matches!(input, Input::BodyEnd | Input::BodyGone)
                || matches!(input, Input::Head { at, .. } if at.0 < 99)
        }
        Some(larder_core::Why::Data) => matches!(input, Input::Data { .. } | Input::End { .. }),
        Some(_) => matches!(input, Input::Head { at, .. } if at.0 < 99),
        None => false,
    }
}

#[test]
fn misuse_is_told_and_changes_nothing() {
    let mut tables = Vec::new();
    let mut client = Client::new(Store::default(), Session::none());
    tables.push(table("before it was polled", &mut client, 2));
    client.poll();
    tables.push(table("a piece is on its way", &mut client, 2));
    client.tell(wrote(2));
    tables.push(table("the file is asked for", &mut client, 2));
    client.tell(Input::BodyEnd).tell(wrote(2));
    tables.push(table("the answer is awaited", &mut client, 2));
    client.tell(head(2, 200));
    tables.push(table("the answer has begun", &mut client, 2));
    client.tell(end(2));
    tables.push(table("it is over", &mut client, 2));
    insta::assert_snapshot!(tables.join("\n"));
}

#[test]
fn events_of_an_exchange_that_was_just_given_up_are_dropped() {
    use larder_core::{Action, Machine};
    let mut client = Client::new(Look::default(), token());
    client.poll().tell(wrote(2));
    client.now = client.now + core::time::Duration::from_secs(30);
    let action = client.call.poll(client.now, &mut client.shared);
    assert!(matches!(action, Action::Abort { .. }), "{action:?}");
    // Its embedder had these already, and has not polled again.
    client.say(head(2, 200)).say(data(2, "x")).say(end(2)).poll();
    assert!(client.log.contains("Retrying"), "{}", client.log);
}

#[test]
fn an_exchange_that_was_not_opened_yet_cannot_fail() {
    use larder_core::{Action, Machine};
    let mut client = Client::new(Look::default(), login());
    let note = client.call.poll(client.now, &mut client.shared);
    assert!(matches!(note, Action::Note(_)), "{note:?}");
    assert!(client.misuse(failed(2, Failure::Reset, Phase::Connect)).contains("never opened"));
    client.poll().answered(2, 200, "fresh");
}

#[test]
fn the_first_failure_is_one_of_the_operation() {
    // Not of the login before it.
    let mut client = Client::new(crate::toy::StoreInside::default(), login());
    client.poll().answered(2, 500, "").after(1).answered(3, 200, "fresh");
    client.tell(wrote(4)).tell(Input::BodyGone);
    assert!(client.log.contains("Done Body(Gone)"), "{}", client.log);
    // But a session that was over is.
    let mut client = Client::new(crate::toy::StoreInside::default(), login());
    client.poll().answered(2, 200, "fresh");
    client.tell(wrote(3)).tell(body(0, "ab")).tell(head(3, 401)).tell(end(3));
    client.answered(4, 200, "fresh").tell(wrote(5)).tell(Input::BodyGone);
    assert!(client.log.contains("Done Fault(Session)"), "{}", client.log);
}
