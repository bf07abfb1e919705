//! Logins that do not come to an end by themselves or come to nothing, redirects that lead nowhere, logouts whose reply is lost.

use core::time::Duration;

use larder_core::{
    Action, Call, Clock, Clocks, ErrorKind, Failure, Input, Machine, PeerFlaw, Phase, Policy, Session, Settings, Target, Time,
};

use crate::drive::world::{Event, Member, World};
use crate::drive::{Client, body, data, end, failed, head, head_with, login, settings, token, wrote};
use crate::toy::{Change, Fault, Fetch, FetchInside, Finish, Keep, Look, Ping, Quit};

/// A login whose answer comes byte by byte, each just in time; when it was given up.
fn drip(client: &mut Client<FetchInside>) -> Time {
    client.poll().tell(wrote(2)).tell(head(2, 200));
    while client.now < Time(Duration::from_secs(3600)) {
        client.after(9);
        if client.log.contains("Abort") {
            break;
        }
        client.tell(data(2, "x"));
    }
    client.now
}

#[test]
fn a_login_has_a_messages_time_whatever_call_leads_it() {
    let off = Clocks { connect: Clock::Off, first_byte: Clock::Off, attempt: Clock::Off, stall: Clock::Off, total: Clock::Off };
    for clocks in [Clocks::default(), off] {
        let mut client = Client::with(FetchInside::default(), login(), Settings { clocks, ..settings() });
        let ended = drip(&mut client);
        assert!(client.is_done && ended <= Time(Duration::from_secs(63)), "{}", client.log);
        assert!(client.log.ends_with("Done Failure(Late)\n"), "{}", client.log);
    }
}

#[test]
fn all_attempts_of_a_login_together_have_that_time() {
    let mut client = Client::new(FetchInside::default(), login());
    client.poll();
    client.tell(wrote(2)).after(30).after(10).tell(wrote(3)).after(20);
    assert!(client.log.contains("Open #3") && client.log.ends_with("60.0 > Done Failure(Late)\n"), "{}", client.log);
}

#[test]
fn who_waits_for_a_login_that_comes_to_nothing_does_not_try_it_again() {
    const CALLS: usize = 50;
    for status in [200, 418] {
        let mut world = World::new(login(), &[Member::look as fn() -> Member; CALLS]);
        (0..CALLS).for_each(|call| world.happen(Event::Poll(call)));
        let mut opened = 0;
        // A captive portal's page is none of the API's.
        while let Some(at) = world.members[0].open.as_ref().map(|open| open.at.0) {
            opened += 1;
            world.happen(Event::Acknowledge(0));
            world.tell(0, head(at, status));
            world.tell(0, data(at, "?<html>"));
            world.members[0].open = None;
            world.tell(0, end(at));
            world.poll_due();
        }
        assert_eq!((opened, world.logins()), (1, 0));
        for member in &world.members {
            assert!(matches!(member.ended, Some(Err(ErrorKind::Peer(_)))), "{:?}", member.ended);
        }
        // Who comes later tries anew.
        world.members.push(Member::look());
        world.poll(CALLS);
        assert_eq!(world.logins(), 1);
    }
}

#[test]
fn who_is_unreachable_is_so_for_all_who_wait() {
    let mut world = World::new(login(), &[Member::look as fn() -> Member; 20]);
    (0..20).for_each(|call| world.happen(Event::Poll(call)));
    let mut tries = 0;
    while let Some(call) = (0..20).find(|call| !world.is_over(*call)) {
        if world.members[call].open.is_some() {
            tries += 1;
            world.happen(Event::Break(call, Phase::Connect));
        } else {
            world.now = world.now + Duration::from_millis(500);
        }
        world.poll_due();
    }
    assert!(tries <= 4, "{tries} logins");
    let is_told = |member: &Member| matches!(member.ended, Some(Err(ErrorKind::Failure(Failure::Reset))));
    assert!(world.members.iter().all(is_told));
}

#[test]
fn who_has_no_time_for_a_login_leaves_it_to_the_others() {
    let hasty = Settings { clocks: Clocks { total: Clock::After(Duration::from_millis(1)), ..Clocks::default() }, ..settings() };
    let mut client = Client::with(Look::default(), login(), hasty);
    client.poll();
    let mut other: Call<Look> = Call::new(Look::default(), settings());
    assert!(matches!(other.poll(client.now, &mut client.shared), Action::Wait { .. }));
    client.tell(failed(2, Failure::Reset, Phase::Connect));
    assert!(client.is_done, "{}", client.log);
    let mut actions = core::iter::from_fn(|| Some(other.poll(client.now, &mut client.shared))).take(4);
    assert!(actions.any(|action| matches!(action, Action::Open { .. })), "it logs in itself");
}

/// A download that was sent elsewhere.
fn sent_elsewhere() -> Client<Fetch> {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll().say(head_with(2, 302, &[("location", "http://dead.test/x")])).tell(end(2));
    client
}

#[test]
fn a_retry_asks_who_was_asked_first() {
    let mut client = sent_elsewhere();
    client.tell(failed(3, Failure::Connect, Phase::Connect)).after(11);
    client.say(head_with(4, 302, &[("location", "http://alive.test/x")])).tell(end(4));
    client.tell(head(5, 200)).tell(data(5, "file")).tell(end(5));
    assert_eq!((client.log.matches("dead.test").count(), client.log.ends_with("Done\n")), (1, true), "{}", client.log);
    let mut trouble = sent_elsewhere();
    trouble.tell(head(3, 500)).tell(end(3)).after(11).tell(head(4, 200)).tell(data(4, "file")).tell(end(4));
    assert!(
        trouble.log.contains("Retrying") && trouble.log.ends_with("Done\n") && trouble.log.matches("dead.test").count() == 1,
        "{}",
        trouble.log
    );
}

#[test]
fn a_ticket_that_has_ended_is_asked_for_anew_once() {
    let mut client = sent_elsewhere();
    client.tell(head(3, 403)).tell(end(3));
    assert!(!client.is_done && !client.log.contains("Resuming"), "{}", client.log);
    client.say(head_with(4, 302, &[("location", "http://alive.test/x")])).tell(end(4));
    client.tell(head(5, 403)).tell(end(5));
    assert!(client.log.ends_with("Done Fault(No)\n"), "{}", client.log);
    // Who was sent nowhere has nowhere to go back from.
    let mut here = Client::new(Fetch::default(), Session::none());
    here.poll().tell(head(2, 404)).tell(end(2));
    assert!(here.is_done && here.log.matches("Open").count() == 1, "{}", here.log);
}

#[test]
fn a_ticket_that_has_ended_is_no_attempt() {
    let mut client = sent_elsewhere();
    client.tell(head(3, 403)).tell(end(3));
    for at in 4..8 {
        assert!(!client.is_done, "{}", client.log);
        client.tell(failed(at, Failure::Reset, Phase::Send)).after(11);
    }
    assert!(client.log.contains("Done Failure(Reset)"), "four attempts:\n{}", client.log);
}

#[test]
fn a_sixth_redirect_is_one_too_many() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.poll();
    for at in 2..7 {
        client.say(head_with(at, 302, &[("location", "http://node.test/x")])).tell(end(at));
        assert!(!client.is_done, "{}", client.log);
    }
    client.say(head_with(7, 302, &[("location", "http://node.test/x")])).tell(end(7));
    assert!(client.log.ends_with("Done Peer(Redirect)\n"), "{}", client.log);
}

#[test]
fn only_a_download_is_sent_elsewhere() {
    let mut look = Client::new(Look::default(), token());
    look.poll().tell(wrote(2)).say(head_with(2, 302, &[("location", "http://node.test/x")])).tell(end(2));
    assert!(look.log.ends_with("Done Peer(Status(302))\n"), "{}", look.log);
}

#[test]
fn what_is_remembered_of_places_has_a_bound() {
    const TOKEN: &str = "Goh7ot5pBeuoQ45icqL9TM2K";
    let place = |number: u64| format!("{number:02}{TOKEN}");
    let shows_the_first_after = |redirects: u64| {
        let limits = larder_core::Limits { redirects: 99, ..larder_core::Limits::default() };
        let mut client = Client::with(Fetch::default(), Session::none(), Settings { limits, ..settings() });
        client.poll();
        for at in 2..redirects + 2 {
            let location = format!("http://node.test/{}", place(at));
            client.say(head_with(at, 302, &[("location", &location)])).tell(end(at));
        }
        let last = redirects + 2;
        client.say(head(last, 418)).say(data(last, &format!("{}, {}", place(2), place(last - 1))));
        let body = client.error(end(last)).raw.unwrap().body;
        // In a journal, what stands for so many tokens begins alike.
        client.journal.forget();
        assert!(body.ends_with(", REDACTED"), "{body}");
        body.starts_with(&place(2))
    };
    // Each place is two secrets: its URL, and the token in it.
    assert!(!shows_the_first_after(2) && !shows_the_first_after(33));
    assert!(shows_the_first_after(34), "it has had its time");
}

#[test]
fn a_file_that_breaks_its_promise_is_told_whatever_went_wrong_before() {
    let mut client = Client::with(crate::toy::Store::default(), Session::none(), Settings { length: Some(2), ..settings() });
    client.poll().tell(wrote(2)).tell(failed(2, Failure::Reset, Phase::Send)).after(2).tell(wrote(3)).tell(body(0, "abc"));
    assert!(client.log.ends_with("Done Body(Length { promised: 2, got: 3 })\n"), "{}", client.log);
}

#[test]
fn a_handshake_that_breaks_later_on_is_a_broken_connection() {
    let mut look = Client::new(Look::default(), token());
    look.poll().tell(failed(2, Failure::Tls, Phase::Send)).after(2).answered(3, 200, "seen");
    assert!(look.log.ends_with("Done\n"), "{}", look.log);
}

#[test]
fn who_tries_only_once_does_not_give_up_for_all() {
    for (attempts, is_shared) in [(1, false), (2, true)] {
        let policy = Policy { attempts, ..Policy::default() };
        let mut hasty = Client::with(Look::default(), login(), Settings { policy, ..settings() });
        hasty.poll();
        let mut other: Call<Look> = Call::new(Look::default(), settings());
        assert!(matches!(other.poll(hasty.now, &mut hasty.shared), Action::Wait { .. }));
        // The other one has number three.
        for at in [2, 4].into_iter().take(attempts as usize) {
            hasty.tell(failed(at, Failure::Reset, Phase::Connect)).after(11);
        }
        assert!(hasty.is_done, "{}", hasty.log);
        let is_told = matches!(other.poll(hasty.now, &mut hasty.shared), Action::Done(Err(_)));
        assert_eq!(is_told, is_shared);
    }
    // A refusal is one for all.
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let mut refused = Client::with(Look::default(), login(), once);
    refused.poll();
    let mut other: Call<Look> = Call::new(Look::default(), settings());
    assert!(matches!(other.poll(refused.now, &mut refused.shared), Action::Wait { .. }));
    refused.answered(2, 403, "");
    assert!(matches!(other.poll(refused.now, &mut refused.shared), Action::Done(Err(_))));
}

#[test]
fn who_sends_us_to_a_dead_place_each_time_is_not_asked_for_ever() {
    let mut client = sent_elsewhere();
    let mut at = 3;
    while !client.is_done {
        client.tell(failed(at, Failure::Reset, Phase::Send)).after(11);
        if !client.is_done {
            client.say(head_with(at + 1, 302, &[("location", "http://dead.test/x")])).tell(end(at + 1));
            at += 2;
        }
    }
    assert_eq!(client.log.matches("Open").count(), 8, "four attempts, in two steps each:\n{}", client.log);
}

#[test]
fn a_redirect_that_is_not_followed_does_not_show_where_it_leads() {
    let tls = Settings { target: Target::parse("https://toy.test").unwrap(), ..settings() };
    let mut client = Client::with(Fetch::default(), Session::none(), tls);
    client.poll().say(head_with(2, 302, &[("location", "http://node.test/Goh7ot5pBeuoQ45icqL9TM2K77/x")]));
    client.say(data(2, "<a href=\"http://node.test/Goh7ot5pBeuoQ45icqL9TM2K77/x\">to Goh7ot5pBeuoQ45icqL9TM2K77</a>"));
    let error = client.error(end(2));
    assert_eq!(error.raw.map(|raw| raw.body).as_deref(), Some("<a href=\"REDACTED\">to REDACTED</a>"));
}

#[test]
fn what_may_be_done_stays_unknown_whatever_is_said_of_a_later_attempt() {
    // It may have been carried out, too, before a service said that it was in trouble.
    for status in [500, 502] {
        let mut client = Client::new(Finish::default(), token());
        client.poll().answered(2, status, "").after(2).say(wrote(3)).poll().say(head(3, 401));
        assert!(client.error(end(3)).is_outcome_unknown(), "{}", client.log);
    }
    let mut plain = Client::new(Finish::default(), token());
    plain.poll().say(wrote(2)).poll().say(head(2, 401));
    assert!(!plain.error(end(2)).is_outcome_unknown());
    let mut safe = Client::new(Look::default(), token());
    safe.poll().tell(failed(2, Failure::Reset, Phase::Send)).after(2);
    safe.say(wrote(3)).poll().say(head(3, 403));
    assert!(!safe.error(end(3)).is_outcome_unknown());
    // Also what is said of a login.
    let mut out = Client::new(Finish::default(), login());
    out.poll().answered(2, 200, "one").tell(failed(3, Failure::Reset, Phase::Send)).after(2).answered(4, 401, "");
    out.say(wrote(5)).poll().say(head(5, 403));
    let error = out.error(end(5));
    assert!(matches!(error.kind, ErrorKind::Fault(Fault::No)) && error.is_outcome_unknown(), "{error:?}");
    assert_eq!(error.attempts.last().map(|last| last.operation.name), Some("enter"));
}

/// A logout whose first reply was lost, and the client of it.
fn logout() -> Client<Quit> {
    let mut client = Client::new(Quit::default(), Session::with_token("first".into()));
    client.poll().tell(wrote(2)).tell(failed(2, Failure::Reset, Phase::Send));
    client
}

#[test]
fn a_logout_ends_no_session_but_its_own() {
    let mut before = Client::new(Look::default(), login());
    before.poll().answered(2, 200, "first").answered(3, 200, "seen");
    let mut client = Client { shared: before.shared, ..Client::new(Quit::default(), Session::none()) };
    client.poll().tell(wrote(5)).tell(failed(5, Failure::Reset, Phase::Send));
    // Meanwhile another call finds the session over, and opens another.
    let mut other = Client::new(Look::default(), Session::none());
    core::mem::swap(&mut client.shared, &mut other.shared);
    other.poll().answered(7, 401, "").answered(8, 200, "second").answered(9, 200, "seen");
    assert!(other.is_done, "{}", other.log);
    core::mem::swap(&mut client.shared, &mut other.shared);
    client.now = client.now + Duration::from_secs(2);
    let Action::Open { at, head, .. } = client.call.poll(client.now, &mut client.shared) else { panic!("{}", client.log) };
    assert_eq!(head.0.headers().get("token").map(http::HeaderValue::as_bytes), Some(b"first".as_slice()));
    client.tell(Input::Connected { at }).answered(at.0, 401, "");
    assert!(client.log.contains("Recovered") && client.log.ends_with("Done\n"), "{}", client.log);
    assert!(client.shared.session.is_open());
}

#[test]
fn a_logout_whose_session_is_gone_meanwhile_is_recovered() {
    let mut client = logout();
    client.shared.session = Session::none();
    client.after(2).answered(3, 401, "");
    assert!(client.log.contains("Recovered") && client.log.ends_with("Done\n"), "{}", client.log);
    // Nobody there to say so: then it is unknown.
    let mut silent = logout();
    silent.shared.session = Session::none();
    silent.after(2);
    for at in 3..5 {
        silent.tell(failed(at, Failure::Connect, Phase::Connect)).after(11);
    }
    let error = silent.error(failed(5, Failure::Connect, Phase::Connect));
    assert!(error.is_outcome_unknown(), "{error:?}");
    assert!(!matches!(error.kind, ErrorKind::NoSession));
}

#[test]
fn a_success_before_the_whole_request_is_none() {
    let early = |length: Option<u64>, sent: &[&str]| {
        let mut client = Client::with(Keep::default(), token(), Settings { length, ..settings() });
        client.poll().tell(wrote(2));
        let mut offset = 0;
        for piece in sent {
            client.tell(body(offset, piece)).tell(wrote(2));
            offset += piece.len() as u64;
        }
        client.say(head(2, 200)).say(data(2, "stored"));
        client
    };
    for (length, sent) in [(Some(8), ["half"].as_slice()), (Some(8), &[]), (None, &["all?"])] {
        let mut client = early(length, sent);
        let error = client.error(end(2));
        assert!(error.kind == ErrorKind::Peer(PeerFlaw::Early) && error.is_outcome_unknown(), "{error:?}");
    }
    // A refusal is one, however early.
    let mut refused = Client::with(Keep::default(), token(), Settings { length: Some(8), ..settings() });
    refused.poll().tell(wrote(2)).say(head(2, 403));
    assert!(matches!(refused.error(end(2)).kind, ErrorKind::Fault(Fault::No)));
    // The last piece may be on its way still for all that is known here.
    let mut whole = Client::new(Look::default(), token());
    whole.poll().say(head(2, 200)).tell(end(2));
    assert!(whole.log.ends_with("Done\n"), "{}", whole.log);
}

#[test]
fn a_service_in_trouble_may_have_carried_it_out() {
    let once = Settings { policy: Policy { attempts: 1, ..Policy::default() }, ..settings() };
    let mut change = Client::with(Change::default(), token(), once.clone());
    change.poll().tell(wrote(2)).tell(head(2, 500));
    assert!(change.error(end(2)).is_outcome_unknown());
    let mut look = Client::with(Look::default(), token(), once);
    look.poll().tell(wrote(2)).tell(head(2, 500));
    assert!(!look.error(end(2)).is_outcome_unknown());
}

#[test]
fn the_sessions_token_shows_nowhere_even_where_it_was_not_sent() {
    let mut client = Client::new(Ping::default(), Session::with_token("0f8fad5bd9cb469f".into()));
    client.poll().tell(wrote(1)).tell(head(1, 418)).say(data(1, "session=0F8FAD5BD9CB469F"));
    let error = client.error(end(1));
    assert_eq!(error.raw.map(|raw| raw.body).as_deref(), Some("session=REDACTED"));
}
