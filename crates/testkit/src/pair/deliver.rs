//! Parcels arrive.

use larder_core::{Api, Input, Time, Told};

use super::memory::Memory;
use super::server::Server;
use super::wire::{Back, Line, Parcel, There};
use super::{Pair, Service};

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// The parcels that are due and that their receivers take now.
    pub(super) fn due(&self) -> impl Iterator<Item = (Time, u64)> {
        let due = self.parcels.iter().take_while(|((time, _), _)| *time <= self.now);
        due.filter(|(_, parcel)| self.is_wanted(parcel)).map(|(key, _)| *key)
    }

    /// Delivers one of them.
    pub(super) fn deliver(&mut self, key: (Time, u64)) {
        match self.parcels.remove(&key) {
            Some(Parcel::There(at, message)) => self.at_server(at, message),
            Some(Parcel::Back(at, message)) => self.at_client(at, message),
            Some(Parcel::Connected(at, head)) => self.connected(at, head),
            Some(Parcel::ClientWrote(line)) => self.tell_client(line, Input::Wrote { at: line.at }),
            Some(Parcel::ServerWrote(at)) => self.tell_server(at, Told::Wrote, "Wrote"),
            Some(Parcel::Read(call, feed, offset, max)) => self.at_caller(call, feed, offset, max),
            None => {}
        }
    }

    /// Whether its receiver takes it now. Messages of one direction share this answer, so none overtakes another.
    fn is_wanted(&self, parcel: &Parcel) -> bool {
        match parcel {
            Parcel::There(_, There::Head(_) | There::Failed(_)) => true,
            Parcel::There(at, There::Data(..) | There::End) => self.servers.get(at).is_none_or(Server::reads),
            Parcel::Back(at, Back::Head(_) | Back::Data(..) | Back::End) => {
                let client = self.wires.get(at).filter(|wire| !wire.is_abandoned).map(|wire| &self.clients[wire.call]);
                client
                    .and_then(|client| client.waiting.filter(|_| client.at == Some(at.at)))
                    .is_none_or(|waiting| waiting.on.peer)
            }
            Parcel::Back(_, Back::Failed(..))
            | Parcel::Connected(..)
            | Parcel::ClientWrote(_)
            | Parcel::ServerWrote(_)
            | Parcel::Read(..) => true,
        }
    }

    /// Whether its receiver has been polled since it was told something: a driver polls after each input.
    pub(super) fn is_heard(&self, parcel: &Parcel) -> bool {
        let of_call = |line: &Line| self.wires.get(line).map(|wire| wire.call);
        let call = match parcel {
            Parcel::There(line, _) | Parcel::ServerWrote(line) => {
                let server = self.servers.get(line);
                return server.is_none_or(|server| server.outcome.is_some() || server.waiting.is_some());
            }
            Parcel::Back(line, _) | Parcel::Connected(line, _) | Parcel::ClientWrote(line) => of_call(line),
            Parcel::Read(call, ..) => Some(*call),
        };
        call.is_none_or(|call| self.clients[call].is_over || self.clients[call].waiting.is_some())
    }

    fn at_server(&mut self, at: Line, message: There) {
        let canned = self.wires.get(&at).and_then(|wire| wire.plan.canned.clone());
        match (message, canned) {
            (There::End, Some(canned)) => self.canned(at, canned),
            (There::Head(_) | There::Data(..) | There::Failed(_), Some(_)) => {}
            (There::Head(head), None) => {
                self.log(format_args!("#{at:<5} < Head {head:?}"));
                let memory = self.remembers.then(|| Memory::of_head(&head));
                self.servers.insert(at, Server::new(head, self.serving, memory));
                self.running.insert(at);
            }
            (There::Data(chunk, is_last), None) => {
                // What a server that is over does not read stays in the connection for ever.
                let is_read = self.servers.get(&at).is_some_and(|server| server.outcome.is_none());
                let line = format!("Data {} bytes", chunk.len());
                self.tell_server(at, Told::Data(chunk), &line);
                if is_last && is_read {
                    self.post(self.now, Parcel::ClientWrote(at));
                }
            }
            (There::End, None) => self.tell_server(at, Told::End, "End"),
            (There::Failed(failure), None) => self.tell_server(at, Told::Failed(failure), "Failed"),
        }
    }

    fn tell_server(&mut self, at: Line, told: Told<A>, line: &str) {
        if self.servers.get(&at).is_none_or(|server| server.outcome.is_some()) {
            return;
        }
        self.log(format_args!("#{at:<5} < {line}"));
        if let Some(memory) = self.servers.get_mut(&at).and_then(|server| server.memory.as_mut()) {
            memory.told(&told, line);
        }
        let told = self.servers.get_mut(&at).map_or(Ok(()), |server| server.tell(told));
        self.check(told);
    }

    fn at_client(&mut self, at: Line, message: Back) {
        let Some(wire) = self.wires.get_mut(&at) else { return };
        let repeats = match (wire.is_abandoned, wire.plan.late) {
            (false, _) => 1,
            (true, false) => return,
            (true, true) => 2,
        };
        if matches!(message, Back::End | Back::Failed(..)) {
            wire.is_abandoned = true;
        }
        let once_more = matches!(message, Back::End) && core::mem::take(&mut wire.plan.twice);
        if matches!(message, Back::Failed(..)) {
            // A read of the file that is under way belongs to the exchange that broke.
            self.clients[wire.call].feed += 1;
        }
        let is_last = matches!(message, Back::Data(_, true));
        for _ in 0..repeats {
            self.tell_client(at, message.clone().input(at.at));
        }
        if is_last {
            self.post(self.now, Parcel::ServerWrote(at));
        }
        if once_more && let Some(wire) = self.wires.get_mut(&at) {
            wire.plan.late = true;
            self.post(self.now, Parcel::Back(at, message));
        }
    }

    fn tell_client(&mut self, at: Line, input: Input) {
        let Some(wire) = self.wires.get(&at) else { return };
        let (call, is_gone) = (wire.call, wire.is_abandoned && matches!(input, Input::Wrote { .. }));
        if !self.clients[call].is_over && !is_gone {
            self.tell(call, input);
        }
    }

    fn at_caller(&mut self, call: usize, feed: u64, offset: u64, max: usize) {
        let client = &mut self.clients[call];
        if client.feed != feed || client.is_over {
            return;
        }
        let input = client.source.give(offset, max, client.read);
        if let Input::Body { offset, chunk } = &input {
            client.read = client.read.max(offset + chunk.len() as u64);
        }
        self.tell(call, input);
    }
}
