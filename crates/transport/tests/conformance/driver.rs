//! A small driver that is right, and wrong where it is told to be.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{Action, ClientMachine, ExchangeId, Failure, Input, Length, Machine, On, Phase, Shared, Time};
use larder_testkit::conformance::{Abilities, Bench, Driver, Fault, Job, Order, Said};
use larder_transport::h1::{Connection, Limits, Wire};

use crate::line::Line;
use crate::mistake::Mistake;

/// How often it looks: it has no `poll(2)`.
const NAP: Duration = Duration::from_millis(1);

#[derive(Clone)]
pub(crate) struct Wrong {
    pub(crate) mistake: Mistake,
    pub(crate) log: Arc<Mutex<String>>,
}

impl Wrong {
    pub(crate) fn new(mistake: Mistake) -> Self {
        Self { mistake, log: Arc::default() }
    }
}

impl Driver for Wrong {
    fn abilities(&self) -> Abilities {
        Abilities::ALL
    }

    fn run(&self, shared: Shared<Bench>, jobs: Vec<Job>, order: Order) {
        let client = Client { wrong: self, shared: Mutex::new(shared), began: Instant::now(), kept: Mutex::default() };
        match order {
            Order::InTurn => jobs.into_iter().for_each(|job| client.drive(job)),
            Order::AtOnce => thread::scope(|scope| {
                for job in jobs {
                    let client = &client;
                    scope.spawn(move || client.drive(job));
                }
            }),
        }
    }

    fn log(&self) -> Option<String> {
        Some(self.log.lock().unwrap().clone())
    }
}

struct Client<'a> {
    wrong: &'a Wrong,
    shared: Mutex<Shared<Bench>>,
    began: Instant,
    kept: Mutex<Vec<(Line, Connection)>>,
}

/// One call under way.
struct Drive<'a> {
    client: &'a Client<'a>,
    job: Job,
    wire: Wire,
    line: Option<Line>,
    at: Option<ExchangeId>,
    asked: Option<(u64, usize)>,
    /// To be told before anything else.
    tell: VecDeque<Input>,
    /// Pieces that were acknowledged and not sent.
    queue: VecDeque<Bytes>,
    is_finished: bool,
    /// An exchange that was given up, and goes on.
    old: Option<(Wire, Line)>,
    left_open: Vec<Line>,
    position: u64,
    feeds_at_zero: u32,
    late: Option<(u64, Bytes)>,
    has_head: bool,
    is_cancelled: bool,
    polls: u32,
}

impl Client<'_> {
    fn drive(&self, job: Job) {
        let (wire, tell, queue) = (Wire::default(), VecDeque::new(), VecDeque::new());
        let mut drive = Drive {
            client: self,
            job,
            wire,
            line: None,
            at: None,
            asked: None,
            tell,
            queue,
            is_finished: false,
            old: None,
            left_open: Vec::new(),
            position: 0,
            feeds_at_zero: 0,
            late: None,
            has_head: false,
            is_cancelled: false,
            polls: 0,
        };
        while drive.step() {}
        if !drive.makes(Mistake::ForgetsToAbandon) {
            drive.job.machine.abandon(&mut self.shared.lock().unwrap());
        }
        if drive.makes(Mistake::KeepsTheDroppedOpen) {
            // As a driver whose connections belong to somebody else.
            thread::sleep(Duration::from_millis(700));
        }
    }
}

impl Drive<'_> {
    fn makes(&self, mistake: Mistake) -> bool {
        self.client.wrong.mistake == mistake
    }

    fn now(&mut self) -> Time {
        self.polls += 1;
        let elapsed = self.client.began.elapsed();
        Time(match self.client.wrong.mistake {
            Mistake::TurnsTheClockBack if self.polls.is_multiple_of(2) => elapsed.saturating_sub(Duration::from_millis(100)),
            Mistake::StopsTheClock => elapsed / 2,
            _ => elapsed,
        })
    }

    fn poll(&mut self) -> Action<Said, Fault> {
        let now = self.now();
        self.job.machine.poll(now, &mut self.client.shared.lock().unwrap())
    }

    fn tell(&mut self, input: Input) {
        // A misuse is the suite's to report.
        let _ = self.job.machine.handle(input);
    }

    /// Does one thing. False when the call is over.
    fn step(&mut self) -> bool {
        if self.job.give_up.is_raised() {
            return false;
        }
        if self.job.cancel.is_raised() && !self.is_cancelled && !self.makes(Mistake::IgnoresCancel) {
            self.is_cancelled = true;
            self.tell(Input::Cancel);
            if self.makes(Mistake::StopsAtCancel) {
                return false;
            }
        }
        let action = self.poll();
        let is_wait = matches!(action, Action::Wait { .. });
        match action {
            Action::Open { at, head, length } => self.open(at, head, length),
            Action::Write { chunk, .. } => self.write(chunk),
            Action::Finish { .. } => {
                self.is_finished = true;
                if self.queue.is_empty() {
                    self.wire.finish();
                }
            }
            Action::Abort { .. } => self.abort(),
            Action::Feed { offset, max } => {
                self.asked = Some((offset, max));
                self.feeds_at_zero += u32::from(offset == 0);
            }
            Action::Data { offset, chunk } => self.deliver(offset, chunk),
            Action::Note(_) => {}
            Action::Wait { until, on, .. } => {
                if let Some(input) = self.wait(until, on) {
                    self.spoil(input);
                }
            }
            Action::Done(_) => {
                if self.makes(Mistake::PollsAfterDone) {
                    let _ = self.poll();
                }
                return false;
            }
        }
        // After what a `Wait` has told, and before the next poll: that may be the next `Open`.
        if !(is_wait && self.makes(Mistake::PutsAwayLate)) {
            self.put_away();
        }
        true
    }

    fn open(&mut self, at: ExchangeId, mut head: RequestHead, length: Length) {
        (self.at, self.has_head, self.is_finished) = (Some(at), false, false);
        if self.makes(Mistake::LosesAHeaderField) {
            head.0.headers_mut().remove("x-token");
        }
        if self.makes(Mistake::LosesTheQuery) {
            let uri = head.0.uri().to_string();
            *head.0.uri_mut() = uri.split('?').next().unwrap().parse().unwrap();
        }
        if self.makes(Mistake::SendsTheHostWithoutPort) {
            let host = head.0.uri().host().unwrap().parse().unwrap();
            head.0.headers_mut().insert("host", host);
        }
        if self.makes(Mistake::LogsHeads) {
            let line = format!("{:?}\n", head.0);
            self.client.wrong.log.lock().unwrap().push_str(&line);
        }
        if self.makes(Mistake::SaysConnectedAtOnce) {
            self.tell.push_back(Input::Connected { at });
        }
        self.wire.open(at, head, length);
        let mut kept = self.client.kept.lock().unwrap();
        kept.retain(|(line, _)| line.is_quiet() || self.client.wrong.mistake == Mistake::KeepsEveryConnection);
        if let Some((line, http)) = kept.pop() {
            self.line = Some(line);
            self.wire.connected(http);
        }
    }

    fn connect(&mut self) {
        let Some(origin) = self.wire.wants() else { return };
        if self.line.is_some() && self.client.wrong.mistake == Mistake::PutsAwayLate {
            return;
        }
        match Line::to(origin) {
            Ok(line) => {
                self.line = Some(line);
                let is_boundless = self.makes(Mistake::ReadsHeadsWithoutBound);
                let limits = Limits { head: usize::MAX, headers: usize::MAX, ..Limits::default() };
                self.wire.connected(Connection::new(if is_boundless { limits } else { Limits::default() }));
            }
            Err(error) => self.wire.broke(&error),
        }
    }

    fn write(&mut self, chunk: Bytes) {
        if self.makes(Mistake::SaysWroteAtOnce) {
            let Some(at) = self.at else { return };
            self.queue.push_back(chunk);
            return self.tell(Input::Wrote { at });
        }
        let half = chunk.len() / 2;
        let chunk = if self.makes(Mistake::SpoilsAPiece) { [&chunk[half..], &chunk[..half]].concat().into() } else { chunk };
        self.wire.write(chunk);
    }

    fn abort(&mut self) {
        let line = self.line.take();
        if self.makes(Mistake::MixesUpExchanges) {
            self.old = line.map(|line| (core::mem::take(&mut self.wire), line));
        } else if self.makes(Mistake::LeavesAbortedOpen) {
            self.left_open.extend(line);
        } else if self.makes(Mistake::UsesAbortedAgain) {
            let http = Connection::default();
            self.client.kept.lock().unwrap().extend(line.map(|line| (line, http)));
        }
        self.wire.abort();
    }

    fn deliver(&mut self, offset: u64, chunk: Bytes) {
        if self.makes(Mistake::DeliversLate) {
            if let Some((offset, chunk)) = self.late.replace((offset, chunk)) {
                self.job.sink.write(offset, &chunk).unwrap();
            }
            return;
        }
        self.job.sink.write(offset, &chunk).unwrap();
        if self.makes(Mistake::DeliversTwice) {
            self.job.sink.write(offset, &chunk).unwrap();
        }
    }

    /// Closes what is over, or keeps it.
    fn put_away(&mut self) {
        if self.wire.is_open() {
            return;
        }
        let Some(line) = self.line.take() else { return };
        let kept = self.wire.kept();
        let http = if self.makes(Mistake::KeepsEveryConnection) { Some(Connection::default()) } else { kept };
        if let Some(http) = http {
            self.client.kept.lock().unwrap().push((line, http));
        }
    }

    /// Waits for something to tell, or for a reason to poll.
    fn wait(&mut self, until: Option<Time>, on: On) -> Option<Input> {
        let end = until.map(|until| self.client.began + until.0);
        loop {
            if let Some(input) = self.tell.pop_front() {
                return Some(input);
            }
            let has_moved = self.look(on);
            if let Some(input) = self.event(on) {
                return Some(input);
            }
            if on.body
                && let Some((offset, max)) = self.asked.take()
            {
                return Some(self.read(offset, max));
            }
            let is_due = end.is_some_and(|end| match self.client.wrong.mistake {
                Mistake::NeverPollsAtUntil => false,
                Mistake::PollsLate => Instant::now() > end + Duration::from_millis(900),
                Mistake::StopsTheClock => self.client.began.elapsed() / 2 >= end - self.client.began,
                _ => Instant::now() >= end,
            });
            let epoch = self.client.shared.lock().unwrap().epoch();
            let is_moved = on.shared.is_some_and(|seen| seen != epoch) && !self.makes(Mistake::IgnoresTheEpoch);
            let is_over = self.job.give_up.is_raised() || self.job.cancel.is_raised() && !self.is_cancelled;
            if is_due || is_moved || is_over && !self.makes(Mistake::IgnoresCancel) || self.makes(Mistake::PollsAgainAndAgain) {
                return None;
            }
            if !has_moved {
                thread::sleep(NAP);
            }
        }
    }

    /// Moves bytes. Whether any came.
    fn look(&mut self, on: On) -> bool {
        self.connect();
        if let Some((wire, line)) = &mut self.old {
            line.receive(wire);
        }
        while !self.queue.is_empty() && !self.wire.has_more() {
            if let Some(chunk) = self.queue.pop_front() {
                self.wire.write(chunk);
            }
            if let Some(line) = &mut self.line {
                line.send(&mut self.wire);
            }
            if self.queue.is_empty() && self.is_finished {
                self.wire.finish();
            }
        }
        let Some(line) = &mut self.line else { return false };
        line.send(&mut self.wire);
        if self.client.wrong.mistake == Mistake::WritesAllBeforeItReads && self.wire.has_more() {
            return false;
        }
        if self.client.wrong.mistake == Mistake::PassesOnInterimAnswers && !self.has_head && line.has_interim() {
            self.has_head = true;
            let head = http::Response::builder().status(100).body(()).unwrap();
            self.tell.extend(self.at.map(|at| Input::Head { at, head: ResponseHead(head) }));
        }
        if !on.peer && self.client.wrong.mistake == Mistake::ReadsAhead {
            line.read_ahead();
        }
        if self.client.wrong.mistake == Mistake::ReadsLeniently {
            line.read_leniently();
        }
        (on.peer || self.client.wrong.mistake == Mistake::TellsDataUnasked) && line.receive(&mut self.wire)
    }

    fn event(&mut self, on: On) -> Option<Input> {
        if let (Some((wire, _)), Some(at)) = (&mut self.old, self.at)
            && self.wire.is_open()
            && let Some(Input::Head { head, .. }) = wire.next(true)
        {
            return Some(Input::Head { at, head });
        }
        self.wire.next(on.peer || self.makes(Mistake::TellsDataUnasked))
    }

    fn read(&mut self, offset: u64, max: usize) -> Input {
        let from = if self.makes(Mistake::DoesNotRewind) { self.position } else { offset };
        if self.makes(Mistake::SaysGone) && self.feeds_at_zero > 1 {
            return Input::BodyGone;
        }
        let max = if self.makes(Mistake::GivesMoreThanAsked) { max * 2 } else { max };
        match self.job.source.read(from, max) {
            Ok(Some(chunk)) if self.makes(Mistake::TakesAShortReadForTheEnd) && chunk.len() < max && offset > 0 => Input::BodyEnd,
            Ok(Some(chunk)) => {
                self.position = from + chunk.len() as u64;
                Input::Body { offset, chunk }
            }
            Ok(None) => Input::BodyEnd,
            Err(_) => Input::BodyGone,
        }
    }

    /// Says what happened, or something else.
    fn spoil(&mut self, input: Input) {
        let mistake = self.client.wrong.mistake;
        let input = match (mistake, input) {
            (Mistake::NeverSaysConnected, Input::Connected { .. }) => return,
            // With `SaysWroteAtOnce`, it was said before.
            (Mistake::NeverSaysWrote | Mistake::SaysWroteAtOnce, Input::Wrote { .. }) => return,
            (Mistake::SaysConnectAlways, Input::Failed { at, failure, detail, .. }) => {
                Input::Failed { at, failure, phase: Phase::Connect, detail }
            }
            (Mistake::SaysSendAlways, Input::Failed { at, failure, detail, .. }) => {
                Input::Failed { at, failure, phase: Phase::Send, detail }
            }
            (Mistake::PutsHeadsIntoDetail, Input::Failed { at, failure, phase, .. }) => {
                let detail = Some("POST /Look token-7d1f-of-the-session".into());
                Input::Failed { at, failure, phase, detail }
            }
            (Mistake::TakesACutForAnEnd, Input::Failed { at, failure: Failure::Truncated | Failure::Protocol, .. }) => {
                Input::End { at }
            }
            (Mistake::LosesTheFirstPiece, Input::Data { .. }) if !core::mem::replace(&mut self.has_head, true) => return,
            (Mistake::WaitsForABodyWhereNoneIs, Input::Head { at, head }) => {
                self.has_head = [204, 304].contains(&head.0.status().as_u16());
                Input::Head { at, head }
            }
            (Mistake::WaitsForABodyWhereNoneIs, Input::End { .. }) if self.has_head => return,
            (_, input) => input,
        };
        self.tell(input);
    }
}
