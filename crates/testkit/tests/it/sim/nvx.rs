//! A scenario of Nirvanix.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use larder_core::wire::ReplyBody;
use larder_core::{Api, Budget, Note, Permits, Session};
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::{Code, Fault, Nvx, Style};
use larder_testkit::sim::{Dice, Laws, Tally, Weather};
use larder_testkit::{Canned, Pair};

use super::cabinet::{APP_KEY, CHILDS_PASSWORD, Cabinet, PASSWORD, USER};
use super::calls::Calls;
use super::oracle::{Oracle, There};
use super::strangers::WRONG;
use crate::nvx::parse;

/// What somebody does to the run from outside.
#[derive(Debug, Clone, Copy)]
enum Event {
    Restart,
    Cancel(usize),
    Abandon(usize),
}

/// One scenario: as it is drawn from its seed.
struct Scenario {
    pair: Pair<Nvx, Cabinet>,
    calls: Calls,
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
        let style = dice.pick(&[Style::XML, Style::JSON, Style::JSON, Style::SOAP_1_1]).clone();
        let (ill, hasty) = (*dice.pick(&[0, 0, 5, 20]), *dice.pick(&[0, 0, 5, 20]));
        let trouble = *dice.pick(&[0, 10, 30, 60]);
        let cabinet = Cabinet::new(dice.fork(), ill, hasty);
        let shared = if dice.one_in(2) { There::File(dice.bytes(500)) } else { There::Nothing };
        if let There::File(content) = &shared {
            cabinet.put("in", "both.bin", content);
        }
        cabinet.put("elsewhere", "kept", b"");

        let mut pair = Pair::new(Session::with_login(login()), dice.bits(), cabinet);
        if is_quiet {
            pair.be_quiet();
        }
        let clients = usize::try_from(dice.within(1..=4)).unwrap();
        for _ in 1..clients {
            pair.join(Session::with_login(login()), dice.bits());
        }
        let mut budgets: Vec<u32> = (0..clients).map(|client| limits(&mut pair, client, &mut dice)).collect();

        let weather = Weather::new(dice.fork(), trouble, failures(&style));
        let weather = Rc::new(RefCell::new(weather));
        let plans = Rc::clone(&weather);
        pair.link(move |opening| plans.borrow_mut().plan(opening));

        let latest = *dice.pick(&[0, 0, 500, 5_000, 60_000, 2_000_000]);
        let mut calls = Calls::new(dice.fork(), style, latest, shared, trouble + ill + hasty == 0);
        for client in 0..clients {
            (0..dice.within(1..=3)).for_each(|_| calls.add(&mut pair, client));
        }
        budgets.extend(calls.guests.iter().map(|guest| limits(&mut pair, *guest, &mut dice)));
        let laws = Laws::new("Login.ashx", budgets, Vec::new());
        let events = events(&mut dice, calls.promises.len());
        Self { pair, calls, laws, weather, events }
    }

    fn run(&mut self) -> Result<Tally, String> {
        for moves in 0.. {
            while let Some((_, event)) = self.events.pop_if(|(at, _)| *at <= moves) {
                self.happen(event);
            }
            self.calls.go_on(&mut self.pair);
            if !self.pair.step() {
                break;
            }
            self.laws.during(&mut self.pair)?;
        }
        self.laws.promises.clone_from(&self.calls.promises);
        self.laws.secrets = self.pair.service.issued.clone();
        self.laws.secrets.extend([PASSWORD, APP_KEY, CHILDS_PASSWORD, WRONG].map(str::to_owned));
        self.laws.at_end(&mut self.pair)?;
        self.once()?;
        let mut tally = self.weather.borrow().tally().clone();
        tally.join(&self.pair.service.tally);
        (0..self.calls.promises.len()).for_each(|call| count(&mut tally, &self.pair.history(call).notes));
        let oracle = Oracle::new(&self.pair.service);
        for check in self.calls.checks.drain(..) {
            check(&self.pair, &oracle, &mut tally)?;
        }
        self.calls.shared(&oracle)?;
        oracle.is_discreet(&self.laws.secrets)?;
        Ok(tally)
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

    /// What must not be repeated was carried out once for each call that asked for it.
    fn once(&self) -> Result<(), String> {
        let mut asked = BTreeMap::<&str, u64>::new();
        self.calls.once.iter().for_each(|request| *asked.entry(request).or_default() += 1);
        let twice = |(request, times): &(&String, &u64)| **times > asked.get(request.as_str()).copied().unwrap_or_default();
        match self.pair.service.executed.iter().find(twice) {
            Some((request, times)) => Err(format!("carried out {times} times: {request}")),
            None => Ok(()),
        }
    }
}

/// The login of every client.
pub(super) fn login() -> Login {
    Login { app_key: parse(APP_KEY), user_name: parse(USER), password: parse(PASSWORD) }
}

/// Narrow limits for a client; returns its budget.
fn limits(pair: &mut Pair<Nvx, Cabinet>, client: usize, dice: &mut Dice) -> u32 {
    let budget = *dice.pick(&[0, 5, 10, 20, 100]);
    let shared = pair.shared(client);
    shared.budget = Budget::new(budget);
    shared.permits = Permits::new(usize::try_from(dice.within(1..=3)).unwrap());
    budget
}

/// Refusals within a good status, as the service writes them.
fn failures(style: &Style) -> Vec<Canned> {
    let codes = [Code::Database, Code::SessionNotFound, Code::InvalidSessionToken, Code::StorageLimitExceeded];
    let written = codes.map(|code| {
        let reply = Nvx::refuse(&Fault::from(code), None, style);
        let ReplyBody::Whole(body) = reply.body else { panic!("a refusal is a message") };
        Canned { head: reply.head.0, body }
    });
    written.to_vec()
}

/// What happens after how many moves, the last first.
fn events(dice: &mut Dice, calls: usize) -> Vec<(u64, Event)> {
    let mut events = Vec::new();
    for _ in 0..dice.within(0..=6).saturating_sub(3) {
        let call = usize::try_from(dice.within(0..=calls as u64 - 1)).unwrap();
        let event = *dice.pick(&[Event::Restart, Event::Cancel(call), Event::Abandon(call)]);
        events.push((dice.within(0..=300), event));
    }
    events.sort_by_key(|(at, _)| core::cmp::Reverse(*at));
    events
}

/// What calls told.
fn count(tally: &mut Tally, notes: &[Note]) {
    for note in notes {
        match note {
            Note::Resuming { .. } => tally.add("note: resuming"),
            Note::Restarting => tally.add("note: restarting"),
            Note::Recovered(_) => tally.add("note: recovered"),
            Note::SessionExpired => tally.add("note: session expired"),
            Note::SessionIdle => tally.add("note: session idle"),
            Note::Verified => tally.add("note: verified"),
            Note::LoggingIn
            | Note::Attempted(_)
            | Note::Retrying { .. }
            | Note::Redirected
            | Note::Acknowledged { .. }
            | Note::TokenExpired
            | _ => {}
        }
    }
}
