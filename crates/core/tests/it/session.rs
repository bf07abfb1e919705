//! One session for many calls: whatever happens in whatever order, at most one of them logs in, and all of them end.

use core::time::Duration;

use larder_core::{
    Action, Call, ClientMachine, ErrorKind, ExchangeId, Failure, Input, Machine, Phase, Policy, Session, Settings, Shared, Time,
};
use proptest::prelude::*;

use crate::drive::{data, end, failed, head, login, settings, wrote};
use crate::toy::{Fault, Look, Said, Toy};

const CALLS: usize = 5;

/// What happens next, and to which call.
#[derive(Debug, Clone, Copy)]
enum Event {
    Poll(usize),
    Succeed(usize),
    Expire(usize),
    Refuse(usize),
    Trouble(usize),
    Break(usize),
    Cancel(usize),
    Abandon(usize),
    Pass(u64),
}

fn events() -> impl Strategy<Value = Event> {
    let call = 0..CALLS;
    prop_oneof![
        4 => call.clone().prop_map(Event::Poll),
        4 => call.clone().prop_map(Event::Succeed),
        2 => call.clone().prop_map(Event::Expire),
        1 => call.clone().prop_map(Event::Refuse),
        1 => call.clone().prop_map(Event::Trouble),
        1 => call.clone().prop_map(Event::Break),
        1 => call.clone().prop_map(Event::Cancel),
        1 => call.prop_map(Event::Abandon),
        // Never so long that the others lose patience with a login.
        1 => (0..800_u64).prop_map(Event::Pass),
    ]
}

struct Member {
    call: Call<Look>,
    /// What is open, and whether it is a login.
    open: Option<(ExchangeId, bool)>,
    wrote: bool,
    ended: Option<Result<Said, ErrorKind<Fault>>>,
    is_abandoned: bool,
}

struct World {
    shared: Shared<Toy>,
    now: Time,
    members: Vec<Member>,
}

impl World {
    fn new(session: Session<Toy>) -> Self {
        let settings = Settings { policy: Policy { attempts: 3, ..Policy::default() }, ..settings() };
        let member = |_| Member {
            call: Call::new(Look::default(), settings.clone()),
            open: None,
            wrote: true,
            ended: None,
            is_abandoned: false,
        };
        Self { shared: Shared::new(session, 1), now: Time::ZERO, members: (0..CALLS).map(member).collect() }
    }

    fn is_over(&self, member: usize) -> bool {
        self.members[member].ended.is_some() || self.members[member].is_abandoned
    }

    fn poll(&mut self, number: usize) {
        if self.is_over(number) {
            return;
        }
        let member = &mut self.members[number];
        loop {
            match member.call.poll(self.now, &mut self.shared) {
                Action::Open { at, head, .. } => member.open = Some((at, head.0.uri().path() == "/enter")),
                Action::Write { .. } => member.wrote = false,
                Action::Abort { .. } => member.open = None,
                Action::Wait { .. } => return,
                Action::Done(result) => {
                    member.open = None;
                    member.ended = Some(result.map_err(|error| error.kind));
                    return;
                }
                Action::Finish { .. } | Action::Feed { .. } | Action::Data { .. } | Action::Note(_) => {}
            }
        }
    }

    fn tell(&mut self, number: usize, input: Input) {
        let told = self.members[number].call.handle(input);
        assert!(told.is_ok(), "{told:?}");
        self.poll(number);
    }

    /// The exchange that is open is answered like this.
    fn answer(&mut self, number: usize, status: u16) {
        let Some((at, _)) = self.members[number].open.filter(|_| !self.is_over(number)) else { return };
        if !core::mem::replace(&mut self.members[number].wrote, true) {
            self.tell(number, wrote(at.0));
        }
        self.tell(number, head(at.0, status));
        self.tell(number, data(at.0, "text"));
        self.members[number].open = None;
        self.tell(number, end(at.0));
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Poll(call) => self.poll(call),
            Event::Succeed(call) => self.answer(call, 200),
            Event::Expire(call) => self.answer(call, 401),
            Event::Refuse(call) => self.answer(call, 403),
            Event::Trouble(call) => self.answer(call, 500),
            Event::Break(call) => {
                if let Some((at, _)) = self.members[call].open.take().filter(|_| !self.is_over(call)) {
                    self.tell(call, failed(at.0, Failure::Reset, Phase::Send));
                }
            }
            Event::Cancel(call) if !self.is_over(call) => self.tell(call, Input::Cancel),
            Event::Abandon(call) if !self.is_over(call) => {
                self.members[call].call.abandon(&mut self.shared);
                self.members[call].is_abandoned = true;
                self.members[call].open = None;
            }
            Event::Cancel(_) | Event::Abandon(_) => {}
            Event::Pass(milliseconds) => {
                self.now = self.now + Duration::from_millis(milliseconds);
                (0..CALLS).for_each(|call| self.poll(call));
            }
        }
    }

    fn logins(&self) -> usize {
        self.members.iter().filter(|member| matches!(member.open, Some((_, true)))).count()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn at_most_one_logs_in_and_all_of_them_end(events in proptest::collection::vec(events(), 0..40)) {
        let mut world = World::new(login());
        for event in events {
            let before = world.shared.epoch();
            world.happen(event);
            prop_assert!(world.shared.epoch() >= before);
            prop_assert!(world.logins() <= 1, "{} logins after {event:?}", world.logins());
        }
        // From here on the service is well, and time goes on: everyone that has not given up succeeds.
        for _ in 0..50 {
            for call in 0..CALLS {
                world.poll(call);
                world.answer(call, 200);
                prop_assert!(world.logins() <= 1);
            }
            world.happen(Event::Pass(300));
        }
        for call in 0..CALLS {
            prop_assert!(world.is_over(call), "call {call} never ended");
        }
    }
}

#[test]
fn nobody_waits_for_a_session_longer_than_for_the_whole_call() {
    let mut world = World::new(login());
    (0..CALLS).for_each(|call| world.poll(call));
    assert_eq!(world.logins(), 1);
    // The leader's embedder is gone without a word: the others take over one after another.
    world.members[0].is_abandoned = true;
    for _ in 0..60 {
        world.happen(Event::Pass(1000));
    }
    assert!((1..CALLS).all(|call| world.is_over(call)));
}
