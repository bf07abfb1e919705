//! Calls, and what may be expected of them.

use core::time::Duration;

use larder_core::{Api, Call, ClientMachine, Clock, Clocks, Operation, Settings, Time};

use super::{Dice, Later, Promise};
use crate::pair::{Pair, Service, Source, Ticket};

/// Sends calls on their way, and keeps what [`Laws`](super::Laws) hold them to.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    /// The latest beginning of a call.
    pub latest: Duration,
    /// One for each call.
    pub made: Vec<Promise>,
}

impl Promises {
    /// Of calls that begin by then.
    #[must_use]
    pub fn until(latest: Duration) -> Self {
        Self { latest, made: Vec::new() }
    }

    /// A machine that begins some time or other. `clocks` are what it goes by: it is over by its total.
    pub fn start<A: Api, S: Service<A>, M: ClientMachine<A> + 'static>(
        &mut self,
        pair: &mut Pair<A, S>,
        dice: &mut Dice,
        client: usize,
        machine: M,
        (clocks, source): (Clocks, Source),
    ) -> Ticket<A, M::Answer> {
        let latest = u64::try_from(self.latest.as_millis()).unwrap_or(u64::MAX);
        let begins = Time(dice.millis(0..=latest));
        let machine = pair.recorded(machine);
        let ticket = pair.drive_by(client, Later::new(begins, machine), source);
        self.made.push(Promise { call: ticket.number(), begins, total: clocks.total.limit(), attempts: None });
        ticket
    }

    /// A call of one operation, without a file.
    pub fn say<A: Api, S: Service<A>, O: Operation<Api = A>>(
        &mut self,
        pair: &mut Pair<A, S>,
        dice: &mut Dice,
        client: usize,
        (operation, settings): (O, Settings<A>),
    ) -> Ticket<A, O::Answer> {
        let clocks = settings.clocks.or(Clocks::of(&O::META));
        let attempts = usize::try_from(settings.policy.attempts).ok();
        let ticket = self.start(pair, dice, client, Call::new(operation, settings), (clocks, Source::default()));
        if let Some(promise) = self.made.last_mut() {
            promise.attempts = attempts;
        }
        ticket
    }
}

/// Clocks of a caller: of some who are in a hurry, and of most who are not.
pub fn hurry(dice: &mut Dice) -> Clocks {
    let mut clocks = Clocks::default();
    if dice.one_in(4) {
        clocks.total = Clock::After(dice.millis(1..=90_000));
    }
    if dice.one_in(8) {
        clocks.attempt = Clock::After(dice.millis(500..=20_000));
    }
    clocks
}
