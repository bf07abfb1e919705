//! The frame of a scenario: clients, a service, weather, what happens from outside, and the laws that are looked at.

use core::fmt::Debug;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use larder_core::{Api, Budget, Permits};

use super::{Dice, Laws, Run, Tally, Weather};
use crate::pair::{Pair, Service};

/// What somebody does to a run from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The server's process ends, and another begins.
    Restart,
    /// The caller of this call has lost interest.
    Cancel(usize),
    /// This call is dropped, as a future is.
    Abandon(usize),
}

/// One scenario, drawn but not played yet.
pub struct Scenario<A: Api, S: Service<A>> {
    /// Clients and service.
    pub pair: Pair<A, S>,
    /// What is looked at while it runs. Promises and secrets may be added until [`judge`](Self::judge).
    pub laws: Laws,
    weather: Rc<RefCell<Weather>>,
    /// After how many moves what happens, the last first.
    events: Vec<(u64, Event)>,
}

impl<A: Api, S: Service<A>> Scenario<A, S> {
    /// These clients and this service, in this weather, under these laws.
    pub fn new(mut pair: Pair<A, S>, weather: Weather, laws: Laws) -> Self {
        let weather = Rc::new(RefCell::new(weather));
        let plans = Rc::clone(&weather);
        pair.link(move |opening| plans.borrow_mut().plan(opening));
        Self { pair, laws, weather, events: Vec::new() }
    }

    /// Up to three events, within so many moves, to these calls.
    pub fn disturb(&mut self, dice: &mut Dice, calls: usize, moves: u64) {
        for _ in 0..dice.within(0..=6).saturating_sub(3) {
            let call = usize::try_from(dice.within(0..=(calls as u64).saturating_sub(1))).unwrap_or_default();
            let event = *dice.pick(&[Event::Restart, Event::Cancel(call), Event::Abandon(call)]);
            self.events.push((dice.within(0..=moves), event));
        }
        self.events.sort_by_key(|(at, _)| core::cmp::Reverse(*at));
    }

    /// Runs until every machine is over. `before` is called before each move, as somebody who adds calls when others have
    /// ended; `restart` makes the service forget what a new process does not know.
    ///
    /// # Errors
    /// The law that is broken.
    ///
    /// # Panics
    /// As [`Pair::run`].
    pub fn play(
        &mut self,
        run: &mut Run,
        mut before: impl FnMut(&mut Pair<A, S>),
        restart: impl FnMut(&mut S),
    ) -> Result<(), String> {
        let ended = self.moves(run, &mut before, restart);
        run.keep_trace(self.pair.trace());
        ended
    }

    fn moves(
        &mut self,
        run: &mut Run,
        before: &mut impl FnMut(&mut Pair<A, S>),
        mut restart: impl FnMut(&mut S),
    ) -> Result<(), String> {
        for moves in 0.. {
            while let Some((_, event)) = self.events.pop_if(|(at, _)| *at <= moves) {
                happen(&mut self.pair, event, &mut restart);
            }
            before(&mut self.pair);
            run.size = super::Size { calls: self.pair.calls(), exchanges: self.pair.exchanges(), moves };
            if !self.pair.step() {
                break;
            }
            self.laws.during(&mut self.pair)?;
        }
        Ok(())
    }

    /// Looks at the laws once more, when all is over and all promises and secrets are known.
    ///
    /// # Errors
    /// The law that is broken.
    pub fn judge(&mut self) -> Result<(), String> {
        self.laws.at_end(&mut self.pair)
    }

    /// What weather there was.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.weather.borrow().tally().clone()
    }
}

/// Narrow limits for a client: few retries, few transfers at once. Returns its budget, as [`Laws`] want to know it.
pub fn narrow<A: Api, S: Service<A>>(pair: &mut Pair<A, S>, client: usize, dice: &mut Dice) -> u32 {
    let budget = *dice.pick(&[0, 5, 10, 20, 100]);
    let permits = usize::try_from(dice.within(1..=3)).unwrap_or(1);
    let shared = pair.shared(client);
    shared.budget = Budget::new(budget);
    shared.permits = Permits::new(permits);
    budget
}

/// Does it to a run.
pub(super) fn happen<A: Api, S: Service<A>>(pair: &mut Pair<A, S>, event: Event, restart: &mut impl FnMut(&mut S)) {
    match event {
        Event::Restart => {
            pair.restart();
            restart(&mut pair.service);
        }
        Event::Cancel(call) => pair.cancel_call(call),
        Event::Abandon(call) => pair.abandon_call(call),
    }
}

/// No request was done more often than it was asked for; `done` has what was done how often.
///
/// # Errors
/// The request that was.
pub fn at_most<'a, T: Ord + Debug + 'a>(
    what: &str,
    done: &BTreeMap<T, u64>,
    asked: impl IntoIterator<Item = &'a T>,
) -> Result<(), String> {
    let mut times = BTreeMap::<&T, u64>::new();
    asked.into_iter().for_each(|request| *times.entry(request).or_default() += 1);
    match done.iter().find(|(request, done)| **done > times.get(request).copied().unwrap_or_default()) {
        Some((request, done)) => Err(format!("{what} {done} times: {request:?}")),
        None => Ok(()),
    }
}
