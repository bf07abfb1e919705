//! The session of a client, as the conversations that lead through its states. Many calls at once are in `world.rs`.

use core::time::Duration;

use larder_core::{Failure, Phase, Session};

use crate::drive::world::{Event, Member, World};
use crate::drive::{Client, login, token, wrote};
use crate::toy::{Change, Finish, Leave, Look};

const MINUTE: u64 = 60;

fn look() -> Client<Look> {
    Client::new(Look::default(), login())
}

/// Another call of the same client.
fn next<O, P>(before: Client<P>, operation: O) -> Client<O>
where
    O: larder_core::Operation<Api = crate::toy::Toy, Answer = crate::toy::Said>,
    P: larder_core::Operation<Api = crate::toy::Toy, Answer = crate::toy::Said>,
{
    assert!(before.is_done, "{}", before.log);
    let log = before.log + "\n";
    Client { shared: before.shared, now: before.now, log, ..Client::new(operation, Session::none()) }
}

#[test]
fn one_that_nobody_used_for_long_is_renewed_before_it_ends() {
    let mut first = look();
    first.poll().answered(2, 200, "one").answered(3, 200, "seen");
    let mut second = next(first, Look::default());
    second.after(19 * MINUTE - 1).answered(5, 200, "seen");
    // The call before moved the moment.
    let mut third = next(second, Look::default());
    third.after(19 * MINUTE - 1).answered(7, 200, "seen");
    let mut fourth = next(third, Look::default());
    fourth.after(19 * MINUTE).answered(9, 200, "two").answered(10, 200, "seen");
    insta::assert_snapshot!(fourth.log);
}

#[test]
fn it_is_counted_from_the_request_and_not_from_the_answer() {
    // A service that takes minutes over its answer, or a file that does, has seen the session minutes ago.
    let mut first = look();
    first.poll().answered(2, 200, "one");
    first.tell(wrote(3)).tell(crate::drive::head(3, 200)).after(25).tell(crate::drive::end(3));
    let mut second = next(first, Look::default());
    second.after(19 * MINUTE - 25);
    assert!(second.log.contains("SessionIdle"), "{}", second.log);
}

#[test]
fn a_key_is_never_renewed() {
    let mut first = Client::new(Look::default(), token());
    first.poll().answered(2, 200, "seen");
    let mut second = next(first, Look::default());
    second.after(1_000_000).answered(4, 200, "seen");
    // Nor is it forgotten when the service does not like it: there is no other.
    let mut third = next(second, Look::default());
    third.poll().answered(6, 401, "");
    assert!(third.shared.session.is_open() && third.log.ends_with("Done Fault(Session)\n"), "{}", third.log);
}

#[test]
fn one_login_renews_it_for_all() {
    let mut world = World::new(login(), &[Member::look, Member::look, Member::change]);
    world.happen(Event::Poll(0));
    world.answer(0, 200);
    world.answer(0, 200);
    world.now = world.now + Duration::from_secs(19 * MINUTE);
    (1..3).for_each(|call| world.happen(Event::Poll(call)));
    assert_eq!((world.logins(), world.members[2].opens), (1, 0));
    world.answer(1, 200);
    (1..3).for_each(|call| world.happen(Event::Poll(call)));
    assert_eq!((world.logins(), world.members[1].opens, world.members[2].opens), (0, 1, 1));
}

#[test]
fn a_logout_ends_it_and_the_next_call_logs_in() {
    let mut first = look();
    first.poll().answered(2, 200, "one").answered(3, 200, "seen");
    let mut logout = next(first, Leave::default());
    logout.poll().answered(5, 200, "gone");
    assert!(!logout.shared.session.is_open());
    let mut again = next(logout, Leave::default());
    // It does not log in to log out.
    again.poll();
    let mut second = next(again, Look::default());
    second.poll().answered(8, 200, "two").answered(9, 200, "seen");
    insta::assert_snapshot!(second.log);
}

#[test]
fn a_logout_of_a_session_that_has_ended_opens_no_other() {
    let mut first = look();
    first.poll().answered(2, 200, "one").answered(3, 200, "seen");
    let mut logout = next(first, Leave::default());
    // Long idle: it may stand all the same.
    logout.after(30 * MINUTE).answered(5, 401, "");
    assert!(logout.log.ends_with("Done Fault(Session)\n"), "{}", logout.log);
    assert!(!logout.shared.session.is_open() && !logout.log.contains("SessionIdle"));
}

#[test]
fn a_logout_waits_for_a_login_that_is_under_way() {
    let mut world = World::new(login(), &[Member::look, Member::leave]);
    (0..2).for_each(|call| world.happen(Event::Poll(call)));
    assert!(!world.is_over(1));
    world.answer(0, 200);
    world.happen(Event::Poll(1));
    world.answer(1, 200);
    assert!(world.is_over(1) && !world.shared.session.is_open());
    // The other one's answer is as good as before.
    world.answer(0, 200);
    assert!(world.members[0].ended.as_ref().is_some_and(Result::is_ok));
}

#[test]
fn a_second_end_of_the_session_ends_the_call_with_the_fault() {
    let mut first = look();
    first.poll().answered(2, 200, "one").answered(3, 401, "").answered(4, 200, "two").answered(5, 401, "");
    assert!(first.log.ends_with("Done Fault(Session)\n"), "{}", first.log);
    let mut second = next(first, Change::default());
    second.poll().answered(7, 200, "three").answered(8, 200, "changed");
    assert!(second.log.ends_with("Done\n"), "it is another call's turn to log in again:\n{}", second.log);
}

#[test]
fn logins_and_redirects_count_no_attempts() {
    use crate::drive::{end, failed, head, head_with};
    use crate::toy::FetchInside;
    let mut client = Client::new(FetchInside::default(), login());
    let elsewhere = head_with(3, 302, &[("location", "http://node.test/x")]);
    client.poll().answered(2, 200, "one").say(elsewhere).tell(end(3)).say(head(4, 401)).tell(end(4)).answered(5, 200, "two");
    for at in 6..9 {
        client.tell(failed(at, Failure::Reset, Phase::Send)).after(10);
        assert!(!client.is_done, "{}", client.log);
    }
    client.tell(failed(9, Failure::Reset, Phase::Send));
    assert!(client.is_done && client.log.contains("Retrying { attempts: 3"), "{}", client.log);
}

#[test]
fn a_login_keeps_the_others_waiting_as_long_as_its_driver_is_alive() {
    let mut world = World::new(login(), &[Member::look, Member::look]);
    (0..2).for_each(|call| world.happen(Event::Poll(call)));
    // Each piece comes just in time for its clock; together they take far longer than the others' patience.
    world.happen(Event::Acknowledge(0));
    let at = world.members[0].exchange().at;
    world.tell(0, crate::drive::head(at.0, 200));
    for _ in 0..4 {
        world.now = world.now + Duration::from_secs(9);
        world.tell(0, crate::drive::data(at.0, "t"));
        world.poll_due();
        assert_eq!((world.logins(), world.members[1].opens), (1, 0));
    }
    world.members[0].open = None;
    world.tell(0, crate::drive::end(at.0));
    world.poll_due();
    assert_eq!(world.members[1].opens, 1);
}

#[test]
fn a_leader_that_is_gone_without_a_word_is_taken_over_in_time() {
    let mut world = World::new(login(), &[Member::look, Member::look]);
    (0..2).for_each(|call| world.happen(Event::Poll(call)));
    world.members[0].is_abandoned = true;
    for _ in 0..45 {
        world.happen(Event::Pass(1000));
    }
    assert_eq!(world.logins(), 1, "of the second");
    assert!(world.members[1].open.is_some() && world.members[1].opens == 0);
}

#[test]
fn nobody_waits_for_a_session_longer_than_for_the_whole_call() {
    let mut world = World::new(login(), &[Member::look as fn() -> Member; 5]);
    (0..5).for_each(|call| world.happen(Event::Poll(call)));
    assert_eq!(world.logins(), 1);
    // The leader's embedder is gone without a word: the others take over one after another.
    world.members[0].is_abandoned = true;
    for _ in 0..101 {
        world.happen(Event::Pass(1000));
    }
    assert!((1..5).all(|call| world.is_over(call)));
}

#[test]
fn a_logout_whose_reply_was_lost_is_not_repeated_blindly() {
    let mut first = look();
    first.poll().answered(2, 200, "one").answered(3, 200, "seen");
    let mut logout = next(first, Leave::default());
    logout.poll().tell(crate::drive::failed(5, Failure::Reset, Phase::Send));
    assert!(logout.log.ends_with("Done OutcomeUnknown(Reset)\n"), "{}", logout.log);
    // The session may be gone: the next call finds out, and logs in.
    let mut second = next(logout, Finish::default());
    second.poll().answered(7, 401, "").answered(8, 200, "two").answered(9, 200, "finished");
    assert!(second.log.ends_with("Done\n"), "{}", second.log);
}

#[test]
fn public_things_need_no_session_and_are_asked_for_with_one_where_there_is_one() {
    use crate::toy::Peek;
    let mut nobody = Client::new(Peek::default(), Session::none());
    nobody.poll().answered(2, 200, "public");
    let mut known = Client::new(Peek::default(), token());
    known.poll().answered(2, 200, "public");
    let mut enters = Client::new(Peek::default(), login());
    enters.poll().answered(2, 200, "fresh").answered(3, 200, "public");
    for (client, has_token) in [(&nobody, false), (&known, true), (&enters, true)] {
        let open = client.log.lines().rfind(|line| line.contains("> Open")).unwrap_or_default();
        assert_eq!(open.contains("\"token\""), has_token, "{}", client.log);
        assert!(client.log.ends_with("Done\n"), "{}", client.log);
    }
}

#[test]
fn the_epoch_moves_with_the_session_and_with_the_permits() {
    let mut client = look();
    assert_eq!(client.shared.epoch(), 0);
    client.poll();
    assert_eq!((client.shared.session.epoch(), client.shared.epoch()), (1, 1));
    let other = client.shared.ids.next_id();
    assert!(client.shared.permits.take(other));
    client.shared.permits.release(other);
    client.shared.permits.release(other);
    assert_eq!(client.shared.epoch(), 2, "what was not held changes nothing");
    client.answered(2, 200, "one");
    assert_eq!(client.shared.epoch(), 3);
}

#[test]
fn a_logout_does_not_wait_for_who_is_gone() {
    let mut gone = look();
    gone.poll();
    let mut logout = Client { shared: gone.shared, ..Client::new(Leave::default(), Session::none()) };
    logout.poll();
    let Some((Some(until), larder_core::Why::Session, _)) = logout.waits else { panic!("{}", logout.log) };
    logout.now = larder_core::Time(until.0 - Duration::from_millis(1));
    logout.poll();
    assert!(!logout.is_done, "{}", logout.log);
    logout.now = until;
    logout.poll();
    assert!(logout.log.ends_with("Done NoSession\n"), "{}", logout.log);
}
