//! The client's end: one call and what it knows of the world.

use core::ops::ControlFlow;
use std::cell::RefCell;
use std::rc::Rc;

use larder_core::{Action, Api, ClientMachine, Error, ExchangeId, Input, Misuse, Note, On, Shared, Time, Why};

use super::memory::Memory;
use super::source::Source;

/// How a call ended.
pub type Ended<A, T> = Result<T, Box<Error<<A as Api>::Fault>>>;

type Slot<A, T> = Rc<RefCell<Option<Ended<A, T>>>>;

/// A call under way, and what became of it.
pub struct Ticket<A: Api, T> {
    pub(super) call: usize,
    outcome: Slot<A, T>,
}

impl<A: Api, T> Ticket<A, T> {
    /// What became of it, unless it is still under way, was abandoned, or this was asked before.
    #[must_use]
    pub fn outcome(&self) -> Option<Ended<A, T>> {
        self.outcome.borrow_mut().take()
    }

    /// The call's number, counted from zero.
    #[must_use]
    pub fn number(&self) -> usize {
        self.call
    }
}

/// What is to be known of a call from outside.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The client that it belongs to: see [`Pair::join`](super::Pair::join).
    pub client: usize,
    /// When it was polled first.
    pub began: Option<Time>,
    /// When it was over, or abandoned.
    pub ended: Option<Time>,
    /// What it told.
    pub notes: Vec<Note>,
}

/// What a machine said that it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    pub(super) until: Option<Time>,
    pub(super) why: Why,
    pub(super) on: On,
}

impl Waiting {
    pub(super) fn is_due(&self, now: Time) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Whether anything can end it.
    pub(super) fn can_end(&self) -> bool {
        let On { peer, room, body, shared } = self.on;
        self.until.is_some() || peer || room || body || shared.is_some()
    }
}

impl core::fmt::Display for Waiting {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Wait for {:?}", self.why)?;
        if let Some(until) = self.until {
            write!(f, " until {until:?}")?;
        }
        let on = [(self.on.peer, "peer"), (self.on.room, "room"), (self.on.body, "body"), (self.on.shared.is_some(), "shared")];
        for (_, what) in on.iter().filter(|(is, _)| *is) {
            write!(f, ", {what}")?;
        }
        Ok(())
    }
}

/// A call of any operation.
pub(super) trait Caller<A: Api> {
    fn poll(&mut self, now: Time, shared: &mut Shared<A>) -> Action<(), A::Fault>;
    fn handle(&mut self, input: Input) -> Result<(), Misuse>;
    fn abandon(&mut self, shared: &mut Shared<A>);
}

struct Typed<A: Api, M: ClientMachine<A>> {
    machine: M,
    outcome: Slot<A, M::Answer>,
}

impl<A: Api, M: ClientMachine<A>> Caller<A> for Typed<A, M> {
    fn poll(&mut self, now: Time, shared: &mut Shared<A>) -> Action<(), A::Fault> {
        match self.machine.poll(now, shared).or_done() {
            ControlFlow::Continue(action) => action,
            ControlFlow::Break(result) => {
                let told = result.as_ref().map(drop).map_err(Clone::clone);
                *self.outcome.borrow_mut() = Some(result);
                Action::Done(told)
            }
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.machine.handle(input)
    }

    fn abandon(&mut self, shared: &mut Shared<A>) {
        self.machine.abandon(shared);
    }
}

/// A call and its surroundings.
pub(super) struct Client<A: Api> {
    pub(super) call: Box<dyn Caller<A>>,
    pub(super) history: History,
    pub(super) source: Source,
    /// Up to where the file was read.
    pub(super) read: u64,
    /// Which `Feed` is being answered; a later one makes the answer of an earlier one void.
    pub(super) feed: u64,
    /// The exchange that is open.
    pub(super) at: Option<ExchangeId>,
    pub(super) received: Vec<u8>,
    pub(super) waiting: Option<Waiting>,
    pub(super) is_over: bool,
    /// What it was told, where states are compared.
    pub(super) memory: Memory,
}

impl<A: Api> Client<A> {
    pub(super) fn new<M: ClientMachine<A> + 'static>(
        number: usize,
        client: usize,
        machine: M,
        source: Source,
    ) -> (Self, Ticket<A, M::Answer>) {
        let outcome = Rc::new(RefCell::new(None));
        let ticket = Ticket { call: number, outcome: Rc::clone(&outcome) };
        let client = Self {
            call: Box::new(Typed { machine, outcome }),
            history: History { client, ..History::default() },
            source,
            read: 0,
            feed: 0,
            at: None,
            received: Vec::new(),
            waiting: None,
            is_over: false,
            memory: Memory::default(),
        };
        (client, ticket)
    }

    /// Whether it must be polled now.
    pub(super) fn is_awake(&self, now: Time, epoch: u64) -> bool {
        let moved = |waiting: &Waiting| waiting.on.shared.is_some_and(|before| before != epoch);
        !self.is_over && self.waiting.as_ref().is_none_or(|waiting| waiting.is_due(now) || moved(waiting))
    }
}
