//! A scenario of the reseller API.

mod bureau;
mod keys;
mod orders;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use larder_core::wire::ReplyBody;
use larder_core::{Api, Budget, Permits, Session};
use larder_proto_e2::{E2, Fault, Json};
use larder_testkit::sim::{Dice, Laws, Tally, Weather};
use larder_testkit::{Canned, Pair};

use self::bureau::Bureau;
pub(super) use self::bureau::{API_KEY, PASSWORD};
use self::orders::Orders;

/// What somebody does to the run from outside.
#[derive(Debug, Clone, Copy)]
enum Event {
    Restart,
    Cancel(usize),
    Abandon(usize),
}

/// One scenario: as it is drawn from its seed.
struct Scenario {
    pair: Pair<E2, Bureau>,
    orders: Orders,
    laws: Laws,
    weather: Rc<RefCell<Weather>>,
    /// After how many moves what happens.
    events: Vec<(u64, Event)>,
}

/// Runs the scenario of a seed.
///
/// # Panics
/// With the law that is broken, and the trace if there is one.
pub(super) fn scenario(seed: u64, show: bool) -> Tally {
    // Every so often the trace is kept and searched for secrets.
    let is_quiet = !show && !seed.is_multiple_of(16);
    let mut scenario = Scenario::draw(seed, is_quiet);
    let broken = scenario.run();
    if show {
        println!("{}", scenario.pair.trace());
    }
    match broken {
        Ok(tally) => tally,
        Err(law) => panic!("seed {seed}: {law}"),
    }
}

impl Scenario {
    fn draw(seed: u64, is_quiet: bool) -> Self {
        let mut dice = Dice::new(seed);
        let (ill, confused) = (*dice.pick(&[0, 0, 5, 20]), *dice.pick(&[0, 0, 0, 10]));
        let bureau = Bureau::new(dice.fork(), ill, confused);
        let mut pair = Pair::new(Session::with_token(API_KEY.into()), dice.bits(), bureau);
        if is_quiet {
            pair.be_quiet();
        }
        let clients = usize::try_from(dice.within(1..=3)).unwrap();
        for _ in 1..clients {
            pair.join(Session::with_token(API_KEY.into()), dice.bits());
        }
        let budgets = (0..clients).map(|client| limits(&mut pair, client, &mut dice)).collect();
        let weather = Weather::new(dice.fork(), *dice.pick(&[0, 10, 30, 60]), failures());
        let weather = Rc::new(RefCell::new(weather));
        let plans = Rc::clone(&weather);
        pair.link(move |opening| plans.borrow_mut().plan(opening));

        let latest = *dice.pick(&[0, 0, 500, 5_000, 60_000]);
        let mut orders = Orders::new(dice.fork(), latest);
        for client in 0..clients {
            (0..dice.within(1..=3)).for_each(|_| orders.add(&mut pair, client));
        }
        let laws = Laws::new("", budgets, Vec::new());
        let events = events(&mut dice, orders.promises.len());
        Self { pair, orders, laws, weather, events }
    }

    fn run(&mut self) -> Result<Tally, String> {
        for moves in 0.. {
            while let Some((_, event)) = self.events.pop_if(|(at, _)| *at <= moves) {
                self.happen(event);
            }
            self.orders.go_on(&mut self.pair);
            if !self.pair.step() {
                break;
            }
            self.laws.during(&mut self.pair)?;
        }
        self.laws.promises.clone_from(&self.orders.promises);
        self.laws.secrets.clone_from(&self.pair.service.issued);
        self.laws.secrets.extend([PASSWORD, API_KEY].map(str::to_owned));
        self.laws.at_end(&mut self.pair)?;
        at_most("carried out", &self.pair.service.executed, &self.orders.once)?;
        at_most("took effect", &self.pair.service.changed, &self.orders.changes)?;
        let mut tally = self.weather.borrow().tally().clone();
        tally.join(&self.pair.service.tally);
        for check in self.orders.checks.drain(..) {
            check(&self.pair, &mut tally)?;
        }
        let said = self.orders.said.borrow();
        match self.laws.secrets.iter().find(|secret| said.contains(secret.as_str())) {
            Some(secret) => Err(format!("an error or an outcome shows {secret}:\n{said}")),
            None => Ok(tally),
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Restart => {
                self.pair.restart();
                self.pair.service.restart();
            }
            Event::Cancel(call) => self.pair.cancel_call(call),
            Event::Abandon(call) => self.pair.abandon_call(call),
        }
    }
}

/// No request was done more often than it was asked for.
fn at_most(what: &str, done: &BTreeMap<String, u64>, asked: &[String]) -> Result<(), String> {
    let times = |request: &String| asked.iter().filter(|asked| *asked == request).count() as u64;
    match done.iter().find(|(request, done)| **done > times(request)) {
        Some((request, done)) => Err(format!("{what} {done} times: {request}")),
        None => Ok(()),
    }
}

/// Narrow limits for a client; returns its budget.
fn limits(pair: &mut Pair<E2, Bureau>, client: usize, dice: &mut Dice) -> u32 {
    let budget = *dice.pick(&[0, 5, 10, 20, 100]);
    let shared = pair.shared(client);
    shared.budget = Budget::new(budget);
    shared.permits = Permits::new(usize::try_from(dice.within(1..=3)).unwrap());
    budget
}

/// Refusals of the service, within a good status.
fn failures() -> Vec<Canned> {
    let written = [Fault::failed(), Fault::unauthorized(), Fault::invalid("email", "is none")].map(|fault| {
        let reply = E2::refuse(&fault, None, &Json);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        let mut head = reply.head.0;
        *head.status_mut() = http::StatusCode::OK;
        Canned { head, body }
    });
    written.to_vec()
}

/// What happens after how many moves, the last first.
fn events(dice: &mut Dice, calls: usize) -> Vec<(u64, Event)> {
    let mut events = Vec::new();
    for _ in 0..dice.within(0..=6).saturating_sub(3) {
        let call = usize::try_from(dice.within(0..=calls as u64 - 1)).unwrap();
        let event = *dice.pick(&[Event::Restart, Event::Cancel(call), Event::Abandon(call)]);
        events.push((dice.within(0..=200), event));
    }
    events.sort_by_key(|(at, _)| core::cmp::Reverse(*at));
    events
}
