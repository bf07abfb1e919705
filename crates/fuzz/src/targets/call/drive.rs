//! Drives one call: what it wants done is done, and must be what it may want.

use core::fmt::Debug;
use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::VecDeque;

use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{
    Action, Api, Call, CallResult, ClientMachine, Clock, Clocks, ExchangeId, Kind, Length, Limits, On, Operation, Session,
    Settings, Shared, Target, Time,
};
use larder_proto_nvx::flow::{UploadFile, Uploading};
use larder_proto_nvx::values::FolderPath;
use serde_json::json;

use crate::input::{Script, Sizes};
use crate::oracle::{CANARY, hides};
use crate::targets::message;

/// Small, so that short inputs reach them.
pub(super) const LIMITS: Limits =
    Limits { answer: 4 << 10, request: 0, embedded: 0, fields: 0, feed: 16, redirects: 3, upload: 0 };

/// When every call must be over.
const TOTAL: Duration = Duration::from_secs(100);

/// The file that is sent.
pub(super) const FILE: &[u8] = b"a file of some thirty-five bytes...";

/// More than any input needs.
const STEPS: usize = 200_000;

/// What came of a call, however its answers were cut up.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heard {
    result: String,
    file: Vec<u8>,
}

/// The exchange that is open.
pub(super) struct Open<'d> {
    pub(super) at: ExchangeId,
    /// What is still to come of the answer.
    pub(super) answer: Option<(ResponseHead, &'d [u8])>,
    pub(super) rest: &'d [u8],
    pub(super) has_head: bool,
    /// It ended, or broke; the machine may still close the connection.
    pub(super) is_over: bool,
    pub(super) length: Length,
    pub(super) sent: u64,
    pub(super) is_finished: bool,
    /// Bytes of its answer so far.
    pub(super) came: usize,
}

/// What the driver knows.
pub(super) struct Run<'d, A: Api, M> {
    pub(super) machine: M,
    pub(super) shared: Shared<A>,
    pub(super) script: Script<'d>,
    pub(super) sizes: Sizes<'d>,
    pub(super) answers: VecDeque<&'d [u8]>,
    pub(super) now: Time,
    pub(super) on: On,
    pub(super) until: Option<Time>,
    pub(super) open: Option<Open<'d>>,
    pub(super) old: Option<ExchangeId>,
    pub(super) unacknowledged: bool,
    pub(super) asked: Option<(u64, usize)>,
    pub(super) received: Vec<u8>,
    pub(super) delivered: u64,
    ends: Time,
    /// A download may send a file, which is not held; an upload may read its own before it opens anything.
    kind: Kind,
}

/// How a call is made, and answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan<'d> {
    /// A bit for the file's length being known, a bit for a session being there; all of it decides pauses.
    pub(super) flags: u8,
    pub(super) script: &'d [u8],
    /// How answers are cut up where no decision says.
    pub(super) sizes: &'d [u8],
    pub(super) answers: &'d [u8],
}

impl Plan<'_> {
    fn settings<A: Api>(&self, clocks: Clocks) -> Option<Settings<A>> {
        let target = Target::parse("http://fuzz.test/prefix").ok()?;
        let length = (self.flags & 1 == 0).then_some(FILE.len() as u64);
        let clocks = Clocks { total: Clock::After(TOTAL), ..clocks };
        Some(Settings { clocks, length, limits: LIMITS, ..Settings::new(target) })
    }
}

/// Makes one call.
pub(super) fn call<O: Operation>(operation: O, plan: Plan<'_>) -> Option<Heard> {
    let settings = plan.settings(Clocks::of(&O::META))?;
    Some(run(Call::new(operation, settings), plan, Time(TOTAL), O::META.kind))
}

/// Makes the calls that upload a file.
pub(super) fn upload(plan: Plan<'_>) -> Option<Heard> {
    let settings = plan.settings(Clocks::for_kind(Kind::Upload))?;
    let upload = UploadFile::new(FolderPath::root(), "a file".parse().ok()?, Uploading::default(), settings);
    Some(run(upload, plan, Time(2 * TOTAL), Kind::Upload))
}

fn run<A: Api, M: ClientMachine<A, Answer: Debug> + Debug>(machine: M, plan: Plan<'_>, ends: Time, kind: Kind) -> Heard {
    let mut run = Run {
        machine,
        shared: Shared::new(session::<A>(plan.flags & 2 == 0), u64::from(plan.flags)),
        script: Script(plan.script),
        sizes: Sizes::new(plan.sizes),
        answers: split(plan.answers),
        now: Time::ZERO,
        on: On::default(),
        until: None,
        open: None,
        old: None,
        unacknowledged: false,
        asked: None,
        received: Vec::new(),
        delivered: 0,
        ends,
        kind,
    };
    for _ in 0..STEPS {
        let action = run.machine.poll(run.now, &mut run.shared);
        if let ControlFlow::Break(result) = run.perform(action) {
            run.check(&result);
            return Heard { result: format!("{result:?}"), file: run.received };
        }
    }
    panic!("never ends: {:?}", run.machine);
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

impl<'d, A: Api, M: ClientMachine<A, Answer: Debug> + Debug> Run<'d, A, M> {
    /// Does what it wants done, and holds that it may want that now.
    fn perform(&mut self, action: Action<M::Answer, A::Fault>) -> ControlFlow<CallResult<M::Answer, A::Fault>> {
        hides(&format!("{action:?}"));
        match action {
            Action::Open { at, head, length } => {
                self.open(at, &head, length);
                let told = self.machine.handle(larder_core::Input::Connected { at });
                assert_eq!(told, Ok(()));
            }
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
                let is_open = self.open.as_ref().is_some_and(|open| !open.is_over);
                assert!(is_open || self.kind == Kind::Upload, "asks for the file without an exchange");
                assert!(max > 0 && max <= LIMITS.feed, "{max} bytes of the file at once");
                self.asked = Some((offset, max));
            }
            Action::Data { offset, chunk } => {
                assert_eq!(offset, self.received.len() as u64, "a hole in the file");
                self.received.extend_from_slice(&chunk);
                assert!(self.received.len() as u64 <= self.delivered, "more than came");
            }
            Action::Note(_) => {}
            Action::Wait { until, on, .. } => self.wait(until, on),
            Action::Done(result) => return ControlFlow::Break(result),
        }
        ControlFlow::Continue(())
    }

    fn wait(&mut self, until: Option<Time>, on: On) {
        assert!(until.is_none_or(|until| until > self.now), "waits for what is past");
        assert!(self.now < self.ends, "waits after its time is up");
        let held = self.open.as_ref().filter(|open| self.kind != Kind::Download && !open.is_over).map_or(0, |open| open.came);
        assert!(held <= LIMITS.answer, "goes on after {held} bytes");
        (self.on, self.until) = (on, until);
        match self.script.next() {
            Some(decision) => self.decide(decision >> 5, decision & 31),
            None => self.go_on(),
        }
    }

    fn open(&mut self, at: ExchangeId, head: &RequestHead, length: Length) {
        assert!(self.open.as_ref().is_none_or(|open| open.is_over), "two exchanges at once");
        self.close();
        let here = head.0.uri().path();
        let answer = self.answers.pop_front().and_then(|answer| message::response(answer, here));
        let rest = answer.as_ref().map_or(&b""[..], |(_, body)| body);
        (self.unacknowledged, self.asked) = (false, None);
        self.open =
            Some(Open { at, answer, rest, has_head: false, is_over: false, length, sent: 0, is_finished: false, came: 0 });
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

    /// It is over.
    fn check(&self, result: &CallResult<M::Answer, A::Fault>) {
        assert!(self.open.as_ref().is_none_or(|open| open.is_over), "something is left open");
        match result {
            Ok(_) => {}
            Err(error) => {
                hides(&format!("{error} {error:?}"));
                assert!(error.elapsed <= self.now.0, "{error:?}");
            }
        }
        hides(&format!("{:?} {:?}", self.machine, self.shared));
    }
}
