//! What a machine has been told of one exchange, held against what the server knows.

use core::time::Duration;

use larder_core::{Action, ExchangeId, Input, Phase};

use super::api::{Fault, Said};
use super::world::{Ends, Exchange, Waiting, World};
use super::{Rule, content, scenario};

/// What a socket and a driver may hold of what nobody takes, in bytes: far more than systems do by themselves.
pub(super) const HELD: u64 = 48 << 20;

/// What is known of a job beforehand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Facts {
    /// The length of the file that is sent, and whether it can be read only once.
    pub(super) file: u64,
    pub(super) is_once: bool,
    /// Whether its answer is a file.
    pub(super) fetches: bool,
    /// Whether nobody listens where it is sent.
    pub(super) is_refused: bool,
    /// Whether the driver says `Connected` when it is.
    pub(super) knows_connected: bool,
    /// Whether the driver hands on each piece as it comes.
    pub(super) streams: bool,
    /// The length of the fetched file, if all of it comes.
    pub(super) size: Option<u64>,
}

/// What one job was told, and what is known of its files.
#[derive(Default)]
pub(super) struct Told {
    facts: Facts,
    at: Option<ExchangeId>,
    /// When it was opened, and how many connections the server had accepted by then.
    opened: (Duration, usize),
    head: bool,
    got: u64,
    ended: bool,
    connected: bool,
    finished: bool,
    /// Bytes of the piece that is not acknowledged.
    unacknowledged: Option<u64>,
    written: u64,
    acknowledged: u64,
    asked: Option<(u64, usize)>,
    /// Up to where the file was handed to the caller.
    handed: u64,
}

impl Told {
    pub(super) fn new(facts: Facts) -> Self {
        Self { facts, ..Self::default() }
    }

    pub(super) fn has_data(&self) -> bool {
        self.got > 0
    }

    fn exchange(&self, world: &World) -> Option<Exchange> {
        world.state().exchanges.get(&self.at?).cloned()
    }

    /// The machine wants this.
    pub(super) fn action(&mut self, world: &World, job: usize, action: &Action<Said, Fault>) {
        let has = world.state().jobs[job].delivered;
        if self.facts.streams && self.handed > has {
            let what = format!("job {job} was polled before its caller was handed `Data` up to {}, and has {has}", self.handed);
            world.found(Rule::Deliver, what);
            self.handed = has;
        }
        match action {
            Action::Open { at, .. } => self.open(*at, (world.time(), world.state().accepted)),
            Action::Write { chunk, .. } => {
                self.unacknowledged = Some(chunk.len() as u64);
                self.written += chunk.len() as u64;
            }
            Action::Finish { .. } => self.finished = true,
            Action::Feed { offset, max } => self.asked = Some((*offset, *max)),
            Action::Data { offset, chunk } => {
                self.handed = offset + chunk.len() as u64;
                world.change(|state| state.jobs[job].handed = self.handed);
            }
            Action::Abort { .. } => self.given_up(world, job),
            Action::Note(_) | Action::Wait { .. } | Action::Done(_) => {}
        }
    }

    fn open(&mut self, at: ExchangeId, opened: (Duration, usize)) {
        *self = Self { facts: self.facts, handed: self.handed, at: Some(at), opened, ..Self::default() };
    }

    /// The machine gave up: was there something that it should have been told?
    fn given_up(&mut self, world: &World, job: usize) {
        let Some(at) = self.at else { return };
        let Some(seen) = self.exchange(world) else { return self.unseen(world, job, at) };
        let (at, now) = (at.0, world.time());
        let long_ago = |time: Duration| now.saturating_sub(time) > scenario::SHORT / 2;
        if !self.connected {
            let what =
                format!("job {job}: exchange #{at} was at the server, and the machine was told neither `Connected` nor more");
            world.found(Rule::Open, what);
        } else if seen.ends == Ends::Whole && seen.answered.is_some_and(long_ago) && !self.ended {
            let (rule, what) = match (self.head, self.unacknowledged) {
                (true, _) => (Rule::Answer, "the whole answer was sent, its `Head` was told and its `End` was not"),
                (false, None) if self.finished => (Rule::Answer, "the whole answer was sent, and no `Head` was told"),
                (false, _) => (Rule::Listen, "the answer came while the body went out, and no `Head` was told"),
            };
            world.found(rule, format!("job {job}, exchange #{at}: {what}"));
        } else if let Some(piece) = self.unacknowledged
            && seen.body >= self.written
        {
            let what =
                format!("job {job}, exchange #{at}: the server has all of a piece of {piece} bytes, and no `Wrote` was told");
            world.found(Rule::Write, what);
        } else if self.finished && !seen.is_whole_request {
            let what = format!("job {job}, exchange #{at}: `Finish` was asked for, and the server has no whole request");
            world.found(Rule::Write, what);
        }
    }

    /// The machine gave up what never came to the server.
    fn unseen(&self, world: &World, job: usize, at: ExchangeId) {
        let what = if self.connected {
            "was said to be connected, and its head did not come"
        } else if world.state().accepted > self.opened.1 {
            "was opened, and its head did not come"
        } else {
            "was opened, and nobody connected"
        };
        // Bytes take a moment to arrive.
        let is_old = world.time().saturating_sub(self.opened.0) > scenario::SHORT / 2;
        if is_old && !self.facts.is_refused {
            world.found(Rule::Open, format!("job {job}: exchange #{} {what}", at.0));
        }
    }

    /// The driver says this.
    pub(super) fn input(&mut self, world: &World, job: usize, input: &Input, waiting: Option<Waiting>) {
        if input.at().is_some_and(|at| Some(at) != self.at) {
            // Late events of another exchange: the machine drops them.
            return;
        }
        match input {
            Input::Connected { .. } => self.connected(world, job),
            Input::Wrote { .. } => self.wrote(world, job),
            Input::Head { head, .. } => self.head(world, job, &head.0),
            Input::Data { chunk, .. } => self.data(world, job, chunk, waiting),
            Input::End { .. } => self.end(world, job),
            Input::Failed { phase, detail, .. } => self.failed(world, job, *phase, detail.as_deref()),
            Input::Body { offset, chunk } => self.body(world, job, *offset, chunk),
            Input::BodyEnd => self.body_end(world, job),
            Input::BodyGone => {
                if !self.facts.is_once {
                    world.found(Rule::Feed, format!("job {job}: `BodyGone` of a file that can be read from any place"));
                }
            }
            Input::Cancel => world.change(|state| state.jobs[job].is_cancel_told = true),
        }
    }

    fn connected(&mut self, world: &World, job: usize) {
        self.connected = true;
        if self.facts.is_refused && self.facts.knows_connected {
            world.found(Rule::Open, format!("job {job}: `Connected` was told, and nobody listens there"));
        }
    }

    fn wrote(&mut self, world: &World, job: usize) {
        self.connected = true;
        self.acknowledged += self.unacknowledged.take().unwrap_or_default();
        let taken = self.exchange(world).map_or(0, |exchange| exchange.bytes);
        if self.acknowledged > taken + HELD {
            let what = format!(
                "job {job}: {} bytes were acknowledged by `Wrote`, of which the peer has taken {taken}: the rest is in memory",
                self.acknowledged
            );
            world.found(Rule::Write, what);
        }
    }

    fn head(&mut self, world: &World, job: usize, head: &http::Response<()>) {
        (self.connected, self.head) = (true, true);
        if head.status().is_informational() {
            world.found(Rule::Answer, format!("job {job}: an interim answer ({}) was told as `Head`", head.status().as_u16()));
        }
        let of: Option<u64> = head.headers().get("x-exchange").and_then(|of| of.to_str().ok()?.parse().ok());
        if let (Some(of), Some(at)) = (of, self.at)
            && of != at.0
        {
            world.found(Rule::Abort, format!("job {job}: the answer to exchange #{of} was told as that of #{}", at.0));
        }
    }

    fn data(&mut self, world: &World, job: usize, chunk: &[u8], waiting: Option<Waiting>) {
        let is_unwanted = waiting.is_some_and(|waiting| !waiting.peer);
        if is_unwanted {
            world.found(Rule::BackPressure, format!("job {job}: `Data` was told while `on.peer` was false"));
        } else if self.facts.fetches
            && let Some(at) = content::differs(self.got, chunk)
        {
            let what = format!("job {job}: the answer that was told is something else than what was sent, at byte {at}");
            world.found(Rule::Answer, what);
        }
        self.got += chunk.len() as u64;
    }

    fn end(&mut self, world: &World, job: usize) {
        self.ended = true;
        let is_cut = self.exchange(world).is_some_and(|exchange| exchange.ends == Ends::Cut);
        if is_cut {
            let what =
                format!("job {job}: `End` was told of an answer that was cut short, or badly framed, after {} bytes", self.got);
            world.found(Rule::Answer, what);
        } else if let Some(size) = self.facts.size.filter(|size| *size != self.got) {
            world.found(Rule::Answer, format!("job {job}: `End` was told after {} bytes of an answer of {size}", self.got));
        }
    }

    fn failed(&mut self, world: &World, job: usize, phase: Phase, detail: Option<&str>) {
        let seen = self.exchange(world);
        let at = self.at.map_or(0, |at| at.0);
        if detail.is_some_and(|detail| scenario::SECRETS.iter().any(|secret| detail.contains(secret))) {
            world.found(Rule::Secrets, format!("job {job}: the `detail` of a failure repeats what was sent"));
        }
        match (seen, phase <= Phase::Connect) {
            (Some(seen), true) => {
                let bytes = seen.bytes;
                let what = "the machine may repeat what must not be repeated";
                world.found(
                    Rule::Phase,
                    format!("job {job}: exchange #{at} failed in `Connect`, and the server has {bytes} bytes of it: {what}"),
                );
            }
            (None, false) if self.facts.is_refused => {
                let what = format!("job {job}: exchange #{at} failed in `{phase:?}`, and nothing was sent: nobody listens there");
                world.found(Rule::Phase, what);
            }
            (Some(seen), false) if seen.ends == Ends::Whole && seen.answered.is_some() && seen.is_whole_request => {
                world.found(Rule::Answer, format!("job {job}: `Failed` was told of exchange #{at}, whose answer was whole"));
            }
            (Some(_) | None, _) => {}
        }
    }

    fn body(&mut self, world: &World, job: usize, offset: u64, chunk: &[u8]) {
        let Some((asked, max)) = self.asked.take() else { return };
        if chunk.len() > max {
            let what = format!("job {job}: {} bytes of the file were given where at most {max} were asked for", chunk.len());
            world.found(Rule::Feed, what);
        } else if let Some(at) = content::differs(offset, chunk).filter(|_| offset == asked) {
            let what = format!("job {job}: the piece that was given for offset {offset} is not what stands there (byte {at})");
            world.found(Rule::Feed, what);
        }
    }

    fn body_end(&mut self, world: &World, job: usize) {
        let Some((asked, _)) = self.asked.take() else { return };
        if asked < self.facts.file {
            let what = format!("job {job}: `BodyEnd` was told for offset {asked} of a file of {} bytes", self.facts.file);
            world.found(Rule::Feed, what);
        }
    }
}
