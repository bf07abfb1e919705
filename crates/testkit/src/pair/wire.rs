//! One connection: where it is cut, and what is under way on it.

use bytes::Bytes;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Failure, Input, Phase, Time};

use super::link::{Cut, Plan, Point};

/// What travels to the server.
#[derive(Debug, Clone)]
pub(super) enum There {
    Head(RequestHead),
    /// A piece; whether it is the last one of a `Write`.
    Data(Bytes, bool),
    End,
    Failed(Failure),
}

/// What travels to the client.
#[derive(Debug, Clone)]
pub(super) enum Back {
    Head(ResponseHead),
    /// A piece; whether it is the last one of a `Write`.
    Data(Bytes, bool),
    End,
    Failed(Failure, Phase),
}

impl Back {
    pub(super) fn input(self, at: ExchangeId) -> Input {
        match self {
            Self::Head(head) => Input::Head { at, head },
            Self::Data(chunk, _) => Input::Data { at, chunk },
            Self::End => Input::End { at },
            Self::Failed(failure, phase) => Input::Failed { at, failure, phase },
        }
    }
}

/// What is to be delivered.
#[derive(Debug, Clone)]
pub(super) enum Parcel {
    There(ExchangeId, There),
    Back(ExchangeId, Back),
    /// The client's last piece was taken.
    ClientWrote(ExchangeId),
    /// The server's last piece was taken.
    ServerWrote(ExchangeId),
    /// The file of this call was read, as this `Feed` wished.
    Read(usize, u64, u64, usize),
}

/// One connection between a call and the server.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) call: usize,
    pub(super) plan: Plan,
    pub(super) cut: Option<Cut>,
    /// The client has given it up, or was told of its end.
    pub(super) is_abandoned: bool,
    /// Bytes of the two bodies so far.
    sent: u64,
    answered: u64,
    /// When the last message arrives, in either direction: messages never overtake each other.
    there: Time,
    back: Time,
}

impl Wire {
    pub(super) fn new(call: usize, plan: Plan) -> Self {
        let zero = Time::ZERO;
        Self { call, plan, cut: None, is_abandoned: false, sent: 0, answered: 0, there: zero, back: zero }
    }

    /// When a message that is sent now is at the server.
    pub(super) fn there(&mut self, now: Time) -> Time {
        self.there = self.there.max(now + self.plan.there);
        self.there
    }

    /// When a message that is sent now is at the client.
    pub(super) fn back(&mut self, now: Time) -> Time {
        self.back = self.back.max(now + self.plan.back);
        self.back
    }

    pub(super) fn reaches(&self, point: Point) -> Option<Cut> {
        self.plan.drops_at(point)
    }

    /// The pieces of `chunk` that still pass to the server, and how the wire breaks after them.
    pub(super) fn send(&mut self, chunk: Bytes) -> (Vec<Bytes>, Option<Cut>) {
        let end = self.plan.request_ends();
        let (chunk, cut) = pass(chunk, &mut self.sent, end);
        (split(chunk, self.plan.split), cut)
    }

    /// The same to the client.
    pub(super) fn answer(&mut self, chunk: Bytes) -> (Vec<Bytes>, Option<Cut>) {
        let end = self.plan.answer_ends();
        let (chunk, cut) = pass(chunk, &mut self.answered, end);
        (split(chunk, self.plan.split), cut)
    }
}

fn pass(mut chunk: Bytes, before: &mut u64, end: Option<(u64, Cut)>) -> (Bytes, Option<Cut>) {
    let Some((end, cut)) = end else {
        *before += chunk.len() as u64;
        return (chunk, None);
    };
    let left = usize::try_from(end.saturating_sub(*before)).unwrap_or(usize::MAX);
    let breaks = chunk.len() > left;
    chunk.truncate(left);
    *before += chunk.len() as u64;
    (chunk, breaks.then_some(cut))
}

fn split(mut chunk: Bytes, most: usize) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while !chunk.is_empty() {
        pieces.push(chunk.split_to(chunk.len().min(most.max(1))));
    }
    pieces
}
