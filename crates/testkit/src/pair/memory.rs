//! Whether two states are the same, without looking into a machine.
//!
//! A machine is a function of what it was told: of its inputs, and of the time and the shared state at each poll. So machines that
//! were told the same are in the same state, whatever is inside them, and they need be neither cloned nor shown. What was told is
//! kept as a hash. It is finer than the machine's own state (two ways to the same state count twice), and never coarser, but for
//! hashes that collide: of a million states with 64 bits, once in thirty million explorations.

use core::fmt::Debug;
use core::hash::{Hash, Hasher};
use std::collections::BTreeSet;
use std::hash::DefaultHasher;

use http::HeaderMap;
use larder_core::wire::RequestHead;
use larder_core::{Api, Duty, Input, Time, Told};

use super::wire::{Back, Line, Parcel, There};
use super::{Pair, Service};

/// What a machine was told so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(DefaultHasher);

/// What a call sees of the shared state when it is polled: the numbers apart, which it has seen only if they have moved.
pub(super) struct Seen {
    shared: String,
    ids: String,
}

impl Memory {
    pub(super) fn of_head(head: &RequestHead) -> Self {
        let mut memory = Self::default();
        (head.0.method().as_str(), head.0.uri().to_string()).hash(&mut memory.0);
        memory.headers(head.0.headers());
        memory
    }

    fn headers(&mut self, headers: &HeaderMap) {
        headers.iter().for_each(|(name, value)| (name.as_str(), value.as_bytes()).hash(&mut self.0));
    }

    pub(super) fn input(&mut self, input: &Input) {
        (core::mem::discriminant(input), input.at().map(|at| at.0)).hash(&mut self.0);
        match input {
            Input::Head { head, .. } => {
                head.0.status().as_u16().hash(&mut self.0);
                self.headers(head.0.headers());
            }
            Input::Data { chunk, .. } => chunk.hash(&mut self.0),
            Input::Body { offset, chunk } => (offset, chunk).hash(&mut self.0),
            Input::Failed { failure, phase, .. } => text(&(failure, phase), &mut self.0),
            Input::Connected { .. }
            | Input::Wrote { .. }
            | Input::End { .. }
            | Input::BodyEnd
            | Input::BodyGone
            | Input::Cancel => {}
        }
    }

    /// It was dropped.
    pub(super) fn end(&mut self) {
        "abandoned".hash(&mut self.0);
    }

    /// An exchange was told this; `line` says what, but not which bytes.
    pub(super) fn told<A: Api>(&mut self, told: &Told<A>, line: &str) {
        line.hash(&mut self.0);
        if let Told::Data(chunk) = told {
            chunk.hash(&mut self.0);
        }
    }

    /// An exchange was polled, and wants this: of what its service says, what can be seen from outside.
    pub(super) fn asked<A: Api>(&mut self, now: Time, duty: &Duty<A>) {
        now.0.hash(&mut self.0);
        if let Duty::Write(chunk) = duty {
            chunk.hash(&mut self.0);
        }
        text(duty, &mut self.0);
    }
}

fn text(value: &impl Debug, into: &mut DefaultHasher) {
    format!("{value:?}").hash(into);
}

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// Keeps from now on what [`digest`](Self::digest) needs.
    pub(crate) fn remember(&mut self) {
        self.remembers = true;
    }

    pub(super) fn seen_by_call(&self, client: usize) -> Option<Seen> {
        let shared = &self.shared[client];
        self.remembers.then(|| Seen {
            shared: format!("{:?}{:?}{:?}", shared.session, shared.budget, shared.permits),
            ids: format!("{:?}", shared.ids),
        })
    }

    /// A call was polled, and has seen this. Numbers can only be drawn: what has not moved was not seen. The session's token is
    /// not shown; whose login opened which epoch is, and what that call was told.
    pub(super) fn note_poll(&mut self, call: usize, before: Option<Seen>) {
        let Some(before) = before else { return };
        let ids = format!("{:?}", self.shared[self.clients[call].history.client].ids);
        let memory = &mut self.clients[call].memory.0;
        (self.now.0, before.shared).hash(memory);
        if ids != before.ids {
            before.ids.hash(memory);
        }
    }

    /// The whole state, as a number: what the machines were told, what they share, what is under way, and the time. The service is
    /// the caller's to add. Two runs of the same beginning that have the same digest go on alike.
    pub(crate) fn digest(&self, into: &mut DefaultHasher) {
        self.now.0.hash(into);
        for client in &self.clients {
            (client.memory.0.finish(), client.is_over, client.feed, client.read).hash(into);
        }
        self.shared.iter().for_each(|shared| text(shared, into));
        for line in &self.running {
            let memory = self.servers.get(line).and_then(|server| server.memory.as_ref());
            (line.client, line.at.0, memory.map(|memory| memory.0.finish())).hash(into);
        }
        let mut busy: BTreeSet<Line> = self.running.clone();
        for ((time, _), parcel) in &self.parcels {
            time.0.hash(into);
            busy.extend(message(parcel, into));
        }
        // Of a connection that is over on both sides, nothing follows any more.
        let open = self.wires.iter().filter(|(line, wire)| !wire.is_abandoned || busy.contains(line));
        open.for_each(|(line, wire)| text(&(line, wire), into));
    }
}

/// A message under way, with its content; the connection that it is on.
fn message(parcel: &Parcel, into: &mut DefaultHasher) -> Option<Line> {
    let line = match parcel {
        Parcel::There(line, message) => {
            match message {
                There::Head(head) => Memory::of_head(head).0.finish().hash(into),
                There::Data(chunk, is_last) => (chunk, is_last).hash(into),
                There::End | There::Failed(_) => text(message, into),
            }
            *line
        }
        Parcel::Back(line, message) => {
            match message {
                Back::Head(head) => {
                    let mut memory = Memory::default();
                    head.0.status().as_u16().hash(&mut memory.0);
                    memory.headers(head.0.headers());
                    memory.0.finish().hash(into);
                }
                Back::Data(chunk, is_last) => (chunk, is_last).hash(into),
                Back::End | Back::Failed(..) => text(message, into),
            }
            *line
        }
        Parcel::Connected(line, _) | Parcel::ClientWrote(line) | Parcel::ServerWrote(line) => *line,
        Parcel::Read(call, feed, offset, max) => {
            (call, feed, offset, max).hash(into);
            return None;
        }
    };
    (core::mem::discriminant(parcel), line.client, line.at.0).hash(into);
    Some(line)
}
