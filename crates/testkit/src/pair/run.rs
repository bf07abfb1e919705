//! One move after another: who is polled, what arrives, when the clock goes on.

use larder_core::{Action, Api, Duty, Time};

use super::client::Waiting;
use super::server::Reaction;
use super::wire::Line;
use super::{ENDLESS, Pair, Service};

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// One move: a machine is polled until it waits, or one message arrives, or the clock goes on to the next moment at
    /// which anything can happen. False when every machine is over.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn step(&mut self) -> bool {
        self.count();
        if self.poll_client() || self.poll_server() || self.deliver() {
            return true;
        }
        if self.is_over() {
            return false;
        }
        let Some(next) = self.next_time() else { panic!("stalled at {:?}:\n{}", self.now, self.tail()) };
        self.now = next;
        self.moves = 0;
        self.service.tick(next);
        true
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

    /// Polls the first call that wants it, until it waits.
    fn poll_client(&mut self) -> bool {
        let (now, shared) = (self.now, &self.shared);
        let awake = self.clients.iter().position(|client| client.is_awake(now, shared[client.history.client].epoch()));
        let Some(call) = awake else { return false };
        let history = &mut self.clients[call].history;
        history.began.get_or_insert(now);
        let client = history.client;
        loop {
            self.count();
            let action = self.clients[call].call.poll(now, &mut self.shared[client]);
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
                return true;
            }
            self.act(call, action);
        }
    }

    /// Polls the first exchange that wants it, until it waits.
    fn poll_server(&mut self) -> bool {
        let now = self.now;
        let awake = |at: &&Line| self.servers.get(at).is_some_and(|server| server.is_awake(now));
        let awake = self.running.iter().find(awake).copied();
        let Some(at) = awake else { return false };
        loop {
            self.count();
            let Some(server) = self.servers.get_mut(&at) else { return true };
            let duty = server.poll(now);
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
                    let told = self.servers.get_mut(&at).map_or(Ok(()), |server| server.tell(told));
                    self.check(told);
                }
                Reaction::Wire(duty) => self.reply(at, duty),
                Reaction::None if is_quiet => return true,
                Reaction::None => {}
            }
        }
    }
}
