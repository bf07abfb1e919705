//! Two machines, or two hundred, and the wire between them.
//!
//! ```text
//!   Call ──Open, Write, Finish──▶  Plan  ──Head, Data, End──▶ Exchange ──Duty──▶ Service
//!        ◀──Wrote, Head, Data, End─      ◀──Open, Write, Finish──      ◀──Told──
//! ```
//!
//! A piece counts as taken (`Wrote`) when the machine at the other end has been handed it: there is no buffer between
//! them, so a server that stops reading is felt by the client at once.

mod client;
mod deliver;
mod link;
mod memory;
mod run;
mod server;
mod service;
mod source;
mod transmit;
mod wire;

use core::fmt::Write;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use larder_core::journal::{Out, Recorded};
use larder_core::{
    Api, Call, ClientMachine, Failure, Input, Misuse, Operation, Outcome, Phase, Serving, Session, Settings, Shared, Time,
};

use self::client::Client;
pub use self::client::{Ended, History, Ticket};
pub use self::link::{Canned, Opening, Plan, Point, Trouble};
use self::server::Server;
pub use self::service::{Served, Service};
pub use self::source::Source;
use self::wire::{Line, Parcel, Wire};

/// More moves than anything makes at one moment, or a megabyte in pieces of twenty bytes: beyond it, the run has no end.
const ENDLESS: u64 = 200_000;

/// The calls of one client, or of several, against one service, in memory, under a virtual clock.
pub struct Pair<A: Api, S: Service<A>> {
    /// The service, to be looked at and changed between moves.
    pub service: S,
    /// How the server's machines are made.
    pub serving: Serving,
    /// What the calls of each client share.
    shared: Vec<Shared<A>>,
    now: Time,
    link: Box<dyn FnMut(&Opening<'_>) -> Plan>,
    clients: Vec<Client<A>>,
    servers: BTreeMap<Line, Server<A, S>>,
    /// Those of them that are not over.
    running: BTreeSet<Line>,
    wires: BTreeMap<Line, Wire>,
    parcels: BTreeMap<(Time, u64), Parcel>,
    /// Numbers of parcels: what is sent first arrives first.
    sent: u64,
    /// Moves since the clock last went on.
    moves: u64,
    trace: String,
    is_quiet: bool,
    /// What was recorded, if it is.
    journals: Option<Vec<Arc<Mutex<Vec<u8>>>>>,
    /// Whether states are to be compared: see [`Pair::digest`].
    remembers: bool,
}

impl<A: Api, S: Service<A>> Pair<A, S> {
    /// A client with this session, and a service. `seed` decides jitter and boundaries.
    pub fn new(session: Session<A>, seed: u64, service: S) -> Self {
        Self {
            service,
            serving: Serving::default(),
            shared: vec![Shared::new(session, seed)],
            now: Time::ZERO,
            link: Box::new(|_| Plan::default()),
            clients: Vec::new(),
            servers: BTreeMap::new(),
            running: BTreeSet::new(),
            wires: BTreeMap::new(),
            parcels: BTreeMap::new(),
            sent: 0,
            moves: 0,
            trace: String::new(),
            is_quiet: false,
            journals: None,
            remembers: false,
        }
    }

    /// Another client, with a session of its own; returns its number. The one of [`new`](Self::new) has the number 0.
    pub fn join(&mut self, session: Session<A>, seed: u64) -> usize {
        self.shared.push(Shared::new(session, seed));
        self.shared.len() - 1
    }

    /// What the calls of a client share.
    pub fn shared(&mut self, client: usize) -> &mut Shared<A> {
        &mut self.shared[client]
    }

    /// Keeps no trace from now on: for runs by the thousand, which can be repeated with one.
    pub fn be_quiet(&mut self) {
        self.is_quiet = true;
    }

    /// Records what is [`recorded`](Self::recorded) from now on.
    pub fn record(&mut self) {
        self.journals.get_or_insert_default();
    }

    /// The machine, recorded from its first poll on if [`record`](Self::record) was asked for.
    pub fn recorded<M: ClientMachine<A>>(&mut self, machine: M) -> Recorded<A, M> {
        let out = self.journals.as_mut().map(|journals| {
            let journal = Arc::new(Mutex::new(Vec::new()));
            journals.push(Arc::clone(&journal));
            let write = move |line: &[u8]| journal.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
            Box::new(write) as Out
        });
        Recorded::perhaps(machine, out)
    }

    /// The journals so far, in the order in which their machines were given. Empty ones are of machines that never began.
    #[must_use]
    pub fn journals(&self) -> Vec<Vec<u8>> {
        let copy = |journal: &Arc<Mutex<Vec<u8>>>| journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.journals.iter().flatten().map(copy).collect()
    }

    /// Decides what happens to every exchange from now on.
    pub fn link(&mut self, plan: impl FnMut(&Opening<'_>) -> Plan + 'static) {
        self.link = Box::new(plan);
    }

    /// A new call, without a file.
    pub fn start<O: Operation<Api = A>>(&mut self, operation: O, settings: Settings<A>) -> Ticket<A, O::Answer> {
        self.drive(Call::new(operation, settings), Source::default())
    }

    /// A new call that may ask for this file. Its length is promised by [`Settings::length`], if at all.
    pub fn upload<O: Operation<Api = A>>(
        &mut self,
        operation: O,
        settings: Settings<A>,
        source: impl Into<Source>,
    ) -> Ticket<A, O::Answer> {
        self.drive(Call::new(operation, settings), source)
    }

    /// A new machine of the first client, which may ask for this file.
    pub fn drive<M: ClientMachine<A> + 'static>(&mut self, machine: M, source: impl Into<Source>) -> Ticket<A, M::Answer> {
        self.drive_by(0, machine, source)
    }

    /// A new machine of this client, which may ask for this file.
    pub fn drive_by<M: ClientMachine<A> + 'static>(
        &mut self,
        client: usize,
        machine: M,
        source: impl Into<Source>,
    ) -> Ticket<A, M::Answer> {
        let (client, ticket) = Client::new(self.clients.len(), client, machine, source.into());
        self.clients.push(client);
        ticket
    }

    /// What is to be known of a call, by its [number](Ticket::number).
    #[must_use]
    pub fn history(&self, call: usize) -> &History {
        &self.clients[call].history
    }

    /// The exchanges that are under way for their clients: whose each is, what it asks for, and since when.
    pub fn open_exchanges(&self) -> impl Iterator<Item = (usize, &str, Time)> {
        let open = self.wires.iter().filter(|(_, wire)| !wire.is_abandoned);
        open.map(|(line, wire)| (line.client, wire.path.as_str(), wire.opened))
    }

    /// What a call has handed to its caller of the file that it downloads.
    #[must_use]
    pub fn received<T>(&self, ticket: &Ticket<A, T>) -> &[u8] {
        &self.clients[ticket.call].received
    }

    /// The caller of this call has lost interest.
    pub fn cancel<T>(&mut self, ticket: &Ticket<A, T>) {
        self.cancel_call(ticket.call);
    }

    /// The same, by the call's number. A call that is over does not notice.
    pub fn cancel_call(&mut self, call: usize) {
        if !self.clients[call].is_over {
            self.tell(call, Input::Cancel);
        }
    }

    /// The embedder drops this call, as a future is dropped: what it had open is closed.
    pub fn abandon<T>(&mut self, ticket: &Ticket<A, T>) {
        self.abandon_call(ticket.call);
    }

    /// The same, by the call's number. A call that is over stays as it is.
    pub fn abandon_call(&mut self, call: usize) {
        let client = &mut self.clients[call];
        if client.is_over {
            return;
        }
        client.call.abandon(&mut self.shared[client.history.client]);
        client.memory.end();
        client.is_over = true;
        client.history.began.get_or_insert(self.now);
        client.history.ended = Some(self.now);
        self.log(format_args!("call {call}   abandoned"));
        let open = self.wires.iter().filter(|(_, wire)| wire.call == call && !wire.is_abandoned);
        for line in open.map(|(line, _)| *line).collect::<Vec<_>>() {
            self.give_up(line);
        }
    }

    /// The server's process ends and another begins: every connection breaks, and what was under way is dropped. What the
    /// [`service`](Self::service) forgets by that is the caller's to see to, right after.
    pub fn restart(&mut self) {
        self.log(format_args!("the server restarts"));
        for line in core::mem::take(&mut self.running) {
            self.servers.remove(&line);
        }
        let whole = self.wires.iter().filter(|(_, wire)| !wire.is_abandoned && wire.cut.is_none());
        for line in whole.map(|(line, _)| *line).collect::<Vec<_>>() {
            self.cut(line, link::Cut::Reset, Failure::Reset, Phase::Send);
        }
    }

    /// The virtual clock.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Everything that was said, one line each: who, what, and when it was. Nothing in it is secret.
    #[must_use]
    pub fn trace(&self) -> &str {
        &self.trace
    }

    /// How many calls were started.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.clients.len()
    }

    /// How many exchanges were opened.
    #[must_use]
    pub fn exchanges(&self) -> usize {
        self.wires.len()
    }

    /// How the server's machines ended, in the order of their exchanges.
    pub fn served(&self) -> impl Iterator<Item = &Outcome<A>> {
        self.servers.values().filter_map(|server| server.outcome.as_ref())
    }

    /// Runs until every machine of both ends is over.
    ///
    /// # Panics
    /// With the trace: when nothing can happen any more although a machine is not over, when there is no end in sight,
    /// and when a machine says that it was driven wrongly.
    pub fn run(&mut self) {
        while self.step() {}
    }

    /// Runs until something is true; returns whether it became so.
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_until(&mut self, mut reached: impl FnMut(&Self) -> bool) -> bool {
        while !reached(self) {
            if !self.step() {
                return reached(self);
            }
        }
        true
    }

    /// Tells a call something.
    fn tell(&mut self, call: usize, input: Input) {
        self.log(format_args!("call {call} < {input:?}"));
        let remembers = self.remembers;
        let client = &mut self.clients[call];
        if remembers {
            client.memory.input(&input);
        }
        client.waiting = None;
        let told = client.call.handle(input);
        self.check(told);
    }

    fn check(&self, told: Result<(), Misuse>) {
        if let Err(misuse) = told {
            panic!("misuse: {misuse}\n{}", self.tail());
        }
    }

    fn log(&mut self, line: core::fmt::Arguments<'_>) {
        if self.is_quiet {
            return;
        }
        let now = self.now.0;
        let _ = writeln!(self.trace, "{:>4}.{:03} {line}", now.as_secs(), now.subsec_millis());
    }

    /// The end of the trace: what a person looks at first.
    fn tail(&self) -> String {
        let lines: Vec<&str> = self.trace.lines().collect();
        lines[lines.len().saturating_sub(200)..].join("\n")
    }
}
