//! The server's machine: one request, from its head to the last byte of the answer.
//!
//! ```text
//!   Read ──understood──▶ Identify ──identified──▶ Serve ──upload──▶ Files ──end──▶ Replying
//!    │                      │ refused               │ unary, download                │ reply
//!    │ flaw                 ▼                       └────────────────────────────────▼
//!    └─────────────────▶ Answer ◀──────────── an early reply ────────────────────── Answer ──▶ Body ──▶ Over
//! ```
//!
//! The embedder is asked who the caller is before the first byte of an uploaded file is read. What may follow what on
//! the wire is in [`cycle`](crate::cycle), as for [`Call`](crate::Call).

mod collected;
mod duty;
mod form;
mod intake;
mod stage;

use core::time::Duration;

pub use self::duty::{Duty, Outcome, Told};
use self::intake::Intake;
use self::stage::Stage;
use crate::clocks::Why;
use crate::cycle::{Cycle, Event, Half, Side};
use crate::machine::{Machine, On};
use crate::operation::{Api, RequestFlaw};
use crate::sender::Sender;
use crate::wire::{Reply, RequestHead};
use crate::{Limits, Misuse, Time};

/// How an exchange is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Serving {
    /// Bounds of memory.
    pub limits: Limits,
    /// The longest silence of a client that owes us bytes, or that does not take ours. Default 30 seconds.
    pub stall: Duration,
    /// How long we wait in all for a request that is held in memory. Default 60 seconds: the largest without a file is 1 MiB.
    pub message: Duration,
    /// Bytes per second that an upload must bring on average, counted only while we wait for it, after the first
    /// [`stall`](Self::stall). Default 1 KiB: slower than any modem, and an end to one byte every now and then.
    pub rate: u64,
    /// Bytes per second that a message with a file in it must bring: it may lag behind by [`message`](Self::message), and what
    /// came faster is no credit for later. Default 64 KiB: it holds memory while it comes, 64 MiB of base64 for 24 minutes at
    /// most.
    pub embedded_rate: u64,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            stall: Duration::from_secs(30),
            message: Duration::from_secs(60),
            rate: 1 << 10,
            embedded_rate: 64 << 10,
        }
    }
}

/// One request under way. Drive it as a [`Machine`]. `Debug` shows nothing of the request: it may hold secrets.
pub struct Exchange<A: Api> {
    serving: Serving,
    cycle: Cycle,
    intake: Intake,
    stage: Stage<A>,
    style: A::Style,
    name: Option<A::Names>,
    head: Option<http::request::Parts>,
    sender: Option<Sender>,
    /// Since when it waits; each input ends that.
    waiting: Option<Time>,
    /// How long we have waited for the client's bytes in all, and since when we do now.
    owed: Duration,
    owing_since: Option<Time>,
    outcome: Outcome<A>,
}

impl<A: Api> Exchange<A> {
    /// A request whose head has come. The head may name its target in absolute form.
    #[must_use]
    pub fn new(head: RequestHead, serving: Serving) -> Self {
        let mut exchange = Self {
            serving,
            cycle: Cycle { request: Half::Open, response: Half::Idle },
            intake: Intake::Nothing,
            stage: Stage::Read,
            style: A::Style::default(),
            name: None,
            head: None,
            sender: None,
            waiting: None,
            owed: Duration::ZERO,
            owing_since: None,
            outcome: Outcome::default(),
        };
        exchange.route(head);
        exchange
    }

    /// Which operation it is, once that is known.
    #[must_use]
    pub fn name(&self) -> Option<A::Names> {
        self.name
    }

    fn wait(&mut self, now: Time) -> Duty<A> {
        let (why, on, ours) = self.reason();
        let since = *self.waiting.get_or_insert(now);
        let patience = if on.peer { self.patience(now) } else { None };
        let stalled = (!ours).then(|| since + self.serving.stall);
        let until = [stalled, patience].into_iter().flatten().min();
        if until.is_some_and(|until| until <= now) {
            return self.hang_up();
        }
        Duty::Wait { until, why, on }
    }

    /// Until when a client may go on owing us bytes, however often it sends one.
    fn patience(&mut self, now: Time) -> Option<Time> {
        self.owing_since = Some(now);
        let allowed = match &self.intake {
            Intake::Nothing => return None,
            Intake::Whole(collected) if collected.has_file() => {
                let allowed = self.serving.message.saturating_add(self.brought(self.serving.embedded_rate)?);
                // What came faster than it had to is no credit: it is held in memory, however slowly the rest comes.
                self.owed = self.owed.max(allowed.saturating_sub(self.serving.message));
                allowed
            }
            Intake::Whole(_) => self.serving.message,
            Intake::Form(_) => self.serving.stall.saturating_add(self.brought(self.serving.rate)?),
        };
        Some(now + allowed.saturating_sub(self.owed))
    }

    /// How long what came may have taken at this rate; for ever, if it is zero.
    fn brought(&self, rate: u64) -> Option<Duration> {
        self.outcome.received.checked_div(rate).map(Duration::from_secs)
    }

    /// What it waits for, what may end that, and whether it is the embedder's turn (whose time is not limited here).
    fn reason(&self) -> (Why, On, bool) {
        let on = On::default();
        if let Some(sender) = &self.sender {
            let room = sender.is_unacknowledged();
            let why = if room { Why::Room } else { Why::Body };
            return (why, On { room, body: !room, ..on }, !room);
        }
        match &self.stage {
            Stage::Read | Stage::Files => (Why::Data, On { peer: true, ..on }, false),
            Stage::Identify(..)
            | Stage::Identifying { .. }
            | Stage::Ready(..)
            | Stage::Serve(_)
            | Stage::Replying
            | Stage::Answer(_)
            | Stage::Body
            | Stage::Over
            | Stage::Done => (Why::Embedder, on, true),
        }
    }

    /// The client was silent for too long, or broke the connection.
    fn hang_up(&mut self) -> Duty<A> {
        self.stage = Stage::Over;
        self.intake = Intake::Nothing;
        self.sender = None;
        self.outcome.is_broken = true;
        Duty::Abort
    }

    fn answer(&mut self, reply: Reply) {
        self.outcome.status = reply.head.0.status().as_u16();
        self.stage = Stage::Answer(reply);
    }

    /// Answers with what the machine itself found wrong.
    fn flaw(&mut self, flaw: RequestFlaw) {
        let fault = A::fault(flaw, self.name);
        self.refuse(&fault);
    }

    fn refuse(&mut self, fault: &A::Fault) {
        self.outcome.fault = Some(fault.clone());
        let reply = A::refuse(fault, self.name, &self.style);
        self.answer(reply);
    }

    fn advance(&mut self, side: Side, event: Event) {
        let next = self.cycle.step(side, event);
        debug_assert!(next.is_ok(), "{next:?}");
        self.cycle = next.unwrap_or(self.cycle);
    }
}

impl<A: Api> core::fmt::Debug for Exchange<A> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut shown = f.debug_struct("Exchange");
        shown.field("cycle", &self.cycle).field("stage", &self.stage).field("waiting", &self.waiting);
        shown.field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl<A: Api> Machine for Exchange<A> {
    type Shared = ();
    type Action = Duty<A>;
    type Input = Told<A>;

    fn poll(&mut self, now: Time, _shared: &mut ()) -> Duty<A> {
        if let Some(since) = self.owing_since.take() {
            self.owed = self.owed.saturating_add(now.since(since));
        }
        loop {
            if let Some(duty) = self.step(now) {
                return duty;
            }
        }
    }

    fn handle(&mut self, input: Told<A>) -> Result<(), Misuse> {
        self.told(input)?;
        self.waiting = None;
        Ok(())
    }
}
