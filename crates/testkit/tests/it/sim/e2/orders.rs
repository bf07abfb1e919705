//! What resellers ask for, each with what must be so at the end.

use core::cell::RefCell;
use core::fmt::Write;
use core::time::Duration;
use std::rc::Rc;

use larder_core::operation::Inspect;
use larder_core::{ClientMachine, Clocks, ErrorKind, Operation, Settings, Target};
use larder_proto_e2::flow::EnableRegion;
use larder_proto_e2::{
    DisableUser, E2, EnableUser, ErrorCode, ListRegions, ListUserRegions, ListUsers, RemoveAccessKey, RemoveUser,
    RemoveUserRegion,
};
use larder_testkit::sim::{Dice, Promises, Tally, hurry};
use larder_testkit::{Ended, Pair, Source, Ticket};

use super::bureau::{Bureau, Change, new_user, region};
use crate::nvx::parse;
use crate::sim::cabinet::Once;
use crate::sim::oracle::Told;

pub(super) type World = Pair<E2, Bureau>;
type Check = Box<dyn FnOnce(&World, &mut Tally) -> Result<(), String>>;
type Chore = Box<dyn FnMut(&mut World, &mut Orders) -> bool>;

/// The calls of a scenario.
pub(super) struct Orders {
    pub(super) dice: Dice,
    pub(super) promises: Promises,
    /// How often each request may be carried out that must not be repeated.
    pub(super) once: Vec<String>,
    /// How often each request may change something.
    pub(super) changes: Vec<String>,
    pub(super) checks: Vec<Check>,
    chores: Vec<Chore>,
    /// What clients were told, as text: for a search.
    pub(super) said: Rc<RefCell<String>>,
}

impl Orders {
    pub(super) fn new(dice: Dice, latest: Duration) -> Self {
        let (once, changes, checks, chores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { dice, promises: Promises::until(latest), once, changes, checks, chores, said: Rc::default() }
    }

    /// One more call of this client, about a user of its own.
    pub(super) fn add(&mut self, world: &mut World, client: usize) {
        let email = format!("u{}@e2.test", self.promises.made.len());
        let kind = self.dice.within(0..=13);
        if kind != 0 {
            world.service.admit(&email);
        }
        match kind {
            0 => self.create(world, client, &email),
            1 => self.disable(world, client, &email),
            2 => self.enable(world, client, &email),
            3 => self.remove(world, client, &email),
            4 | 5 => self.enable_region(world, client, &email),
            6 => self.remove_region(world, client, &email),
            7 => self.remove_key(world, client, &email),
            8 => self.ask(world, client, &email),
            _ => self.make_key(world, client, &email),
        }
    }

    pub(super) fn settings(&mut self) -> Settings<E2> {
        let target = Target::parse("http://e2.test").unwrap();
        Settings { clocks: hurry(&mut self.dice), ..Settings::new(target) }
    }

    /// Sends a machine on its way; its clocks are those of the operation that gives it its name.
    pub(super) fn start<O: Operation<Api = E2>, M: ClientMachine<E2> + 'static>(
        &mut self,
        world: &mut World,
        client: usize,
        machine: impl FnOnce(Settings<E2>) -> M,
    ) -> Ticket<E2, M::Answer> {
        let settings = self.settings();
        let clocks = settings.clocks.or(Clocks::of(&O::META));
        self.promises.start(world, &mut self.dice, client, machine(settings), (clocks, Source::default()))
    }

    pub(super) fn say<O: Operation<Api = E2>>(
        &mut self,
        world: &mut World,
        client: usize,
        operation: O,
    ) -> Ticket<E2, O::Answer> {
        self.may(&operation);
        let settings = self.settings();
        self.promises.say(world, &mut self.dice, client, (operation, settings))
    }

    /// This may be done once more.
    pub(super) fn may<O: Operation<Api = E2>>(&mut self, operation: &O) {
        self.once.extend(Once.inspect(operation));
        self.changes.extend(Change.inspect(operation));
    }

    pub(super) fn check(&mut self, check: impl FnOnce(&World, &mut Tally) -> Result<(), String> + 'static) {
        self.checks.push(Box::new(check));
    }

    pub(super) fn chore(&mut self, chore: impl FnMut(&mut World, &mut Self) -> bool + 'static) {
        self.chores.push(Box::new(chore));
    }

    /// Lets those act who wait for the end of calls.
    pub(super) fn go_on(&mut self, world: &mut World) {
        let mut chores = core::mem::take(&mut self.chores);
        chores.retain_mut(|chore| chore(world, self));
        self.chores.append(&mut chores);
    }

    /// A change, and whether it is made as far as one can see. What it was told must be so; nobody told, either may be.
    fn changes<T: 'static>(&mut self, ticket: Ticket<E2, T>, is_made: impl FnOnce(&Bureau, Option<&T>) -> bool + 'static) {
        let said = Rc::clone(&self.said);
        self.check(move |world, tally| {
            let ended = ticket.outcome();
            hears(&said, tally, ended.as_ref());
            let answer = ended.as_ref().and_then(|ended| ended.as_ref().ok());
            let (told, is_made) = (told(ended.as_ref()), is_made(&world.service, answer));
            match told {
                Told::Made if !is_made => Err(format!("call {}: told that it was made, and it is not", ticket.number())),
                Told::Not if is_made => Err(format!("call {}: told that it was not made, and it is", ticket.number())),
                Told::Made | Told::Not | Told::Unknown => Ok(()),
            }
        });
    }

    fn asks<T: 'static>(&mut self, ticket: Ticket<E2, T>) {
        let said = Rc::clone(&self.said);
        self.check(move |_, tally| {
            hears(&said, tally, ticket.outcome().as_ref());
            Ok(())
        });
    }

    fn ask(&mut self, world: &mut World, client: usize, email: &str) {
        let users = self.say(world, client, ListUsers {});
        self.asks(users);
        let regions = self.say(world, client, ListRegions {});
        self.asks(regions);
        let of_user = self.say(world, client, ListUserRegions { email: parse(email) });
        self.asks(of_user);
    }

    fn create(&mut self, world: &mut World, client: usize, email: &str) {
        let ticket = self.say(world, client, new_user(email));
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| bureau.user(&email).is_some());
    }

    fn disable(&mut self, world: &mut World, client: usize, email: &str) {
        let ticket = self.say(world, client, DisableUser { email: parse(email) });
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| bureau.user(&email).unwrap().is_active == Some(false));
    }

    fn enable(&mut self, world: &mut World, client: usize, email: &str) {
        world.service.disable(email);
        let ticket = self.say(world, client, EnableUser { email: parse(email) });
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| bureau.user(&email).unwrap().is_active == Some(true));
    }

    fn remove(&mut self, world: &mut World, client: usize, email: &str) {
        world.service.disable(email);
        let ticket = self.say(world, client, RemoveUser { email: parse(email) });
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| bureau.user(&email).is_none());
    }

    fn enable_region(&mut self, world: &mut World, client: usize, email: &str) {
        self.may(&region(email));
        let flow = EnableRegion::new;
        let ticket = self.start::<larder_proto_e2::EnableUserRegion, _>(world, client, |settings| flow(region(email), settings));
        let email = email.to_owned();
        self.changes(ticket, move |bureau, answer| {
            let storages = bureau.storages(&email);
            assert!(storages.len() <= 1, "one region, {storages:?}");
            answer.map_or(!storages.is_empty(), |answer| storages == [answer.storage_dn.as_str()])
        });
    }

    fn remove_region(&mut self, world: &mut World, client: usize, email: &str) {
        let storage_dn = world.service.enable(email);
        let ticket = self.say(world, client, RemoveUserRegion { email: parse(email), storage_dn: parse(&storage_dn) });
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| bureau.storages(&email).is_empty());
    }

    fn remove_key(&mut self, world: &mut World, client: usize, email: &str) {
        let storage_dn = world.service.enable(email);
        let (gone, kept) = (world.service.make_key(email, &storage_dn, "x"), world.service.make_key(email, &storage_dn, "x"));
        let remove = RemoveAccessKey { email: parse(email), storage_dn: parse(&storage_dn), access_key: parse(&gone) };
        let ticket = self.say(world, client, remove);
        let email = email.to_owned();
        self.changes(ticket, move |bureau, _| {
            let keys = bureau.keys(&email, &storage_dn);
            assert!(keys.iter().any(|(key, _)| *key == kept), "another key is gone");
            !keys.iter().any(|(key, _)| *key == gone)
        });
    }
}

/// What the caller knows. What has no code is not the service's word, but that of somebody before it; and that the service is
/// in trouble says nothing of what it has done before it was.
pub(super) fn told<T>(ended: Option<&Ended<E2, T>>) -> Told {
    match ended {
        None => Told::Unknown,
        Some(Ok(_)) => Told::Made,
        Some(Err(error)) if error.is_outcome_unknown() => Told::Unknown,
        Some(Err(error)) if error.fault().is_some_and(|fault| fault.code.as_str().is_empty()) => Told::Unknown,
        // Who says so knows that it is, and not since when.
        Some(Err(error)) if error.fault().is_some_and(|fault| fault.code == ErrorCode::RegionAlreadyEnabled) => Told::Made,
        Some(Err(error)) if error.fault().is_some_and(|fault| fault.status >= 500) => Told::Unknown,
        Some(Err(_)) => Told::Not,
    }
}

/// Counts how a call ended, and remembers what was said of it.
pub(super) fn hears<T>(said: &RefCell<String>, tally: &mut Tally, ended: Option<&Ended<E2, T>>) {
    if let Some(Err(error)) = ended {
        let _ = writeln!(said.borrow_mut(), "{error}\n{error:?}");
    }
    tally.add("calls");
    tally.add(match ended.map(|ended| ended.as_ref().map_err(|error| &error.kind)) {
        None => "ended: dropped",
        Some(Ok(_)) => "ended: well",
        Some(Err(ErrorKind::Fault(_))) => "ended: fault",
        Some(Err(ErrorKind::OutcomeUnknown(_))) => "ended: outcome unknown",
        Some(Err(ErrorKind::Deadline(_))) => "ended: deadline",
        Some(Err(_)) => "ended: otherwise",
    });
}
