//! Drives one call.

use core::time::Duration;
use std::collections::VecDeque;

use bytes::Bytes;
use larder_core::wire::RequestHead;
use larder_core::{
    Action, Api, Call, CallResult, Clocks, ExchangeId, Failure, Input, Length, Limits, Machine, On, Operation, Phase, Session,
    Settings, Shared, Target, Time,
};
use serde_json::json;

use crate::input::Script;
use crate::oracle::{CANARY, hides};
use crate::targets::message;

/// Small, so that short inputs reach them.
pub(super) const LIMITS: Limits = Limits { answer: 4 << 10, request: 0, fields: 0, feed: 16, redirects: 3, upload: 0 };

/// When every call must be over.
const TOTAL: Duration = Duration::from_secs(100);

/// The file that is sent.
const FILE: &[u8] = b"a file of some thirty-five bytes...";

/// More than any input needs.
const STEPS: usize = 200_000;

/// The exchange that is open.
struct Open<'d> {
    at: ExchangeId,
    /// What is still to come of the answer.
    answer: Option<(larder_core::wire::ResponseHead, &'d [u8])>,
    rest: &'d [u8],
    has_head: bool,
    /// It ended, or broke; the machine may still close the connection.
    is_over: bool,
    length: Length,
    sent: u64,
    is_finished: bool,
}

/// What the driver knows.
struct Run<'d, O: Operation> {
    call: Call<O>,
    shared: Shared<O::Api>,
    script: Script<'d>,
    answers: VecDeque<&'d [u8]>,
    now: Time,
    on: On,
    until: Option<Time>,
    open: Option<Open<'d>>,
    old: Option<ExchangeId>,
    unacknowledged: bool,
    asked: Option<(u64, usize)>,
    received: u64,
    delivered: u64,
}

/// Makes a call.
pub(super) fn run<O: Operation>(operation: O, script: &[u8], answers: &[u8]) {
    let Ok(target) = Target::parse("http://fuzz.test/prefix") else { return };
    let mut script = Script(script);
    let first = script.next().unwrap_or_default();
    let clocks = Clocks { total: Some(TOTAL), ..Clocks::of(&O::META) };
    let length = (first & 1 == 0).then_some(FILE.len() as u64);
    let settings = Settings { clocks: Some(clocks), length, limits: LIMITS, ..Settings::new(target) };
    let mut run = Run {
        call: Call::new(operation, settings),
        shared: Shared::new(session::<O::Api>(first & 2 == 0), u64::from(first)),
        script,
        answers: split(answers),
        now: Time::ZERO,
        on: On::default(),
        until: None,
        open: None,
        old: None,
        unacknowledged: false,
        asked: None,
        received: 0,
        delivered: 0,
    };
    for _ in 0..STEPS {
        match run.call.poll(run.now, &mut run.shared) {
            Action::Wait { until, on, .. } => {
                assert!(until.is_none_or(|until| until > run.now), "waits for what is past");
                assert!(run.now < Time(TOTAL), "waits after its time is up");
                (run.on, run.until) = (on, until);
                match run.script.next() {
                    Some(decision) => run.decide(decision >> 5, decision & 31),
                    None => run.go_on(),
                }
            }
            Action::Done(result) => return run.check(&result),
            action => run.perform(action),
        }
    }
    panic!("never ends: {:?}", run.call);
}

/// A session that can be opened, if the API has such, or one that is.
fn session<A: Api>(by_login: bool) -> Session<A> {
    let login = json!({ "appKey": CANARY, "userName": "someone", "password": CANARY });
    match serde_json::from_value::<A::Login>(login) {
        Ok(login) if by_login => Session::with_login(login),
        Ok(_) | Err(_) => Session::with_token(CANARY.into()),
    }
}

fn split(mut answers: &[u8]) -> VecDeque<&[u8]> {
    const LINE: &[u8] = b"\n%%\n";
    let mut all = VecDeque::new();
    while let Some(at) = answers.windows(LINE.len()).position(|window| window == LINE) {
        all.push_back(&answers[..at]);
        answers = &answers[at + LINE.len()..];
    }
    all.push_back(answers);
    all
}

impl<'d, O: Operation> Run<'d, O> {
    /// Does what it wants done, and holds that it may want that now.
    fn perform(&mut self, action: Action<O::Answer, <O::Api as Api>::Fault>) {
        hides(&format!("{action:?}"));
        match action {
            Action::Open { at, head, length } => self.open(at, &head, length),
            Action::Write { at, chunk } => {
                let open = self.opened(at);
                assert!(!open.is_over && !open.is_finished, "a piece after the end");
                open.sent += chunk.len() as u64;
                assert!(!core::mem::replace(&mut self.unacknowledged, true), "two writes at once");
            }
            Action::Finish { at } => {
                let open = self.opened(at);
                assert!(!open.is_over && !core::mem::replace(&mut open.is_finished, true), "finished twice");
                assert!(matches!(open.length, Length::Unknown) || open.length == Length::Known(open.sent), "another length");
            }
            Action::Abort { at } => {
                self.opened(at);
                self.close();
            }
            Action::Feed { offset, max } => {
                assert!(self.open.as_ref().is_some_and(|open| !open.is_over), "asks for the file without an exchange");
                assert!(max > 0 && max <= LIMITS.feed, "{max} bytes of the file at once");
                self.asked = Some((offset, max));
            }
            Action::Data { offset, chunk } => {
                assert_eq!(offset, self.received, "a hole in the file");
                self.received += chunk.len() as u64;
                assert!(self.received <= self.delivered, "more than came");
            }
            Action::Note(_) => {}
            Action::Wait { .. } | Action::Done(_) => unreachable!("looked at before"),
        }
    }

    fn open(&mut self, at: ExchangeId, head: &RequestHead, length: Length) {
        assert!(self.open.as_ref().is_none_or(|open| open.is_over), "two exchanges at once");
        self.close();
        let here = head.0.uri().path();
        let answer = self.answers.pop_front().and_then(|answer| message::response(answer, here));
        let rest = answer.as_ref().map_or(&b""[..], |(_, body)| body);
        (self.unacknowledged, self.asked) = (false, None);
        self.open = Some(Open { at, answer, rest, has_head: false, is_over: false, length, sent: 0, is_finished: false });
    }

    fn opened(&mut self, at: ExchangeId) -> &mut Open<'d> {
        match &mut self.open {
            Some(open) if open.at == at => open,
            Some(_) | None => panic!("#{} is not open", at.0),
        }
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            self.old = Some(open.at);
        }
        self.asked = None;
    }

    /// One decision. What cannot be done now is passed over.
    fn decide(&mut self, what: u8, detail: u8) {
        match what {
            0 => self.answer(usize::from(detail) + 1),
            1 => self.flood(usize::from(detail) + 1),
            2 => self.feed(detail),
            3 => self.room(),
            4 => self.now = self.now + Duration::from_millis(u64::from(detail) * 700),
            5 => self.now = self.until.unwrap_or(self.now),
            6 => self.late(detail),
            _ => self.break_off(detail),
        }
    }

    /// All goes as the answers say.
    fn go_on(&mut self) {
        let has_answer = self.open.as_ref().is_some_and(|open| open.answer.is_some() || open.has_head);
        if self.asked.is_some() {
            self.feed(31);
        } else if self.on.room {
            self.room();
        } else if self.on.peer && has_answer {
            self.answer(usize::MAX);
        } else if self.on.peer {
            self.fail(Phase::Send);
        } else if let Some(until) = self.until {
            self.now = until;
        } else {
            panic!("stands still: {:?}", self.call);
        }
    }

    fn tell(&mut self, input: Input) {
        let shown = format!("{input:?}");
        if let Err(misuse) = self.call.handle(input) {
            panic!("{shown}: {misuse}: {:?}", self.call);
        }
        hides(&format!("{:?} {:?}", self.call, self.shared));
    }

    /// The exchange that may be answered now.
    fn peer(&mut self) -> Option<&mut Open<'d>> {
        self.open.as_mut().filter(|open| self.on.peer && !open.is_over)
    }

    /// The head, the next piece, or the end.
    fn answer(&mut self, most: usize) {
        let Some(open) = self.peer() else { return };
        let at = open.at;
        if !open.has_head {
            let Some((head, _)) = open.answer.take() else { return };
            open.has_head = true;
            return self.tell(Input::Head { at, head });
        }
        if open.rest.is_empty() {
            open.is_over = true;
            self.asked = None;
            return self.tell(Input::End { at });
        }
        let (piece, rest) = open.rest.split_at(most.min(open.rest.len()));
        open.rest = rest;
        self.data(at, Bytes::copy_from_slice(piece));
    }

    /// So many KiB of nothing in particular.
    fn flood(&mut self, size: usize) {
        if let Some(at) = self.peer().filter(|open| open.has_head).map(|open| open.at) {
            self.data(at, vec![b'a'; size << 10].into());
        }
    }

    fn data(&mut self, at: ExchangeId, chunk: Bytes) {
        self.delivered += chunk.len() as u64;
        self.tell(Input::Data { at, chunk });
    }

    /// The caller's file: a piece, its end, or nothing any more.
    fn feed(&mut self, detail: u8) {
        let Some((offset, max)) = self.asked.take() else { return };
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(FILE.len());
        let piece = FILE[from..].chunks(max.min(usize::from(detail) + 1)).next();
        self.tell(match piece {
            _ if detail == 0 => Input::BodyGone,
            Some(chunk) if detail > 1 => Input::Body { offset, chunk: Bytes::from_static(chunk) },
            Some(_) | None => Input::BodyEnd,
        });
    }

    fn room(&mut self) {
        let at = self.open.as_ref().filter(|open| !open.is_over).map(|open| open.at);
        if let Some(at) = at.filter(|_| core::mem::take(&mut self.unacknowledged)) {
            self.tell(Input::Wrote { at });
        }
    }

    /// Word of an exchange that is over, which means nothing any more.
    fn late(&mut self, detail: u8) {
        let Some(at) = self.old else { return };
        let Some((head, _)) = message::response(b"HTTP/1.1 200 OK\r\n\r\n", "") else { return };
        self.tell(match detail % 5 {
            0 => Input::Wrote { at },
            1 => Input::Head { at, head },
            2 => Input::Data { at, chunk: "late".into() },
            3 => Input::End { at },
            _ => Input::Failed { at, failure: Failure::Reset, phase: Phase::Send },
        });
    }

    fn break_off(&mut self, detail: u8) {
        match detail {
            0 => self.tell(Input::Cancel),
            1..=3 => self.fail(Phase::Connect),
            4..=9 => self.fail(Phase::Send),
            // The end, before its time.
            _ => {
                if let Some(open) = self.peer().filter(|open| open.has_head) {
                    open.rest = b"";
                    self.answer(0);
                }
            }
        }
    }

    fn fail(&mut self, phase: Phase) {
        let Some(open) = self.open.as_mut().filter(|open| !open.is_over) else { return };
        open.is_over = true;
        let at = open.at;
        self.asked = None;
        self.tell(Input::Failed { at, failure: Failure::Reset, phase });
    }

    /// It is over.
    fn check(&self, result: &CallResult<O::Answer, <O::Api as Api>::Fault>) {
        assert!(self.open.as_ref().is_none_or(|open| open.is_over), "something is left open");
        match result {
            Ok(_) => {}
            Err(error) => {
                hides(&format!("{error} {error:?}"));
                assert!(error.elapsed <= self.now.0, "{error:?}");
            }
        }
        hides(&format!("{:?} {:?}", self.call, self.shared));
    }
}
