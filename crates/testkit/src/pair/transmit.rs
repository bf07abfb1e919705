//! What the machines want done becomes parcels on the wire.

use bytes::Bytes;
use http::{HeaderValue, header};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{Action, Api, Duty, ExchangeId, Failure, Input, Length, Phase, Time};

use super::link::Cut;
use super::wire::{Back, Line, Parcel, There, Wire};
use super::{Canned, Opening, Pair, Point, Service, Trouble};

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// Does what a call wants done.
    pub(super) fn act(&mut self, call: usize, action: Action<(), A::Fault>) {
        let client = self.clients[call].history.client;
        let line = |at: ExchangeId| Line { client, at };
        match action {
            Action::Open { at, head, length } => self.open(call, line(at), head, length),
            Action::Write { at, chunk } => self.write(line(at), chunk),
            Action::Finish { at } => self.finish(line(at)),
            Action::Abort { at } => self.give_up(line(at)),
            Action::Feed { offset, max } => {
                let client = &mut self.clients[call];
                client.feed += 1;
                let parcel = Parcel::Read(call, client.feed, offset, max);
                let ready = self.now + client.source.pause;
                self.post(ready, parcel);
            }
            Action::Data { offset, chunk } => {
                let received = &mut self.clients[call].received;
                assert_eq!(offset, received.len() as u64, "a hole in the downloaded file");
                received.extend_from_slice(&chunk);
            }
            Action::Note(note) => self.clients[call].history.notes.push(note),
            Action::Wait { .. } | Action::Done(_) => {}
        }
    }

    fn open(&mut self, call: usize, line: Line, mut head: RequestHead, length: Length) {
        let Line { client, at } = line;
        let opening = Opening { nth: self.wires.len(), at, call, client, now: self.now, head: &head };
        let plan = (self.link)(&opening);
        let (trouble, connect) = (plan.trouble, plan.connect);
        let wire = Wire::new(call, head.0.uri().path().to_owned(), self.now, plan);
        let before = wire.reaches(Point::Connect);
        self.wires.insert(line, wire);
        self.clients[call].at = Some(at);
        if let Some(cut) = before {
            return self.cut(line, cut, Failure::Connect, Phase::Connect);
        }
        if trouble == Some(Trouble::Tls) {
            return self.cut(line, Cut::Reset, Failure::Tls, Phase::Connect);
        }
        if let Length::Known(length @ 1..) = length {
            head.0.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        if connect.is_zero() { self.connected(line, head) } else { self.post(self.now + connect, Parcel::Connected(line, head)) }
    }

    /// The client's connection is there.
    pub(super) fn connected(&mut self, line: Line, head: RequestHead) {
        let Some(wire) = self.wires.get(&line).filter(|wire| !wire.is_abandoned) else { return };
        let (call, trouble, is_cut) = (wire.call, wire.plan.trouble, wire.cut.is_some());
        let (within, after) = (wire.reaches(Point::InHead), wire.reaches(Point::Head));
        if is_cut {
            return;
        }
        let client = &mut self.clients[call];
        client.waiting = None;
        let told = client.call.handle(Input::Connected { at: line.at });
        self.check(told);
        if let Some(Trouble::Stale { sent }) = trouble {
            return self.cut(line, Cut::Reset, Failure::Reset, if sent { Phase::Send } else { Phase::Connect });
        }
        if let Some(cut) = within {
            return self.cut(line, cut, Failure::Reset, Phase::Send);
        }
        self.there(line, There::Head(head));
        if let Some(cut) = after {
            self.cut(line, cut, Failure::Reset, Phase::Send);
        }
    }

    fn write(&mut self, at: Line, chunk: Bytes) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        if wire.cut.is_some() || wire.plan.canned.is_some() {
            // Whoever stands in the way takes it.
            return self.post(self.now, Parcel::ClientWrote(at));
        }
        if wire.plan.merge == 0 {
            return self.send(at, chunk, true);
        }
        wire.held_there.extend_from_slice(&chunk);
        let held = if wire.held_there.len() < wire.plan.merge { Bytes::new() } else { wire.held_there.split().freeze() };
        self.post(self.now, Parcel::ClientWrote(at));
        self.send(at, held, false);
    }

    /// Sends a piece of the request; `acknowledge` when the client waits for it to be taken.
    fn send(&mut self, at: Line, chunk: Bytes, acknowledge: bool) {
        let Some(wire) = self.wires.get_mut(&at).filter(|_| !chunk.is_empty()) else { return };
        let (pieces, cut) = wire.send(chunk);
        let last = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            self.there(at, There::Data(piece, acknowledge && cut.is_none() && number + 1 == last));
        }
        if let Some(cut) = cut {
            if acknowledge {
                self.post(self.now, Parcel::ClientWrote(at));
            }
            self.cut(at, cut, Failure::Reset, Phase::Send);
        }
    }

    fn finish(&mut self, at: Line) {
        let held = self.wires.get_mut(&at).map(|wire| wire.held_there.split().freeze()).unwrap_or_default();
        self.send(at, held, false);
        self.there(at, There::End);
    }

    /// Does what an exchange wants done.
    pub(super) fn reply(&mut self, at: Line, duty: Duty<A>) {
        match duty {
            Duty::Open { head, length } => self.answer(at, head, length),
            Duty::Write(chunk) => self.answer_body(at, chunk),
            Duty::Finish => self.answer_end(at),
            Duty::Abort => self.back(at, Back::Failed(Failure::Reset, Phase::Send)),
            Duty::Identify(_)
            | Duty::Serve(_)
            | Duty::File(_)
            | Duty::Chunk(_)
            | Duty::FileEnd
            | Duty::FilesEnd
            | Duty::Feed { .. }
            | Duty::Wait { .. }
            | Duty::Done(_) => {}
        }
    }

    fn answer(&mut self, at: Line, mut head: ResponseHead, length: Length) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        let (before, after) = (wire.reaches(Point::Complete), wire.reaches(Point::AnswerHead));
        if let Some(cut) = before {
            return self.cut(at, cut, Failure::Reset, Phase::Send);
        }
        if let Some(canned) = wire.plan.instead.take() {
            return self.replace(at, canned);
        }
        match length {
            Length::Known(length) if !wire.plan.unsized_answer => {
                head.0.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            Length::Known(_) | Length::Unknown => {}
        }
        self.back(at, Back::Head(head));
        if let Some(cut) = after {
            self.cut(at, cut, Failure::Reset, Phase::Receive);
        }
    }

    fn answer_body(&mut self, at: Line, chunk: Bytes) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        if wire.cut.is_some() || wire.is_abandoned {
            return self.post(self.now, Parcel::ServerWrote(at));
        }
        if wire.plan.merge == 0 {
            return self.send_back(at, chunk, true);
        }
        wire.held_back.extend_from_slice(&chunk);
        let held = if wire.held_back.len() < wire.plan.merge { Bytes::new() } else { wire.held_back.split().freeze() };
        self.post(self.now, Parcel::ServerWrote(at));
        self.send_back(at, held, false);
    }

    /// Sends a piece of the answer; `acknowledge` when the server waits for it to be taken.
    fn send_back(&mut self, at: Line, chunk: Bytes, acknowledge: bool) {
        let Some(wire) = self.wires.get_mut(&at).filter(|_| !chunk.is_empty()) else { return };
        let (pieces, cut) = wire.answer(chunk);
        let last = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            self.back(at, Back::Data(piece, acknowledge && cut.is_none() && number + 1 == last));
        }
        let Some(cut) = cut else { return };
        if acknowledge {
            self.post(self.now, Parcel::ServerWrote(at));
        }
        if cut == Cut::End {
            self.back(at, Back::End);
        }
        self.cut(at, cut, Failure::Reset, Phase::Receive);
    }

    fn answer_end(&mut self, at: Line) {
        let held = self.wires.get_mut(&at).map(|wire| wire.held_back.split().freeze()).unwrap_or_default();
        self.send_back(at, held, false);
        self.back(at, Back::End);
    }

    /// Somebody between the two gives an answer of their own, and keeps the service's.
    fn replace(&mut self, at: Line, canned: Canned) {
        self.canned(at, canned);
        self.there(at, There::Failed(Failure::Reset));
        if let Some(wire) = self.wires.get_mut(&at) {
            wire.cut = Some(Cut::End);
        }
    }

    /// An answer of somebody else.
    pub(super) fn canned(&mut self, at: Line, canned: Canned) {
        self.back(at, Back::Head(ResponseHead(canned.head)));
        if !canned.body.is_empty() {
            self.back(at, Back::Data(canned.body, false));
        }
        self.back(at, Back::End);
    }

    /// The client closes the connection.
    pub(super) fn give_up(&mut self, at: Line) {
        self.there(at, There::Failed(Failure::Reset));
        if let Some(wire) = self.wires.get_mut(&at) {
            wire.is_abandoned = true;
            self.clients[wire.call].feed += 1;
        }
    }

    /// The wire breaks here.
    pub(super) fn cut(&mut self, at: Line, cut: Cut, failure: Failure, phase: Phase) {
        if cut == Cut::Reset {
            self.back(at, Back::Failed(failure, phase));
            self.there(at, There::Failed(Failure::Reset));
        }
        if let Some(wire) = self.wires.get_mut(&at) {
            wire.cut = Some(cut);
        }
    }

    pub(super) fn there(&mut self, at: Line, message: There) {
        let now = self.now;
        let Some(wire) = self.wires.get_mut(&at).filter(|wire| wire.cut.is_none()) else { return };
        let arrival = wire.there(now, &message);
        self.post(arrival, Parcel::There(at, message));
    }

    pub(super) fn back(&mut self, at: Line, message: Back) {
        let now = self.now;
        let Some(wire) = self.wires.get_mut(&at).filter(|wire| wire.cut.is_none()) else { return };
        let arrival = wire.back(now, &message);
        self.post(arrival, Parcel::Back(at, message));
    }

    pub(super) fn post(&mut self, time: Time, parcel: Parcel) {
        self.sent += 1;
        self.parcels.insert((time, self.sent), parcel);
    }
}
