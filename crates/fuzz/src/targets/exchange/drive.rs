//! Drives one exchange.

use core::time::Duration;

use bytes::Bytes;
use http::Method;
use larder_core::operation::Names;
use larder_core::wire::RequestHead;
use larder_core::{Duty, Exchange, Failure, Kind, Length, Limits, Machine, On, Outcome, Serving, Time, Told};

use super::answers::Served;
use crate::input::Script;
use crate::oracle::hides;

/// Small, so that short inputs reach them.
pub(super) const LIMITS: Limits = Limits { answer: 0, request: 2 << 10, fields: 12, feed: 64, redirects: 0, upload: 16 << 10 };

/// More than any input needs.
const STEPS: usize = 200_000;

/// What the driver knows.
struct Run<'d, A: Served> {
    machine: Exchange<A>,
    script: Script<'d>,
    now: Time,
    on: On,
    until: Option<Time>,
    is_head: bool,
    /// What the client still has to send, and whether it has said its last.
    body: &'d [u8],
    has_ended: bool,
    delivered: u64,
    /// What the embedder owes.
    identifying: bool,
    serving: bool,
    wants_files: bool,
    asked: Option<(u64, usize)>,
    /// What came of it.
    is_in_file: bool,
    chunks: u64,
    open: Option<Length>,
    unacknowledged: bool,
    sent: u64,
    is_finished: bool,
}

/// Runs a request to its end.
pub(super) fn run<A: Served>(head: RequestHead, body: &[u8], script: &[u8]) {
    let is_head = head.0.method() == Method::HEAD;
    let mut run = Run::<A> {
        machine: Exchange::new(head, Serving { limits: LIMITS, ..Serving::default() }),
        script: Script(script),
        now: Time::ZERO,
        on: On::default(),
        until: None,
        is_head,
        body,
        has_ended: false,
        delivered: 0,
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
    };
    for _ in 0..STEPS {
        let duty = run.machine.poll(run.now, &mut ());
        match duty {
            Duty::Wait { until, on, .. } => {
                assert!(until.is_none_or(|until| until > run.now), "waits for what is past");
                (run.on, run.until) = (on, until);
                match run.script.next() {
                    Some(decision) => run.decide(decision >> 5, decision & 31),
                    None => run.go_on(),
                }
            }
            Duty::Done(outcome) => return run.check(&outcome),
            duty => run.perform(duty),
        }
    }
    panic!("never ends: {:?}", run.machine);
}

impl<A: Served> Run<'_, A> {
    fn kind(&self) -> Kind {
        self.machine.name().map_or(Kind::Unary, |name| name.meta().kind)
    }

    /// Does what it wants done, and holds that it may want that now.
    fn perform(&mut self, duty: Duty<A>) {
        hides(&format!("{duty:?}"));
        match duty {
            Duty::Identify(_) => self.identifying = true,
            Duty::Serve(_) => {
                assert!(!self.identifying, "served before it was known who asks");
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
                assert!(self.chunks <= self.delivered && self.chunks <= LIMITS.upload, "{} bytes of files", self.chunks);
            }
            Duty::FileEnd => assert!(core::mem::take(&mut self.is_in_file), "the end of no file"),
            Duty::FilesEnd => assert!(core::mem::take(&mut self.wants_files) && !self.is_in_file, "the end of files"),
            Duty::Open { length, .. } => {
                assert!(self.open.replace(length).is_none(), "one answer for one request");
                (self.serving, self.identifying, self.wants_files) = (false, false, false);
            }
            Duty::Write(chunk) => {
                assert!(self.open.is_some() && !self.is_finished, "a body without a head");
                assert!(!core::mem::replace(&mut self.unacknowledged, true), "two writes at once");
                self.sent += chunk.len() as u64;
            }
            Duty::Finish => self.is_finished = true,
            Duty::Feed { offset, max } => {
                assert!(max > 0 && max <= LIMITS.feed, "{max} bytes of the file at once");
                self.asked = Some((offset, max));
            }
            Duty::Abort => {}
            Duty::Wait { .. } | Duty::Done(_) => unreachable!("looked at before"),
        }
    }

    /// One decision. What cannot be done now is passed over.
    fn decide(&mut self, what: u8, detail: u8) {
        match what {
            0 => self.client(usize::from(detail) + 1),
            1 => self.flood(usize::from(detail) + 1),
            2 => self.embedder(detail),
            3 => self.room(),
            4 => self.now = self.now + Duration::from_millis(u64::from(detail) * 700),
            5 => self.now = self.until.unwrap_or(self.now),
            6 => self.illegal(detail),
            _ => self.break_off(detail),
        }
    }

    /// All goes well: the embedder does its part, then the client. What is left is to wait.
    fn go_on(&mut self) {
        if self.identifying || self.asked.is_some() || self.serving && !self.wants_files {
            self.embedder(7);
        } else if self.on.room {
            self.room();
        } else if self.on.peer && !self.has_ended {
            self.client(self.body.len());
        } else if let Some(until) = self.until {
            self.now = until;
        } else {
            panic!("stands still: {:?}", self.machine);
        }
    }

    fn tell(&mut self, told: Told<A>) {
        if let Err(misuse) = self.machine.handle(told) {
            panic!("{misuse}: {:?}", self.machine);
        }
        hides(&format!("{:?}", self.machine));
    }

    /// The client sends the next piece, or the end.
    fn client(&mut self, most: usize) {
        if !self.on.peer || self.has_ended {
            return;
        }
        if self.body.is_empty() {
            self.has_ended = true;
            return self.tell(Told::End);
        }
        let (piece, rest) = self.body.split_at(most.min(self.body.len()));
        self.body = rest;
        self.data(Bytes::copy_from_slice(piece));
    }

    /// The client sends so many KiB of nothing in particular.
    fn flood(&mut self, size: usize) {
        if self.on.peer && !self.has_ended {
            self.data(vec![b'a'; size << 10].into());
        }
    }

    fn data(&mut self, piece: Bytes) {
        self.delivered += piece.len() as u64;
        self.tell(Told::Data(piece));
    }

    fn embedder(&mut self, detail: u8) {
        if self.identifying {
            self.identifying = false;
            self.tell(if detail == 31 { Told::Refused(A::refusal()) } else { Told::Identified });
        } else if let Some((offset, max)) = self.asked.take() {
            let chunk = vec![0; max.min(usize::from(detail) + 1)].into();
            self.tell(if detail == 31 { Told::BodyGone } else { Told::Body { offset, chunk } });
        } else if self.serving {
            (self.serving, self.wants_files) = (false, false);
            self.tell(Told::Reply(A::come_to(self.kind(), detail)));
        }
    }

    fn room(&mut self) {
        if core::mem::take(&mut self.unacknowledged) {
            self.tell(Told::Wrote);
        }
    }

    /// What the embedder must not say now: it is told so, and nothing has changed.
    fn illegal(&mut self, detail: u8) {
        let told = match detail % 5 {
            0 if !self.unacknowledged => Told::Wrote,
            1 if !self.identifying => Told::Identified,
            2 if !self.serving => Told::Reply(A::come_to(self.kind(), detail)),
            3 if self.asked.is_none() => Told::Body { offset: u64::from(detail), chunk: "x".into() },
            4 if self.asked.is_none() => Told::BodyGone,
            _ => return,
        };
        let before = format!("{:?}", self.machine);
        assert!(self.machine.handle(told).is_err(), "not refused: {before}");
        assert_eq!(format!("{:?}", self.machine), before, "a misuse has changed it");
    }

    /// The client goes away, or ends before its time.
    fn break_off(&mut self, detail: u8) {
        if detail == 0 {
            self.tell(Told::Failed(Failure::Reset));
        } else if self.on.peer && !self.has_ended && detail < 4 {
            self.has_ended = true;
            self.tell(Told::End);
        } else if self.on.peer && !self.has_ended {
            self.tell(Told::Data(Bytes::new()));
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
        match self.open {
            Some(Length::Known(length)) if !self.is_head => assert_eq!(self.sent, length, "{outcome:?}"),
            Some(_) => assert!(!self.is_head || self.sent == 0, "a body for a HEAD: {outcome:?}"),
            None => panic!("finished before it began: {outcome:?}"),
        }
    }
}
