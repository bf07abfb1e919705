//! One exchange on the wire: a request body going out, an answer coming in, both at once on one thread.
//!
//! The socket never blocks; [`Socket::wait`] alone does, for whichever of the two comes first and no longer than the machine's
//! clocks say. So an early answer is seen while a body goes out, and a peer that reads nothing ends by the stall clock.

use std::time::Instant;

use bytes::Bytes;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Failure, Input, Length, Phase};

use super::cancel::Cancel;
use super::flow::Flow;
use super::pool::Pool;
use crate::broken::Broken;
use crate::h1::Event;
use crate::idle::Origin;

/// The exchange that is open, if one is. Dropping it before its end closes the connection.
pub(super) struct Wire<'a> {
    pool: &'a Pool,
    open: Option<Open>,
}

struct Open {
    at: ExchangeId,
    origin: Origin,
    stage: Stage,
}

enum Stage {
    /// A connection must be made first.
    Unconnected(Box<RequestHead>, Length),
    Connected(Box<Flow>),
}

impl<'a> Wire<'a> {
    pub(super) fn new(pool: &'a Pool) -> Self {
        Self { pool, open: None }
    }

    /// Whether an exchange is open.
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Takes a connection that was kept and puts this head into it; or else, has one made by the next [`event`](Self::event).
    pub(super) fn open(&mut self, at: ExchangeId, head: &RequestHead, length: Length) -> Option<Input> {
        let unsent = |broken: Broken| Some(broken.input(at, Phase::Connect));
        self.open = None;
        let Some(origin) = Origin::of(head.0.uri()) else {
            return unsent(Broken::new(Failure::Protocol, "the URI is not absolute"));
        };
        let Some(line) = self.pool.take(&origin) else {
            self.open = Some(Open { at, origin, stage: Stage::Unconnected(Box::new(head.clone()), length) });
            return None;
        };
        match Flow::begin(line, head, length) {
            Ok(flow) => {
                self.open = Some(Open { at, origin, stage: Stage::Connected(flow) });
                Some(Input::Connected { at })
            }
            Err(broken) => unsent(broken),
        }
    }

    /// Sends this piece; what comes of it is said by [`event`](Self::event), unless that is clear at once.
    pub(super) fn write(&mut self, chunk: Bytes) -> Option<Input> {
        let Open { at, stage: Stage::Connected(flow), .. } = self.open.as_mut()? else { return None };
        let at = *at;
        match flow.write(chunk) {
            Ok(is_taken) => is_taken.then_some(Input::Wrote { at }),
            Err(broken) => self.fail(at, broken, Phase::Send),
        }
    }

    /// The request is complete.
    pub(super) fn finish(&mut self) {
        if let Some(Open { stage: Stage::Connected(flow), .. }) = &mut self.open {
            flow.finish();
        }
    }

    /// Closes the connection.
    pub(super) fn abort(&mut self) {
        self.open = None;
    }

    /// The next event of the exchange, or nothing when none came before `until` or it is cancelled. Of the answer only if `peer`.
    pub(super) fn event(&mut self, peer: bool, until: Option<Instant>, cancels: &[Cancel]) -> Option<Input> {
        loop {
            if let Some(input) = self.connected(until, cancels).or_else(|| self.step(peer)) {
                return Some(input);
            }
            let Open { at, stage: Stage::Connected(flow), .. } = self.open.as_mut()? else { return None };
            let at = *at;
            match flow.wait(peer, until, cancels) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(broken) => return self.fail(at, broken, Phase::Send),
            }
        }
    }

    /// The same, of what is there already.
    pub(super) fn at_hand(&mut self, peer: bool) -> Option<Input> {
        if let Some(Open { stage: Stage::Connected(flow), .. }) = &mut self.open {
            flow.look();
        }
        self.step(peer)
    }

    /// Makes the connection, if that is still to be done.
    fn connected(&mut self, until: Option<Instant>, cancels: &[Cancel]) -> Option<Input> {
        let Open { at, origin, stage, .. } = self.open.as_mut()?;
        let Stage::Unconnected(head, length) = stage else { return None };
        let at = *at;
        match self.pool.connect(origin, until, cancels).and_then(|line| Flow::begin(line, head, *length)) {
            Ok(flow) => {
                *stage = Stage::Connected(flow);
                Some(Input::Connected { at })
            }
            Err(broken) => self.fail(at, broken, Phase::Connect),
        }
    }

    fn step(&mut self, peer: bool) -> Option<Input> {
        let Open { at, stage: Stage::Connected(flow), .. } = self.open.as_mut()? else { return None };
        let at = *at;
        flow.send();
        if flow.acknowledge() {
            return Some(Input::Wrote { at });
        }
        match if peer { flow.receive() } else { Ok(Event::NeedInput) } {
            Ok(Event::NeedInput) => None,
            Ok(Event::Head(head)) => Some(Input::Head { at, head: ResponseHead(head) }),
            Ok(Event::Data(chunk)) => Some(Input::Data { at, chunk }),
            Ok(Event::End) => {
                self.keep();
                Some(Input::End { at })
            }
            Err(broken) => {
                let phase = if flow.has_sent() { Phase::Send } else { Phase::Connect };
                self.fail(at, broken, phase)
            }
        }
    }

    /// The exchange is over: its connection is kept if it can be used again.
    fn keep(&mut self) {
        if let Some(Open { origin, stage: Stage::Connected(flow), .. }) = self.open.take()
            && let Some(line) = flow.into_reusable()
        {
            self.pool.put(origin, line);
        }
    }

    fn fail(&mut self, at: ExchangeId, broken: Broken, phase: Phase) -> Option<Input> {
        self.open = None;
        Some(broken.input(at, phase))
    }
}
