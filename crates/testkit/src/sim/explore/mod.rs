//! All runs of a small case, not some.
//!
//! At every moment, whoever can move may move first; every exchange may have any of the faults; any call may be cancelled or dropped,
//! and the server may restart. A run is a sequence of choices: the search goes through all of them, depth first, and makes each run anew
//! from its beginning, since machines cannot be copied. It turns back where a state was seen before.
//!
//! # What a state is
//! The whole of it: what each machine was told, what they share, what is under way, the time, the service, and what may still go
//! wrong. A machine is a function of what it was told (its inputs, and the time and the shared state at each poll), so machines
//! that were told the same go on alike, whatever is inside them. That never takes two states for one, but for hashes of 64 bits that
//! collide; it takes one for two where a machine has come to it in two ways. As laws are looked at before it turns back, and as
//! whole histories are compared, a law about a call's history holds in what is left out as well.
//!
//! # What is bounded
//! How much departs from the usual run: see [`Bounds`]. Within them, nothing is left out but jitter (a seed of its own) and pieces of
//! bodies other than those that the machines make.

mod way;

use core::fmt;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use larder_core::Api;

use self::way::Way;
use super::Laws;
use super::alphabet::Fault;
use super::run::caught;
use super::scenario::{Event, happen};
use crate::pair::{Pair, Service};

/// How much may depart from the usual run, in which nothing goes wrong, and calls, exchanges and messages move in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Exchanges that have a fault.
    pub faults: u32,
    /// Moves that are made before others whose turn it was.
    pub delays: u32,
    /// Calls that are cancelled or dropped, and restarts.
    pub events: u32,
    /// All of these together.
    pub together: u32,
}

impl Bounds {
    fn allows(self, other: Self) -> bool {
        let Self { faults, delays, events, together } = other;
        self.faults >= faults && self.delays >= delays && self.events >= events && self.together >= together
    }

    fn spend(&mut self, what: fn(&mut Self) -> &mut u32) {
        let left = what(self);
        *left = left.saturating_sub(1);
        self.together = self.together.saturating_sub(1);
    }

    fn has(self, left: u32) -> bool {
        left > 0 && self.together > 0
    }
}

type Digest<S> = Box<dyn Fn(&S, &mut DefaultHasher)>;
type Law<A, S> = Box<dyn Fn(&mut Pair<A, S>) -> Result<(), String>>;

/// A small case: calls that have not begun, and what must hold.
pub struct Small<A: Api, S: Service<A>> {
    /// Calls and service. Jitter is a function of its seed: give retries no pause, and it is none.
    pub pair: Pair<A, S>,
    /// What is looked at after every move and at the end.
    pub laws: Laws,
    /// All that the service goes by, for a comparison.
    pub digest: Digest<S>,
    /// What else must hold after every move.
    pub always: Law<A, S>,
    /// What else must hold at the end.
    pub finally: Law<A, S>,
    /// What the service forgets when it restarts; nothing if it does not.
    pub restart: Option<fn(&mut S)>,
}

/// What was explored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Explored {
    /// Different states.
    pub states: u64,
    /// Moves that led to them, or to one that was seen before.
    pub transitions: u64,
    /// Runs from the beginning.
    pub runs: u64,
    /// Those of them that came to an end; the others turned back.
    pub ended: u64,
}

impl fmt::Display for Explored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, transitions, runs, ended } = self;
        write!(f, "{states} states, {transitions} transitions, {runs} runs, {ended} of them to their end")
    }
}

/// A run that breaks a law.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// The law.
    pub law: String,
    /// What departed from the usual run, in its order.
    pub path: Vec<String>,
    /// What happened.
    pub trace: String,
}

/// Goes through all runs within `bounds`. `small` makes the case anew for each, always the same.
///
/// # Errors
/// The first run that breaks a law, or panics.
pub fn explore<A: Api, S: Service<A> + 'static>(
    bounds: Bounds,
    faults: Vec<Fault>,
    small: impl Fn() -> Small<A, S>,
) -> Result<Explored, Box<Counterexample>> {
    let way = Rc::new(RefCell::new(Way::new(bounds)));
    let faults = Rc::new(faults);
    let mut search = Search { seen: HashMap::new(), explored: Explored::default() };
    loop {
        way.borrow_mut().restart();
        search.explored.runs += 1;
        if let Err((law, _)) = search.run(&way, &faults, small(), false) {
            way.borrow_mut().again();
            // The same once more, for its trace; it ends where it did.
            let (law, trace) = search.run(&way, &faults, small(), true).err().unwrap_or((law, String::new()));
            let path = core::mem::take(&mut way.borrow_mut().said);
            return Err(Box::new(Counterexample { law, path, trace }));
        }
        if !way.borrow_mut().turn() {
            break;
        }
    }
    search.explored.states = search.seen.len() as u64;
    Ok(search.explored)
}

struct Search {
    /// States, and what might still depart when they were seen.
    seen: HashMap<u64, Vec<Bounds>>,
    explored: Explored,
}

impl Search {
    /// One run, up to its end or to a state that was seen before.
    fn run<A: Api, S: Service<A> + 'static>(
        &mut self,
        way: &Rc<RefCell<Way>>,
        faults: &Rc<Vec<Fault>>,
        mut small: Small<A, S>,
        traces: bool,
    ) -> Result<(), (String, String)> {
        if !traces {
            small.pair.be_quiet();
        }
        small.pair.remember();
        let (plans, faults) = (Rc::clone(way), Rc::clone(faults));
        small.pair.link(move |opening| plans.borrow_mut().plan(opening, &faults));
        let ended = caught(|| self.moves(way, &mut small, traces));
        ended.map_err(|law| (law, small.pair.trace().to_owned()))
    }

    fn moves<A: Api, S: Service<A>>(
        &mut self,
        way: &Rc<RefCell<Way>>,
        small: &mut Small<A, S>,
        traces: bool,
    ) -> Result<(), String> {
        loop {
            let goes_on = step(way, small);
            let is_new = way.borrow().is_new();
            if goes_on {
                small.laws.during(&mut small.pair)?;
                (small.always)(&mut small.pair)?;
            }
            if !goes_on {
                small.laws.at_end(&mut small.pair)?;
                (small.finally)(&mut small.pair)?;
                self.explored.ended += 1;
                return Ok(());
            }
            if is_new && !traces {
                self.explored.transitions += 1;
                if self.was_here(way.borrow().left, small) {
                    return Ok(());
                }
            }
        }
    }

    /// Whether this state was seen when at least as much might still depart.
    fn was_here<A: Api, S: Service<A>>(&mut self, left: Bounds, small: &Small<A, S>) -> bool {
        let mut hasher = DefaultHasher::new();
        small.pair.digest(&mut hasher);
        small.laws.digest(&mut hasher);
        (small.digest)(&small.pair.service, &mut hasher);
        let seen = self.seen.entry(hasher.finish()).or_default();
        if seen.iter().any(|before| before.allows(left)) {
            return true;
        }
        seen.retain(|before| !left.allows(*before));
        seen.push(left);
        false
    }
}

/// One move, or an event from outside. False when all is over.
fn step<A: Api, S: Service<A>>(way: &Rc<RefCell<Way>>, small: &mut Small<A, S>) -> bool {
    let pair = &mut small.pair;
    let mut moves = pair.moves();
    let left = way.borrow().left;
    if !left.has(left.delays) {
        moves.truncate(1);
    }
    let events = if left.has(left.events) { events(pair, small.restart.is_some()) } else { Vec::new() };
    // Where nothing can move, the clock goes on.
    let ways = moves.len().max(1);
    let chosen = way.borrow_mut().choose(ways + events.len());
    if let Some(event) = chosen.checked_sub(ways).and_then(|event| events.get(event)) {
        let mut way = way.borrow_mut();
        way.left.spend(|left| &mut left.events);
        way.said.push(format!("{event:?} at {:?}", pair.now()));
        drop(way);
        happen(pair, *event, &mut small.restart.unwrap_or(|_| ()));
        return true;
    }
    if chosen > 0 {
        let mut way = way.borrow_mut();
        way.left.spend(|left| &mut left.delays);
        way.said.push(format!("{:?} first", moves[chosen]));
    }
    match moves.get(chosen) {
        Some(one) => pair.make(*one),
        None => return pair.pass(),
    }
    true
}

/// What may happen from outside now.
fn events<A: Api, S: Service<A>>(pair: &Pair<A, S>, restarts: bool) -> Vec<Event> {
    let open = (0..pair.calls()).filter(|call| pair.history(*call).ended.is_none());
    let mut events: Vec<Event> = open.flat_map(|call| [Event::Cancel(call), Event::Abandon(call)]).collect();
    events.extend(restarts.then_some(Event::Restart));
    events
}
