//! One move after another: who is polled, what arrives, when the clock goes on.

use larder_core::{Action, Api, Duty, Time};

use super::client::{Client, Waiting};
use super::server::Reaction;
use super::wire::Line;
use super::{ENDLESS, Pair, Service};

/// What can be done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// This call is polled until it waits.
    Call(usize),
    /// This exchange is polled until it waits.
    Exchange(Line),
    /// This message arrives.
    Deliver((Time, u64)),
}

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// One move: a machine is polled until it waits, or one message arrives, or the clock goes on to the next moment at
    /// which anything can happen. False when every machine is over.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> bool {
        match self.first_move() {
            Some(first) => self.make(first),
            None => return self.pass(),
        }
        true
    }

    /// The clock goes on to the next moment at which anything can happen. False when every machine is over.
    pub(crate) fn pass(&mut self) -> bool {
        if self.is_over() {
            return false;
        }
        let Some(next) = self.next_time() else { panic!("stalled at {:?}:\n{}", self.now, self.tail()) };
        self.now = next;
        self.moves = 0;
        self.service.tick(next);
        true
    }

    /// The move that is made unless somebody wants another: calls first, then exchanges, then what has arrived.
    fn first_move(&self) -> Option<Move> {
        let call = self.awake_calls().next().map(Move::Call);
        let call = call.or_else(|| self.awake_exchanges().next().map(Move::Exchange));
        call.or_else(|| self.due().next().map(Move::Deliver))
    }

    /// All moves that can be made now, the usual one first. Of what has arrived in one direction of one connection, only the first:
    /// nothing overtakes.
    pub(crate) fn moves(&self) -> Vec<Move> {
        let mut seen = Vec::new();
        let first = |key: &(Time, u64)| {
            let Some(parcel) = self.parcels.get(key) else { return false };
            let is_first = !seen.contains(&parcel.channel());
            seen.push(parcel.channel());
            is_first && self.is_heard(parcel)
        };
        let awake = self.awake_calls().map(Move::Call).chain(self.awake_exchanges().map(Move::Exchange));
        awake.chain(self.due().filter(first).map(Move::Deliver)).collect()
    }

    /// Makes one of the [`moves`](Self::moves).
    pub(crate) fn make(&mut self, which: Move) {
        self.count();
        match which {
            Move::Call(call) => self.poll_client(call),
            Move::Exchange(at) => self.poll_server(at),
            Move::Deliver(key) => self.deliver(key),
        }
    }

    fn awake_calls(&self) -> impl Iterator<Item = usize> {
        let is_awake = |client: &Client<A>| client.is_awake(self.now, self.shared[client.history.client].epoch());
        self.clients.iter().enumerate().filter(move |(_, client)| is_awake(client)).map(|(call, _)| call)
    }

    fn awake_exchanges(&self) -> impl Iterator<Item = Line> {
        let is_awake = |at: &&Line| self.servers.get(at).is_some_and(|server| server.is_awake(self.now));
        self.running.iter().filter(is_awake).copied()
    }

    fn count(&mut self) {
        self.moves += 1;
        assert!(self.moves < ENDLESS, "endless:\n{}", self.tail());
    }

    fn is_over(&self) -> bool {
        self.clients.iter().all(|client| client.is_over) && self.running.is_empty()
    }

    /// The next moment at which anything can happen.
    fn next_time(&self) -> Option<Time> {
        let clients = self.clients.iter().filter(|client| !client.is_over).filter_map(|client| client.waiting?.until);
        let servers = self.running.iter().filter_map(|at| self.servers.get(at)?.waiting?.until);
        let parcels = self.parcels.keys().map(|(time, _)| *time);
        clients.chain(servers).chain(parcels).filter(|time| *time > self.now).min()
    }

    /// Polls a call until it waits.
    fn poll_client(&mut self, call: usize) {
        let now = self.now;
        let history = &mut self.clients[call].history;
        history.began.get_or_insert(now);
        let client = history.client;
        loop {
            self.count();
            let before = self.seen_by_call(client);
            let action = self.clients[call].call.poll(now, &mut self.shared[client]);
            self.note_poll(call, before);
            let (waiting, is_done) = match &action {
                Action::Wait { until, why, on } => (Some(Waiting { until: *until, why: *why, on: *on }), false),
                Action::Done(_) => (None, true),
                Action::Open { .. }
                | Action::Write { .. }
                | Action::Finish { .. }
                | Action::Abort { .. }
                | Action::Feed { .. }
                | Action::Data { .. }
                | Action::Note(_) => (None, false),
            };
            match &waiting {
                Some(waiting) => self.log(format_args!("call {call} > {waiting}")),
                None => self.log(format_args!("call {call} > {action:?}")),
            }
            if waiting.is_some_and(|waiting| !waiting.can_end()) {
                panic!("call {call} waits for nothing:\n{}", self.tail());
            }
            self.clients[call].waiting = waiting;
            if is_done {
                self.clients[call].is_over = true;
                self.clients[call].history.ended = Some(now);
            }
            if waiting.is_some() || is_done {
                return;
            }
            self.act(call, action);
        }
    }

    /// Polls an exchange until it waits.
    fn poll_server(&mut self, at: Line) {
        let now = self.now;
        loop {
            self.count();
            let Some(server) = self.servers.get_mut(&at) else { return };
            let duty = server.poll(now);
            if let Some(memory) = &mut server.memory {
                memory.asked(now, &duty);
            }
            let line = if self.is_quiet {
                String::new()
            } else if let Duty::Wait { until, why, on } = &duty {
                Waiting { until: *until, why: *why, on: *on }.to_string()
            } else {
                format!("{duty:?}")
            };
            let reaction = server.react(&mut self.service, now, duty);
            let is_quiet = server.waiting.is_some() || server.outcome.is_some();
            if server.outcome.is_some() {
                self.running.remove(&at);
            }
            self.log(format_args!("#{at:<5} > {line}"));
            match reaction {
                Reaction::Tell(told) => {
                    // What the service says is no input of its own: it follows from what it was asked, and from what it is.
                    let told = self.servers.get_mut(&at).map_or(Ok(()), |server| server.tell(told));
                    self.check(told);
                }
                Reaction::Wire(duty) => self.reply(at, duty),
                Reaction::None if is_quiet => return,
                Reaction::None => {}
            }
        }
    }
}
