//! One exchange of a call: a request out, an answer in, and the clocks that watch the peer.

use bytes::Bytes;
use http::{StatusCode, response};

use super::receiver::Receiver;
use super::resume::Window;
use crate::clocks::{Clocks, Why};
use crate::cycle::{Cycle, Event, Half, Phase, Side};
use crate::machine::{Input, On};
use crate::sender::{Next, Sender};
use crate::wire::{Length, Outgoing, RequestHead, ResponseHead};
use crate::{BodyFlaw, ExchangeId, Failure, Kind, Limits, Misuse, PeerFlaw, Time};

/// One exchange.
pub(super) struct Attempt {
    pub(super) at: ExchangeId,
    pub(super) uri: http::Uri,
    head: Option<(RequestHead, Length)>,
    began: Option<Time>,
    is_connected: bool,
    /// How far it had come when it broke.
    reached: Option<Phase>,
    cycle: Cycle,
    sender: Sender,
    /// Bytes that are asked for at once.
    feed: usize,
    receiver: Receiver,
    clocks: Clocks,
    /// Since when it waits; each input ends that.
    waiting: Option<Time>,
    end: Option<Ending>,
    /// What the system said of its failure.
    detail: Option<Box<str>>,
    must_abort: bool,
}

/// What the exchange wants.
pub(super) enum Step {
    Open(RequestHead, Length),
    Write(Bytes),
    Finish,
    Feed(u64, usize),
    /// What the head of a file says decides whether the file is handed on: see [`Attempt::accept`].
    Head(Box<response::Parts>),
    Data(u64, Bytes),
    Wait {
        until: Option<Time>,
        why: Why,
        on: On,
    },
    Over(Ending),
}

/// How the exchange ended.
pub(super) enum Ending {
    Answered(ResponseHead, Bytes),
    Broken {
        failure: Failure,
        phase: Phase,
        /// Bytes of the file that the caller has, by this attempt and those before it.
        delivered: u64,
    },
    /// The answer is none; its status, and how it began.
    Flawed(PeerFlaw, StatusCode, Bytes),
    Body(BodyFlaw),
}

impl core::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let asked = (self.sender.asked(), self.sender.is_unacknowledged());
        write!(f, "#{} {:?} {asked:?} {:?} over: {}", self.at.0, self.cycle, self.waiting, self.end.is_some())
    }
}

impl Attempt {
    pub(super) fn new(at: ExchangeId, out: Outgoing, file: Option<u64>, kind: Kind, clocks: Clocks, limits: &Limits) -> Self {
        let length = out.body.length(file);
        Self {
            at,
            uri: out.head.0.uri().clone(),
            head: Some((out.head, length)),
            began: None,
            is_connected: false,
            reached: None,
            cycle: Cycle::default(),
            sender: Sender::new(out.body, file),
            feed: limits.feed,
            receiver: Receiver::new(kind, limits.answer),
            clocks,
            waiting: None,
            end: None,
            detail: None,
            must_abort: false,
        }
    }

    pub(super) fn phase(&self) -> Phase {
        if self.is_connected { self.cycle.phase() } else { self.cycle.phase().min(Phase::Connect) }
    }

    /// How far it came, now that it is over.
    pub(super) fn phase_reached(&self) -> Phase {
        self.reached.unwrap_or_else(|| self.phase())
    }

    /// When it began, if it did.
    pub(super) fn began(&self) -> Option<Time> {
        self.began
    }

    /// The file is handed on, as far as it is wanted.
    pub(super) fn accept(&mut self, window: Window) {
        self.receiver.accept(window);
    }

    /// Whether the whole answer is here.
    pub(super) fn is_answered(&self) -> bool {
        matches!(self.end, Some(Ending::Answered(..)))
    }

    /// Whether the peer can have had the whole request.
    pub(super) fn is_all_sent(&self) -> bool {
        self.sender.is_all_written()
    }

    /// What the system said of its failure.
    pub(super) fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// Whether its connection must be closed, now that it is over.
    pub(super) fn must_abort(&self) -> bool {
        self.must_abort
    }

    pub(super) fn poll(&mut self, now: Time) -> Step {
        if let Some((head, length)) = self.head.take() {
            self.advance(Side::Request, Event::Head);
            self.began = Some(now);
            return Step::Open(head, length);
        }
        if let Some(head) = self.receiver.unseen() {
            return Step::Head(head);
        }
        if let Some((offset, chunk)) = self.receiver.ready() {
            return Step::Data(offset, chunk);
        }
        if let Some(end) = self.end.take() {
            return Step::Over(self.settled(end));
        }
        self.send().unwrap_or_else(|| self.wait(now))
    }

    /// How it ended, now that it is known what of the file is wanted.
    fn settled(&self, end: Ending) -> Ending {
        let delivered = self.receiver.delivered();
        match end {
            Ending::Answered(..) if self.receiver.is_not_all() => {
                Ending::Broken { failure: Failure::Truncated, phase: Phase::Receive, delivered }
            }
            Ending::Broken { failure, phase, .. } => Ending::Broken { failure, phase, delivered },
            other @ (Ending::Answered(..) | Ending::Flawed(..) | Ending::Body(_)) => other,
        }
    }

    /// The next piece of the request, unless the answer has begun already: then the rest is not wanted.
    fn send(&mut self) -> Option<Step> {
        if self.cycle.response != Half::Idle || !self.is_connected {
            return None;
        }
        match self.sender.next() {
            Next::Write(chunk) => {
                self.advance(Side::Request, Event::Data);
                Some(Step::Write(chunk))
            }
            Next::Feed(offset) => Some(Step::Feed(offset, self.sender.room(offset, self.feed))),
            Next::Finish => {
                self.advance(Side::Request, Event::End);
                Some(Step::Finish)
            }
            Next::Nothing => None,
        }
    }

    fn wait(&mut self, now: Time) -> Step {
        let (why, limit) = self.reason();
        let since = *self.waiting.get_or_insert(now);
        let until = limit.map(|limit| since + limit);
        let (until, end) = self.no_later_than_the_attempt(until, why);
        if until.is_some_and(|until| until <= now) {
            self.give_up(end);
            return self.poll(now);
        }
        let on =
            On { peer: !self.receiver.has_ready(), room: self.sender.is_unacknowledged(), body: why == Why::Body, shared: None };
        Step::Wait { until, why, on }
    }

    /// The earlier of a step's end and the whole attempt's, and what it means.
    fn no_later_than_the_attempt(&self, step: Option<Time>, why: Why) -> (Option<Time>, Failure) {
        let end = self.clocks.attempt.limit().and_then(|limit| Some(self.began? + limit));
        match (step, end) {
            (Some(step), Some(end)) if end < step => (Some(end), Failure::Late),
            (None, Some(end)) => (Some(end), Failure::Late),
            (step, _) if why == Why::Connect => (step, Failure::Connect),
            (step, _) => (step, Failure::Silence),
        }
    }

    /// What it waits for, and how long that may take.
    pub(super) fn reason(&self) -> (Why, Option<core::time::Duration>) {
        if !self.is_connected {
            (Why::Connect, self.clocks.connect.limit())
        } else if self.cycle.response != Half::Idle {
            (Why::Data, self.clocks.stall.limit())
        } else if self.sender.is_unacknowledged() {
            (Why::Room, self.clocks.stall.limit())
        } else if self.sender.asked().is_some() {
            // The caller may take its time: only the peer's is counted.
            (Why::Body, None)
        } else {
            (Why::Answer, self.clocks.first_byte.limit())
        }
    }

    /// An event of this exchange (its number is checked already).
    pub(super) fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        if matches!(input, Input::Data { .. }) && self.receiver.has_ready() {
            return Err(Misuse::Unasked("a piece of the answer"));
        }
        self.check(&input)?;
        match input {
            Input::Connected { .. } => self.is_connected = true,
            Input::Wrote { .. } => self.sender.wrote()?,
            Input::Head { head, .. } => {
                self.is_connected = true;
                self.receiver.head(head);
                self.bound();
            }
            Input::Data { chunk, .. } => {
                self.receiver.data(chunk);
                self.bound();
            }
            Input::End { .. } => self.complete(),
            Input::Failed { failure, phase, detail, .. } => {
                self.detail = self.detail.take().or(detail);
                self.broken(failure, phase);
            }
            Input::Body { offset, chunk } => {
                let flaw = self.sender.body(offset, chunk)?;
                self.body_flaw(flaw);
            }
            Input::BodyEnd => {
                let flaw = self.sender.body_end()?;
                self.body_flaw(flaw);
            }
            Input::BodyGone => {
                self.sender.asked().ok_or(Misuse::NotAsked { wanted: None, offset: 0 })?;
                self.body_flaw(Err(BodyFlaw::Gone));
            }
            Input::Cancel => {}
        }
        self.waiting = None;
        Ok(())
    }

    /// Moves the response's half on, or refuses the event.
    fn check(&mut self, input: &Input) -> Result<(), Misuse> {
        let event = match input {
            Input::Head { .. } => Event::Head,
            Input::Data { .. } => Event::Data,
            Input::End { .. } => Event::End,
            Input::Failed { at, .. } | Input::Connected { at } if self.head.is_some() => return Err(Misuse::NeverOpened(*at)),
            Input::Connected { .. }
            | Input::Wrote { .. }
            | Input::Failed { .. }
            | Input::Body { .. }
            | Input::BodyEnd
            | Input::BodyGone
            | Input::Cancel => return Ok(()),
        };
        self.cycle = self.cycle.step(Side::Response, event)?;
        Ok(())
    }

    fn bound(&mut self) {
        if self.receiver.is_too_long() && self.end.is_none() {
            self.end = Some(Ending::Flawed(self.receiver.flaw(), self.receiver.status(), self.receiver.beginning()));
            self.must_abort = true;
        }
    }

    fn complete(&mut self) {
        // The peer answered before it had the whole request: the connection is of no further use.
        self.must_abort = self.cycle.request != Half::Ended;
        self.end.get_or_insert_with(|| match self.receiver.finish() {
            Ok((head, body)) => Ending::Answered(head, body),
            Err(failure) => Ending::Broken { failure, phase: Phase::Receive, delivered: 0 },
        });
    }

    fn broken(&mut self, failure: Failure, told: Phase) {
        // Only the transport can know that nothing was sent; how far it came beyond that, we know ourselves.
        let phase = if told <= Phase::Connect { Phase::Connect } else { self.phase().max(Phase::Send) };
        self.end_with(failure, phase);
    }

    /// We end it: by a clock of ours.
    fn give_up(&mut self, failure: Failure) {
        self.must_abort = true;
        self.detail = (failure == Failure::Connect).then(|| "timed out".into());
        self.end_with(failure, self.phase());
    }

    fn end_with(&mut self, failure: Failure, phase: Phase) {
        self.reached.get_or_insert(phase);
        self.end.get_or_insert(Ending::Broken { failure, phase, delivered: 0 });
        self.advance(Side::Request, Event::Fail);
    }

    fn body_flaw(&mut self, result: Result<(), BodyFlaw>) {
        if let Err(flaw) = result {
            self.must_abort = true;
            self.end.get_or_insert(Ending::Body(flaw));
        }
    }

    /// Our own moves are legal by construction; the table stays the only place that says so.
    fn advance(&mut self, side: Side, event: Event) {
        let next = self.cycle.step(side, event);
        debug_assert!(next.is_ok(), "{next:?}");
        self.cycle = next.unwrap_or(self.cycle);
    }
}
