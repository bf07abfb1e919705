//! Drives one exchange: what it wants done is done, and must be what it may want.

use core::ops::ControlFlow;
use core::time::Duration;

use http::Method;
use http::response::Parts;
use larder_core::operation::{Names, Requests, Visit};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{
    Api, Duty, Exchange, Fault, FaultClass, Kind, Length, Limits, Machine, On, Operation, Outcome, Refusal, Serving, Time,
};
use larder_testkit::trees::Tree;
use serde_json::Value;

use super::answers::Served;
use crate::input::{Script, Sizes};
use crate::oracle::hides;

/// Small, so that short inputs reach them.
pub(super) const LIMITS: Limits =
    Limits { answer: 0, request: 2 << 10, embedded: 3 << 10, fields: 12, feed: 64, redirects: 0, upload: 16 << 10 };

/// What a request may hold: its text, and the first 4 KiB that are set aside for a file, into which these limits' largest fits.
const HELD: usize = LIMITS.request + (4 << 10);

/// The longest that a client may take over anything, with such limits.
const PATIENCE: Duration = Duration::from_secs(100);

/// More than any input needs.
const STEPS: usize = 200_000;

/// What the embedder and the client heard, however the request was cut up.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    duties: String,
    request: Option<Value>,
    files: Vec<u8>,
    answer: Vec<u8>,
}

/// What the driver knows.
pub(super) struct Run<'d, A: Served> {
    pub(super) machine: Exchange<A>,
    pub(super) script: Script<'d>,
    /// How the body is cut up where no decision says.
    pub(super) sizes: Sizes<'d>,
    pub(super) now: Time,
    pub(super) on: On,
    pub(super) until: Option<Time>,
    pub(super) is_head: bool,
    /// What the client still has to send, and whether it has said its last.
    pub(super) body: &'d [u8],
    pub(super) has_ended: bool,
    pub(super) delivered: u64,
    /// Whether the request is not yet understood, and what the embedder owes then.
    pub(super) is_reading: bool,
    pub(super) identifying: bool,
    pub(super) serving: bool,
    pub(super) wants_files: bool,
    pub(super) asked: Option<(u64, usize)>,
    /// What came of it.
    pub(super) is_in_file: bool,
    pub(super) chunks: u64,
    pub(super) open: Option<(ResponseHead, Length)>,
    pub(super) unacknowledged: bool,
    pub(super) sent: u64,
    pub(super) is_finished: bool,
    heard: Heard,
}

/// What a client takes an answer for, if that is a refusal.
struct Refused<'a>(&'a Parts, &'a [u8]);

impl Visit for Refused<'_> {
    type Output = Option<FaultClass>;

    fn visit<O: Operation>(self) -> Self::Output {
        match O::Api::decode::<O>(self.0, self.1) {
            Err(Refusal::Fault(fault)) => Some(fault.class()),
            Ok(_) | Err(Refusal::Peer(_)) => None,
        }
    }
}

/// Runs a request to its end.
pub(super) fn run<A: Served>(head: RequestHead, body: &[u8], script: &[u8], sizes: &[u8]) -> Heard {
    let is_head = head.0.method() == Method::HEAD;
    let mut run = Run::<A> {
        machine: Exchange::new(head, Serving { limits: LIMITS, ..Serving::default() }),
        script: Script(script),
        sizes: Sizes::new(sizes),
        now: Time::ZERO,
        on: On::default(),
        until: None,
        is_head,
        body,
        has_ended: false,
        delivered: 0,
        is_reading: true,
        identifying: false,
        serving: false,
        wants_files: false,
        asked: None,
        is_in_file: false,
        chunks: 0,
        open: None,
        unacknowledged: false,
        sent: 0,
        is_finished: false,
        heard: Heard::default(),
    };
    for _ in 0..STEPS {
        let duty = run.machine.poll(run.now, &mut ());
        if let ControlFlow::Break(outcome) = run.perform(duty) {
            run.check(&outcome);
            return run.heard;
        }
    }
    panic!("never ends: {:?}", run.machine);
}

impl<A: Served> Run<'_, A> {
    pub(super) fn kind(&self) -> Kind {
        self.machine.name().map_or(Kind::Unary, |name| name.meta().kind)
    }

    /// Does what it wants done, and holds that it may want that now.
    fn perform(&mut self, duty: Duty<A>) -> ControlFlow<Outcome<A>> {
        let shown = format!("{duty:?}\n");
        hides(&shown);
        if !matches!(duty, Duty::Chunk(_) | Duty::Write(_) | Duty::Feed { .. } | Duty::Wait { .. }) {
            self.heard.duties.push_str(&shown);
        }
        match duty {
            Duty::Identify(_) => (self.identifying, self.is_reading) = (true, false),
            Duty::Serve(request) => {
                assert!(!self.identifying, "served before it was known who asks");
                self.heard.request = Some(request.inspect(Tree));
                self.serving = true;
                self.wants_files = self.kind() == Kind::Upload;
            }
            Duty::File(_) => {
                assert!(self.wants_files && !self.is_in_file, "a file at the wrong time");
                self.is_in_file = true;
            }
            Duty::Chunk(chunk) => {
                assert!(self.is_in_file && !chunk.is_empty(), "a piece of no file");
                self.chunks += chunk.len() as u64;
                self.heard.files.extend_from_slice(&chunk);
                assert!(self.chunks <= self.delivered && self.chunks <= LIMITS.upload, "{} bytes of files", self.chunks);
            }
            Duty::FileEnd => assert!(core::mem::take(&mut self.is_in_file), "the end of no file"),
            Duty::FilesEnd => assert!(core::mem::take(&mut self.wants_files) && !self.is_in_file, "the end of files"),
            Duty::Open { head, length } => {
                assert!(self.open.replace((head, length)).is_none(), "one answer for one request");
                (self.serving, self.identifying, self.wants_files, self.is_reading) = (false, false, false, false);
            }
            Duty::Write(chunk) => {
                assert!(self.open.is_some() && !self.is_finished, "a body without a head");
                assert!(!core::mem::replace(&mut self.unacknowledged, true), "two writes at once");
                self.sent += chunk.len() as u64;
                self.heard.answer.extend_from_slice(&chunk);
            }
            Duty::Finish => self.is_finished = true,
            Duty::Feed { offset, max } => {
                assert!(max > 0 && max <= LIMITS.feed, "{max} bytes of the file at once");
                self.asked = Some((offset, max));
            }
            Duty::Abort => {}
            Duty::Wait { until, on, .. } => self.wait(until, on),
            Duty::Done(outcome) => return ControlFlow::Break(outcome),
        }
        ControlFlow::Continue(())
    }

    fn wait(&mut self, until: Option<Time>, on: On) {
        assert!(until.is_none_or(|until| until > self.now), "waits for what is past");
        let is_bounded = until.is_some_and(|until| until <= self.now + PATIENCE);
        assert!(is_bounded || !(on.peer || on.room), "waits for the client until {until:?}");
        assert!(self.machine.holds() <= HELD, "{} bytes are held", self.machine.holds());
        (self.on, self.until) = (on, until);
        match self.script.next() {
            Some(decision) => self.decide(decision >> 5, decision & 31),
            None => self.go_on(),
        }
    }

    /// It is over.
    fn check(&self, outcome: &Outcome<A>) {
        hides(&format!("{outcome:?} {:?}", self.machine));
        assert!(outcome.received <= self.delivered && outcome.sent == self.sent, "{outcome:?}");
        if !self.is_finished {
            assert!(outcome.is_broken, "neither finished nor broken: {outcome:?}");
            return;
        }
        match &self.open {
            Some(_) if self.is_head => assert_eq!(self.sent, 0, "a body for a HEAD: {outcome:?}"),
            Some((head, length)) => {
                assert_eq!(*length, Length::Known(self.sent), "{outcome:?}");
                if let Some(fault) = &outcome.fault {
                    self.understood(head, fault);
                }
            }
            None => panic!("finished before it began: {outcome:?}"),
        }
    }

    /// Our client understands a refusal, unless a browser is sent on instead.
    fn understood(&self, head: &ResponseHead, fault: &A::Fault) {
        if !head.0.status().is_redirection() {
            let name = self.machine.name().unwrap_or(A::Names::ALL[0]);
            let head = head.0.clone().into_parts().0;
            let class = name.visit(Refused(&head, &self.heard.answer));
            assert_eq!(class, Some(fault.class()), "{fault:?} is {head:?}");
        }
    }
}
