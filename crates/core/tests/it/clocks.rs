//! Each clock of a call: not set, off, and set.

use core::time::Duration;

use larder_core::{Clock, Clocks, Input, Kind, Meta, Operation, Session, Settings, Verb};

use crate::drive::{Client, body, data, end, head, settings, token, wrote};
use crate::toy::{Change, Fetch, Keep, Said, Toy};

const FIVE: Clock = Clock::After(Duration::from_secs(5));

/// What is said when nothing happens, with the clock in each of its states.
fn each<O: Operation<Api = Toy, Answer = Said> + Default>(
    set: impl Fn(&mut Clocks, Clock),
    lead: impl Fn(&mut Client<O>),
    seconds: u64,
) -> String {
    let mut logs = Vec::new();
    for (name, clock) in [("not set", Clock::Unset), ("off", Clock::Off), ("five seconds", FIVE)] {
        // No other clock is in the way.
        let other = if clock == Clock::Unset { Clock::Unset } else { Clock::Off };
        let mut clocks = Clocks { connect: other, first_byte: other, attempt: other, stall: other, total: other };
        set(&mut clocks, clock);
        let settings = Settings { clocks, length: Some(3), ..settings() };
        let mut client = Client::with(O::default(), token(), settings);
        client.is_slow_to_connect = true;
        client.poll();
        lead(&mut client);
        client.log = format!("{name}\n");
        if !client.after(4).is_done {
            client.after(1);
        }
        if !client.is_done {
            client.after(seconds);
        }
        logs.push(client.log);
    }
    logs.join("\n")
}

fn connected<O: Operation<Api = Toy, Answer = Said>>(client: &mut Client<O>) {
    client.tell(Input::Connected { at: larder_core::ExchangeId(2) });
}

#[test]
fn connect() {
    insta::assert_snapshot!(each::<Change>(|clocks, clock| clocks.connect = clock, |_| {}, 30));
}

#[test]
fn first_byte() {
    let lead = |client: &mut Client<Change>| {
        connected(client);
        client.tell(wrote(2));
    };
    insta::assert_snapshot!(each(|clocks, clock| clocks.first_byte = clock, lead, 30));
}

#[test]
fn attempt() {
    // It moves all the time, and takes too long all the same.
    let lead = |client: &mut Client<Fetch>| {
        connected(client);
        client.tell(head(2, 200)).tell(data(2, "x"));
    };
    insta::assert_snapshot!(each(|clocks, clock| clocks.attempt = clock, lead, 20));
}

#[test]
fn stall_of_the_answer() {
    let lead = |client: &mut Client<Change>| {
        connected(client);
        client.tell(wrote(2)).tell(head(2, 200)).tell(data(2, "x"));
    };
    insta::assert_snapshot!(each(|clocks, clock| clocks.stall = clock, lead, 30));
}

#[test]
fn stall_of_the_request() {
    insta::assert_snapshot!(each::<Change>(|clocks, clock| clocks.stall = clock, connected, 30));
}

#[test]
fn total() {
    let lead = |client: &mut Client<Change>| {
        connected(client);
        client.tell(wrote(2)).tell(head(2, 200));
    };
    insta::assert_snapshot!(each(|clocks, clock| clocks.total = clock, lead, 1000));
}

#[test]
fn a_stall_is_counted_only_while_we_wait_for_the_peer() {
    let clocks = Clocks { stall: FIVE, first_byte: FIVE, ..Clocks::default() };
    let mut client = Client::with(Keep::default(), Session::none(), Settings { clocks, length: Some(6), ..settings() });
    // The caller takes its time over each piece; the peer takes each in four seconds.
    client.poll().after(4).tell(wrote(2)).after(100).tell(body(0, "abc")).after(4).tell(wrote(2)).after(100);
    client.tell(body(3, "def")).after(4).tell(wrote(2)).after(100).tell(Input::BodyEnd).after(4).tell(wrote(2));
    client.after(4).tell(head(2, 200)).after(4).tell(end(2));
    assert!(client.log.ends_with("Done\n"), "{}", client.log);
}

#[test]
fn a_stall_is_not_counted_while_the_caller_takes_a_piece_of_the_file() {
    let clocks = Clocks { stall: FIVE, ..Clocks::default() };
    let mut client = Client::with(Fetch::default(), Session::none(), Settings { clocks, ..settings() });
    client.poll().tell(head(2, 200)).say(data(2, "abc"));
    let action = larder_core::Machine::poll(&mut client.call, client.now, &mut client.shared);
    assert!(matches!(action, larder_core::Action::Data { .. }), "{action:?}");
    // It is written somewhere slow; then the peer has its five seconds.
    client.after(100).after(4).tell(data(2, "def")).after(4).tell(end(2));
    assert!(client.log.ends_with("Done\n"), "{}", client.log);
}

#[test]
fn transfers_have_no_time_in_all_and_messages_do() {
    for kind in [Kind::Upload, Kind::Download] {
        assert_eq!((Clocks::for_kind(kind).total, Clocks::for_kind(kind).attempt), (Clock::Off, Clock::Off));
    }
    for meta in [Meta::unary("A", "b", Verb::Get), Meta::unary("A", "b", Verb::Post).slow()] {
        assert!(Clocks::of(&meta).total.limit().is_some());
    }
    // The login of a transfer is a message.
    assert!(Clocks::for_kind(Kind::Unary).first_byte.limit().is_some());
}

#[test]
fn what_a_call_does_not_set_its_client_does_and_then_the_operation() {
    let clock = |seconds| Clock::After(Duration::from_secs(seconds));
    let call = Clocks { stall: Clock::Off, total: clock(1), ..Clocks::default() };
    let client = Clocks { stall: clock(2), attempt: clock(2), ..Clocks::default() };
    let clocks = call.or(client).or(Clocks::for_kind(Kind::Unary));
    let expected = Clocks { connect: clock(10), first_byte: clock(30), attempt: clock(2), stall: Clock::Off, total: clock(1) };
    assert_eq!(clocks, expected);
}

#[test]
fn of_two_clocks_that_end_together_the_steps_own_is_told() {
    for (attempt, told) in [(4, "Late"), (5, "Connect"), (6, "Connect")] {
        let attempt = Clock::After(Duration::from_secs(attempt));
        let clocks = Clocks { connect: FIVE, attempt, ..Clocks::default() };
        let policy = larder_core::Policy { attempts: 1, ..larder_core::Policy::default() };
        let mut client = Client::with(Change::default(), token(), Settings { clocks, policy, ..settings() });
        client.is_slow_to_connect = true;
        client.poll();
        while !client.is_done {
            client.after(1);
        }
        assert!(client.log.ends_with(&format!("Done Failure({told})\n")), "{}", client.log);
    }
}

#[test]
fn an_answer_that_is_looked_at_late_is_one_all_the_same() {
    let clocks = Clocks { total: FIVE, ..Clocks::default() };
    let mut client = Client::with(Change::default(), token(), Settings { clocks, ..settings() });
    client.poll().tell(wrote(2)).say(head(2, 200)).say(data(2, "done")).say(end(2)).after(5);
    assert!(client.log.ends_with("> Done\n"), "{}", client.log);
    // A login's answer is not what was asked for.
    let mut out = Client::with(Change::default(), crate::drive::login(), Settings { clocks, ..settings() });
    out.poll().tell(wrote(2)).say(head(2, 200)).say(data(2, "fresh")).say(end(2)).after(5);
    assert!(out.log.ends_with("> Done Deadline(Session)\n"), "{}", out.log);
}
