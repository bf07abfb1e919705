//! Many calls of one client in random order: at most one of them logs in, none holds what it does not need, retries keep to
//! their budget, what must not be repeated is not, and all of them end.

use larder_core::{Phase, Time};
use proptest::prelude::*;

use crate::drive::login;
use crate::drive::world::{Event, Member, TOTAL, World};

const MEMBERS: [fn() -> Member; 10] = [
    Member::look,
    Member::change,
    Member::store,
    Member::fetch,
    Member::finish,
    Member::keep,
    Member::fetch,
    Member::store,
    Member::leave,
    Member::look,
];

fn events() -> impl Strategy<Value = Event> {
    let call = 0..MEMBERS.len();
    let status = prop_oneof![4 => Just(200_u16), 2 => Just(401), 1 => Just(403), 2 => Just(500), 1 => Just(302), 1 => Just(502)];
    let phase = prop_oneof![Just(Phase::Connect), Just(Phase::Send)];
    prop_oneof![
        6 => call.clone().prop_map(Event::Poll),
        2 => call.clone().prop_map(Event::Connect),
        2 => call.clone().prop_map(Event::Acknowledge),
        2 => call.clone().prop_map(Event::Feed),
        6 => (call.clone(), status).prop_map(|(call, status)| Event::Answer(call, status)),
        2 => (call.clone(), phase).prop_map(|(call, phase)| Event::Break(call, phase)),
        1 => call.clone().prop_map(Event::Cancel),
        1 => call.prop_map(Event::Abandon),
        2 => (0..4000_u64).prop_map(Event::Pass),
    ]
}

fn world(events: &[Event], is_slow: bool) -> World {
    let mut world = World::new(login(), &MEMBERS);
    world.is_slow = is_slow;
    for event in events {
        let before = world.shared.epoch();
        world.happen(*event);
        assert!(world.shared.epoch() >= before);
    }
    world
}

/// What is left when all are over.
fn nothing_is_held(world: &World) {
    let permits = &world.shared.permits;
    assert_eq!((permits.taken(), permits.waiting(), world.logins()), (0, 0, 0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn all_end_when_the_service_is_well_again(events in proptest::collection::vec(events(), 0..80), is_slow: bool) {
        let mut world = world(&events, is_slow);
        world.go_on();
        nothing_is_held(&world);
    }

    #[test]
    fn all_end_by_their_deadline(events in proptest::collection::vec(events(), 0..80), is_slow: bool) {
        let mut world = world(&events, is_slow);
        // Those that were never polled have not begun.
        (0..MEMBERS.len()).for_each(|call| world.poll(call));
        world.now = Time(world.now.0 + TOTAL);
        world.poll_due();
        for call in 0..MEMBERS.len() {
            prop_assert!(world.is_over(call), "call {call} goes on");
        }
        nothing_is_held(&world);
    }

    #[test]
    fn all_may_be_dropped_at_any_moment(events in proptest::collection::vec(events(), 0..80), is_slow: bool) {
        let mut world = world(&events, is_slow);
        (0..MEMBERS.len()).for_each(|call| world.happen(Event::Abandon(call)));
        nothing_is_held(&world);
    }
}
