//! Transfers of one client wait in turn for room.

use core::time::Duration;

use larder_core::{Clock, Clocks, Failure, Permits, Phase, Session, Settings, Why};

use crate::drive::world::{Event, Member, World};
use crate::drive::{Client, end, failed, head, head_with, login, settings, token};
use crate::toy::{Fetch, Look};

/// A client whose only permit another call has; `back` gives it back.
fn full(clocks: Clocks) -> (Client<Fetch>, larder_core::ExchangeId) {
    let mut client = Client::with(Fetch::default(), Session::none(), Settings { clocks, ..settings() });
    client.shared.permits = Permits::new(1);
    let other = client.shared.ids.next_id();
    assert!(client.shared.permits.take(other));
    (client, other)
}

#[test]
fn a_transfer_waits_for_its_permit_and_gives_it_back() {
    let (mut client, other) = full(Clocks::default());
    client.poll();
    assert_eq!(client.waits.map(|(until, why, on)| (until, why, on.shared.is_some())), Some((None, Why::Permit, true)));
    let epoch = client.shared.epoch();
    client.shared.permits.release(other);
    assert_ne!(client.shared.epoch(), epoch);
    client.after(1);
    assert_eq!(client.shared.permits.taken(), 1);
    // Broken: while it pauses, others may go on.
    client.tell(failed(3, Failure::Reset, Phase::Send));
    assert_eq!(client.shared.permits.taken(), 0);
    client.after(1);
    assert_eq!(client.shared.permits.taken(), 1);
    client.say(head(4, 200)).tell(end(4));
    assert_eq!(client.shared.permits.taken(), 0);
    insta::assert_snapshot!(client.log);
}

#[test]
fn the_calls_own_time_ends_the_wait() {
    let clocks = Clocks { total: Clock::After(Duration::from_secs(5)), ..Clocks::default() };
    let (mut client, other) = full(clocks);
    client.poll().after(5);
    assert!(client.log.ends_with("Done Deadline(Permit)\n"), "{}", client.log);
    assert_eq!(client.shared.permits.waiting(), 0);
    client.shared.permits.release(other);
    assert_eq!(client.shared.permits.taken(), 0);
}

#[test]
fn other_clocks_do_not_count_the_wait() {
    let limit = Clock::After(Duration::from_secs(5));
    let clocks = Clocks { connect: limit, first_byte: limit, attempt: limit, stall: limit, ..Clocks::default() };
    let (mut client, other) = full(clocks);
    client.poll().after(100);
    client.shared.permits.release(other);
    client.after(1).say(head(3, 200)).tell(end(3));
    assert!(client.log.ends_with("Done\n"), "{}", client.log);
}

#[test]
fn a_message_needs_none() {
    let mut client = Client::new(Look::default(), token());
    client.shared.permits = Permits::new(1);
    let other = client.shared.ids.next_id();
    assert!(client.shared.permits.take(other));
    client.poll().answered(3, 200, "seen");
    assert!(client.log.ends_with("Done\n"), "{}", client.log);
}

#[test]
fn sixteen_transfers_are_under_way_and_no_more() {
    let mut world = World::new(login(), &[Member::fetch as fn() -> Member; 20]);
    world.shared.permits = Permits::default();
    (0..20).for_each(|call| world.happen(Event::Poll(call)));
    // The login of the first needs no permit, and nobody waits for one meanwhile.
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (0, 0));
    world.answer(0, 200);
    world.poll_due();
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (16, 4));
    let under_way: u32 = world.members.iter().map(|member| member.opens).sum();
    assert_eq!(under_way, 16);
    world.answer(3, 200);
    world.poll_due();
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (16, 3));
    world.happen(Event::Abandon(5));
    world.happen(Event::Cancel(6));
    world.poll_due();
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (16, 1));
    world.go_on();
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (0, 0));
}

#[test]
fn who_is_sent_elsewhere_keeps_its_permit() {
    let mut client = Client::new(Fetch::default(), Session::none());
    client.shared.permits = Permits::new(1);
    client.poll();
    let other = client.shared.ids.next_id();
    assert!(!client.shared.permits.take(other), "it stands in the queue");
    client.say(head_with(2, 302, &[("location", "http://node.test/x")])).tell(end(2));
    assert!(!client.shared.permits.take(other), "still");
    // Where it is sent is no place: that ends the call.
    client.say(head_with(4, 302, &[("location", "ftp://node.test/x")])).tell(end(4));
    assert!(client.is_done && client.shared.permits.take(other), "{}", client.log);
}

#[test]
fn who_is_held_up_by_a_login_stands_in_nobodys_way() {
    let mut world = World::new(login(), &[Member::fetch, Member::fetch, Member::keep, Member::keep]);
    world.happen(Event::Poll(0));
    world.answer(0, 200);
    world.happen(Event::Poll(2));
    // Two have the permits; the third waits, and then finds the session ended.
    world.happen(Event::Poll(1));
    world.happen(Event::Poll(3));
    assert_eq!((world.shared.permits.taken(), world.shared.permits.waiting()), (2, 2));
    world.answer(0, 401);
    // The first logs in again, and its permit is free: not for the second, which needs the session, but for the fourth.
    world.poll_due();
    assert_eq!((world.logins(), world.members[1].opens, world.members[3].opens), (1, 0, 1));
    world.go_on();
}
