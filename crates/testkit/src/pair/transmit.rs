//! What the machines want done becomes parcels on the wire.

use http::{HeaderValue, header};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{Action, Api, Duty, ExchangeId, Failure, Length, Phase, Time};

use super::link::Cut;
use super::wire::{Back, Parcel, There, Wire};
use super::{Opening, Pair, Point, Service};

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// Does what a call wants done.
    pub(super) fn act(&mut self, call: usize, action: Action<(), A::Fault>) {
        match action {
            Action::Open { at, head, length } => self.open(call, at, head, length),
            Action::Write { at, chunk } => self.write(at, chunk),
            Action::Finish { at } => self.there(at, There::End),
            Action::Abort { at } => self.give_up(at),
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
            Action::Note(_) | Action::Wait { .. } | Action::Done(_) => {}
        }
    }

    fn open(&mut self, call: usize, at: ExchangeId, mut head: RequestHead, length: Length) {
        let opening = Opening { nth: self.wires.len(), at, call, now: self.now, head: &head };
        let wire = Wire::new(call, (self.link)(&opening));
        let before = wire.reaches(Point::Connect);
        let after = wire.reaches(Point::Head);
        self.wires.insert(at, wire);
        self.clients[call].at = Some(at);
        if let Some(cut) = before {
            return self.cut(at, cut, Failure::Connect, Phase::Connect);
        }
        if let Length::Known(length @ 1..) = length {
            head.0.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        self.connected(call, at);
        self.there(at, There::Head(head));
        if let Some(cut) = after {
            self.cut(at, cut, Failure::Reset, Phase::Send);
        }
    }

    fn connected(&mut self, call: usize, at: ExchangeId) {
        let told = self.clients[call].call.handle(larder_core::Input::Connected { at });
        self.check(told);
    }

    fn write(&mut self, at: ExchangeId, chunk: bytes::Bytes) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        if wire.cut.is_some() || wire.plan.canned.is_some() {
            // Whoever stands in the way takes it.
            return self.post(self.now, Parcel::ClientWrote(at));
        }
        let (pieces, cut) = wire.send(chunk);
        let last = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            self.there(at, There::Data(piece, cut.is_none() && number + 1 == last));
        }
        if let Some(cut) = cut {
            self.post(self.now, Parcel::ClientWrote(at));
            self.cut(at, cut, Failure::Reset, Phase::Send);
        }
    }

    /// Does what an exchange wants done.
    pub(super) fn reply(&mut self, at: ExchangeId, duty: Duty<A>) {
        match duty {
            Duty::Open { head, length } => self.answer(at, head, length),
            Duty::Write(chunk) => self.answer_body(at, chunk),
            Duty::Finish => self.back(at, Back::End),
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

    fn answer(&mut self, at: ExchangeId, mut head: ResponseHead, length: Length) {
        let Some(wire) = self.wires.get(&at) else { return };
        let (before, after) = (wire.reaches(Point::Complete), wire.reaches(Point::AnswerHead));
        if let Some(cut) = before {
            return self.cut(at, cut, Failure::Reset, Phase::Send);
        }
        if let Length::Known(length) = length {
            head.0.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        self.back(at, Back::Head(head));
        if let Some(cut) = after {
            self.cut(at, cut, Failure::Reset, Phase::Receive);
        }
    }

    fn answer_body(&mut self, at: ExchangeId, chunk: bytes::Bytes) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        if wire.cut.is_some() || wire.is_abandoned {
            return self.post(self.now, Parcel::ServerWrote(at));
        }
        let (pieces, cut) = wire.answer(chunk);
        let last = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            self.back(at, Back::Data(piece, cut.is_none() && number + 1 == last));
        }
        match cut {
            Some(Cut::End) => {
                self.post(self.now, Parcel::ServerWrote(at));
                self.back(at, Back::End);
                self.cut(at, Cut::End, Failure::Reset, Phase::Receive);
            }
            Some(cut) => {
                self.post(self.now, Parcel::ServerWrote(at));
                self.cut(at, cut, Failure::Reset, Phase::Receive);
            }
            None => {}
        }
    }

    /// The client closes the connection.
    pub(super) fn give_up(&mut self, at: ExchangeId) {
        self.there(at, There::Failed(Failure::Reset));
        if let Some(wire) = self.wires.get_mut(&at) {
            wire.is_abandoned = true;
            self.clients[wire.call].feed += 1;
        }
    }

    /// The wire breaks here.
    fn cut(&mut self, at: ExchangeId, cut: Cut, failure: Failure, phase: Phase) {
        if cut == Cut::Reset {
            self.back(at, Back::Failed(failure, phase));
            self.there(at, There::Failed(Failure::Reset));
        }
        if let Some(wire) = self.wires.get_mut(&at) {
            wire.cut = Some(cut);
        }
    }

    pub(super) fn there(&mut self, at: ExchangeId, message: There) {
        let now = self.now;
        let Some(wire) = self.wires.get_mut(&at).filter(|wire| wire.cut.is_none()) else { return };
        let arrival = wire.there(now);
        self.post(arrival, Parcel::There(at, message));
    }

    pub(super) fn back(&mut self, at: ExchangeId, message: Back) {
        let now = self.now;
        let Some(wire) = self.wires.get_mut(&at).filter(|wire| wire.cut.is_none()) else { return };
        let arrival = wire.back(now);
        self.post(arrival, Parcel::Back(at, message));
    }

    pub(super) fn post(&mut self, time: Time, parcel: Parcel) {
        self.sent += 1;
        self.parcels.insert((time, self.sent), parcel);
    }
}
