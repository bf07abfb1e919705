//! One connection: where it is cut, and what is under way on it.

use core::time::Duration;

use bytes::{Bytes, BytesMut};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Failure, Input, Phase, Time};

use super::link::{Cut, Plan, Point};

/// One connection: whose it is, and which of that client's exchanges it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(super) client: usize,
    pub(super) at: ExchangeId,
}

impl core::fmt::Display for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let number = self.at.0;
        f.pad(&if self.client == 0 { number.to_string() } else { format!("{}:{number}", self.client) })
    }
}

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
            Self::Failed(failure, phase) => Input::Failed { at, failure, phase, detail: None },
        }
    }
}

/// What is to be delivered.
#[derive(Debug, Clone)]
pub(super) enum Parcel {
    There(Line, There),
    Back(Line, Back),
    /// The connection is there, and this head is sent on it.
    Connected(Line, RequestHead),
    /// The client's last piece was taken.
    ClientWrote(Line),
    /// The server's last piece was taken.
    ServerWrote(Line),
    /// The file of this call was read, as this `Feed` wished.
    Read(usize, u64, u64, usize),
}

/// Messages of one channel arrive in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    There(Line),
    Back(Line),
    /// What is no message of the peer's.
    Own(Line),
    File(usize),
}

impl Parcel {
    pub(super) fn channel(&self) -> Channel {
        match self {
            Self::There(line, _) => Channel::There(*line),
            Self::Back(line, _) => Channel::Back(*line),
            Self::Connected(line, _) | Self::ClientWrote(line) | Self::ServerWrote(line) => Channel::Own(*line),
            Self::Read(call, ..) => Channel::File(*call),
        }
    }
}

/// One connection between a call and the server.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) call: usize,
    /// What is asked for on it.
    pub(super) path: String,
    pub(super) opened: Time,
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
    /// Pieces of the two bodies that wait for more.
    pub(super) held_there: BytesMut,
    pub(super) held_back: BytesMut,
}

impl Wire {
    pub(super) fn new(call: usize, path: String, opened: Time, plan: Plan) -> Self {
        Self {
            call,
            path,
            opened,
            plan,
            cut: None,
            is_abandoned: false,
            sent: 0,
            answered: 0,
            there: Time::ZERO,
            back: Time::ZERO,
            held_there: BytesMut::new(),
            held_back: BytesMut::new(),
        }
    }

    /// When a message that is sent now is at the server.
    pub(super) fn there(&mut self, now: Time, message: &There) -> Time {
        let drip = if let There::Data(..) = message { self.plan.drip } else { Duration::ZERO };
        self.there = self.there.max(now + self.plan.there) + drip;
        self.there
    }

    /// When a message that is sent now is at the client.
    pub(super) fn back(&mut self, now: Time, message: &Back) -> Time {
        let drip = if let Back::Data(..) = message { self.plan.drip } else { Duration::ZERO };
        self.back = self.back.max(now + self.plan.back) + drip;
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
