//! A call and an embedder that does whatever is legal in whatever order: it never panics, never calls that a misuse, and
//! is over by its deadline.

use core::time::Duration;

use larder_core::{
    Action, Call, Clock, Clocks, ExchangeId, Failure, Input, Machine, On, Operation, Phase, Session, Settings, Shared, Time,
};
use proptest::prelude::*;

use crate::drive::{body, data, end, failed, head_with, login, settings, token, wrote};
use crate::toy::{Change, Fetch, Look, Said, Store, StoreInside, Toy};

const TOTAL: Duration = Duration::from_secs(100);

/// What the embedder knows.
struct Embedder<O: Operation<Api = Toy, Answer = Said>> {
    call: Call<O>,
    shared: Shared<Toy>,
    now: Time,
    on: On,
    /// The exchange that is open, and how far its answer has come: nothing, a head.
    open: Option<(ExchangeId, bool)>,
    /// Exchanges that are over.
    old: Vec<ExchangeId>,
    unacknowledged: bool,
    asked: Option<u64>,
    is_done: bool,
}

impl<O: Operation<Api = Toy, Answer = Said>> Embedder<O> {
    fn poll(&mut self) {
        while !self.is_done {
            match self.call.poll(self.now, &mut self.shared) {
                Action::Open { at, .. } => {
                    assert!(self.open.is_none(), "two exchanges at once");
                    self.open = Some((at, false));
                    self.unacknowledged = false;
                    self.asked = None;
                    self.tell(Input::Connected { at });
                }
                Action::Write { .. } => {
                    assert!(!self.unacknowledged, "two writes at once");
                    self.unacknowledged = true;
                }
                Action::Feed { offset, .. } => self.asked = Some(offset),
                Action::Abort { at } => {
                    assert_eq!(self.open.take().map(|(at, _)| at), Some(at), "aborts what is not open");
                    self.old.push(at);
                    self.asked = None;
                }
                Action::Wait { until, on, .. } => {
                    assert!(until.is_none_or(|until| until > self.now), "waits for what is past");
                    self.on = on;
                    return;
                }
                Action::Done(_) => {
                    assert!(self.open.is_none(), "something is left open");
                    self.is_done = true;
                }
                Action::Finish { .. } | Action::Data { .. } | Action::Note(_) => {}
            }
        }
    }

    /// One legal thing, chosen by `choice`; how it is done, by `detail`.
    fn act(&mut self, choice: u8, detail: u8) {
        match choice {
            0..=29 => self.acknowledge(),
            30..=69 => self.answer(detail),
            70..=109 => self.feed(detail),
            110..=124 => self.fail(detail),
            125..=149 => self.late(detail),
            150..=151 => self.tell(Input::Cancel),
            _ => self.now = self.now + Duration::from_millis(u64::from(detail) * 40),
        }
        self.poll();
    }

    fn acknowledge(&mut self) {
        if let Some((at, _)) = self.open.filter(|_| self.unacknowledged) {
            self.unacknowledged = false;
            self.tell(wrote(at.0));
        }
    }

    fn answer(&mut self, detail: u8) {
        let Some((at, has_head)) = self.open.filter(|_| self.on.peer) else { return };
        if !has_head {
            let status = [200, 200, 200, 401, 403, 500, 302, 304, 502][usize::from(detail % 9)];
            let headers: &[(&str, &str)] =
                [&[][..], &[("content-length", "3")], &[("location", "/x")], &[("retry-after", "1")]][usize::from(detail % 4)];
            self.open = Some((at, true));
            self.tell(head_with(at.0, status, headers));
        } else if detail.is_multiple_of(3) {
            self.tell(end(at.0));
            // Whether it is to be aborted is known after the next poll.
            self.settle(at);
        } else {
            self.tell(data(at.0, "abc"));
        }
    }

    /// The exchange is over; an `Abort` may still be said of it.
    fn settle(&mut self, at: ExchangeId) {
        self.asked = None;
        loop {
            match self.call.poll(self.now, &mut self.shared) {
                Action::Data { .. } => {}
                Action::Abort { at: aborted } => {
                    assert_eq!(aborted, at);
                    self.close(at);
                    return;
                }
                Action::Done(_) => {
                    self.close(at);
                    self.is_done = true;
                    return;
                }
                Action::Wait { on, .. } => {
                    self.close(at);
                    self.on = on;
                    return;
                }
                Action::Note(_) => {
                    self.close(at);
                    return;
                }
                Action::Open { at: next, .. } => {
                    self.close(at);
                    self.open = Some((next, false));
                    self.unacknowledged = false;
                    self.tell(Input::Connected { at: next });
                    return;
                }
                action @ (Action::Write { .. } | Action::Finish { .. } | Action::Feed { .. }) => {
                    panic!("{action:?} after the end")
                }
            }
        }
    }

    fn close(&mut self, at: ExchangeId) {
        self.open = None;
        self.old.push(at);
    }

    fn feed(&mut self, detail: u8) {
        let Some(offset) = self.asked.take() else { return };
        match detail % 8 {
            0 => self.tell(Input::BodyGone),
            1 | 2 => self.tell(Input::BodyEnd),
            _ => self.tell(body(offset, "file")),
        }
    }

    fn fail(&mut self, detail: u8) {
        let Some((at, has_head)) = self.open else { return };
        let phase = if has_head || detail.is_multiple_of(2) { Phase::Send } else { Phase::Connect };
        self.tell(failed(at.0, Failure::Reset, phase));
        self.settle(at);
    }

    fn late(&mut self, detail: u8) {
        if self.old.is_empty() {
            return;
        }
        let at = self.old[usize::from(detail) % self.old.len()].0;
        self.tell(match detail % 5 {
            0 => wrote(at),
            1 => head_with(at, 200, &[]),
            2 => data(at, "late"),
            3 => end(at),
            _ => failed(at, Failure::Reset, Phase::Send),
        });
    }

    fn tell(&mut self, input: Input) {
        if self.is_done {
            return;
        }
        let shown = format!("{input:?}");
        if let Err(misuse) = self.call.handle(input) {
            panic!("{shown}: {misuse}");
        }
    }
}

fn run<O: Operation<Api = Toy, Answer = Said>>(operation: O, session: Session<Toy>, length: Option<u64>, script: &[(u8, u8)]) {
    let clocks = Clocks { total: Clock::After(TOTAL), ..Clocks::default() };
    let settings = Settings { clocks, length, ..settings() };
    let mut embedder = Embedder {
        call: Call::new(operation, settings),
        shared: Shared::new(session, 1),
        now: Time::ZERO,
        on: On::default(),
        open: None,
        old: Vec::new(),
        unacknowledged: false,
        asked: None,
        is_done: false,
    };
    embedder.poll();
    for (choice, detail) in script {
        if embedder.is_done {
            return;
        }
        embedder.act(*choice, *detail);
    }
    embedder.now = embedder.now.max(Time(TOTAL));
    embedder.poll();
    assert!(embedder.is_done, "its time is up");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_legal(script in proptest::collection::vec(any::<(u8, u8)>(), 0..80), known: bool) {
        let length = known.then_some(8);
        run(Look::default(), login(), length, &script);
        run(Change::default(), token(), length, &script);
        run(Store::default(), Session::none(), length, &script);
        run(StoreInside::default(), login(), length, &script);
        run(Fetch::default(), token(), length, &script);
    }

    #[test]
    fn whatever_is_illegal(script in proptest::collection::vec(any::<(u8, u8)>(), 0..60)) {
        let mut call = Call::new(StoreInside::default(), settings());
        let mut shared = Shared::new(login(), 1);
        for (choice, detail) in script {
            let at = u64::from(detail % 5);
            let input = match choice % 12 {
                0 => wrote(at),
                1 => head_with(at, 200, &[]),
                2 => data(at, "x"),
                3 => end(at),
                4 => failed(at, Failure::Reset, Phase::Connect),
                5 => body(u64::from(detail % 3), "x"),
                6 => Input::BodyEnd,
                7 => Input::BodyGone,
                8 if detail < 20 => Input::Cancel,
                _ => {
                    let action = call.poll(Time(Duration::from_millis(u64::from(detail))), &mut shared);
                    if matches!(action, Action::Done(_)) {
                        return Ok(());
                    }
                    continue;
                }
            };
            let before = format!("{call:?}");
            if call.handle(input).is_err() {
                prop_assert_eq!(format!("{:?}", call), before);
            }
        }
    }
}
