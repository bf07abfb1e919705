//! Access keys, whose secrets are told once: made, lost, found again and removed.

use core::cell::RefCell;
use core::fmt::Write;
use std::collections::BTreeSet;
use std::rc::Rc;

use larder_proto_e2::flow::{CreateKey, KeyOutcome, LostKey, Orphans, OrphansRemoved, RemoveOrphans};
use larder_proto_e2::{CreateAccessKey, E2, RemoveAccessKey};
use larder_testkit::sim::Tally;
use larder_testkit::{Ended, Ticket};

use super::bureau::{Done, new_key};
use super::orders::{Orders, World, hears, told};
use crate::nvx::parse;
use crate::sim::oracle::Told;

/// What became of one key.
#[derive(Default)]
struct Story {
    created: Option<Option<Ended<E2, KeyOutcome>>>,
    /// What was done to the storage's keys when the reply was found to be lost.
    before: Vec<Done>,
    /// A key of the same name that somebody else made after that.
    intruder: Option<String>,
    removals: Vec<Option<Ended<E2, OrphansRemoved>>>,
}

impl Orders {
    /// Makes a key in a storage of its own, beside others: of the same name from before, and of other names meanwhile. If its
    /// reply is lost, the orphan is removed; now and then somebody else makes a key of that name just then.
    pub(super) fn make_key(&mut self, world: &mut World, client: usize, email: &str) {
        let dn = world.service.enable(email);
        let others = ["ours", "other"].map(|name| world.service.make_key(email, &dn, name));
        let request = new_key(email, &dn, "ours");
        self.may(&request);
        let flow = CreateKey::new;
        let ticket = self.start::<CreateAccessKey, _>(world, client, |settings| flow(request.clone(), settings));
        let story = Rc::new(RefCell::new(Story::default()));
        let mut sequel = Sequel {
            story: Rc::clone(&story),
            ticket,
            removing: None,
            client,
            email: email.to_owned(),
            dn: dn.clone(),
            is_disturbed: self.dice.one_in(2),
            tries: 3,
        };
        self.chore(move |world, orders| sequel.go_on(world, orders));
        let (said, email) = (Rc::clone(&self.said), email.to_owned());
        self.check(move |world, tally| {
            let story = story.take();
            let created = story.created.clone().unwrap_or_default();
            hears(&said, tally, created.as_ref());
            story.removals.iter().for_each(|ended| hears(&said, tally, ended.as_ref()));
            let _ = writeln!(said.borrow_mut(), "{created:?}");
            let there: BTreeSet<String> = world.service.keys(&email, &dn).into_iter().map(|(key, _)| key).collect();
            let kept = others.iter().chain(&story.intruder).find(|key| !there.contains(*key));
            if let Some(gone) = kept {
                return Err(format!("{gone} is gone, which was another's: {:?}", story.removals));
            }
            let ours: Vec<&String> =
                there.iter().filter(|key| !others.contains(key) && story.intruder != Some((*key).clone())).collect();
            story.holds(created, &ours, tally)
        });
    }
}

impl Story {
    fn holds(&self, created: Option<Ended<E2, KeyOutcome>>, ours: &[&String], tally: &mut Tally) -> Result<(), String> {
        let told = told(created.as_ref());
        match created {
            _ if ours.len() > 1 => Err(format!("one was asked for, there are {ours:?}")),
            Some(Ok(KeyOutcome::Created(made))) => {
                tally.add("key: made");
                let is_there = ours == [&made.data.access_key];
                if is_there { Ok(()) } else { Err(format!("made {}, there are {ours:?}", made.data.access_key)) }
            }
            Some(Ok(KeyOutcome::Lost(lost))) => {
                tally.add("key: lost");
                self.is_found(&lost)?;
                self.is_removed(ours, tally)
            }
            Some(Err(_)) if told == Told::Not && !ours.is_empty() => Err(format!("told that none was made, there is {ours:?}")),
            Some(Err(_)) | None => Ok(()),
        }
    }

    /// Where it is certain that a look came after the key was made, the key is suspected.
    fn is_found(&self, lost: &LostKey) -> Result<(), String> {
        let suspects: Vec<&str> = lost.orphans.suspects().iter().map(|key| key.key_id.as_str()).collect();
        match self.before.as_slice() {
            [Done::Listed, Done::Made(key), Done::Listed] if lost.orphans.has_looked() && suspects != [key.as_str()] => {
                Err(format!("{key} is lost, suspected are {suspects:?}"))
            }
            _ => Ok(()),
        }
    }

    /// What is said to be removed is gone.
    fn is_removed(&self, ours: &[&String], tally: &mut Tally) -> Result<(), String> {
        match self.removals.last() {
            Some(Some(Ok(OrphansRemoved::Removed(gone)))) => {
                tally.add(if gone.is_empty() { "key: none was left" } else { "key: orphan removed" });
                let left = gone.iter().find(|key| ours.iter().any(|ours| ours.as_str() == key.as_str()));
                left.map_or(Ok(()), |key| Err(format!("{} is said to be gone", key.as_str())))
            }
            Some(Some(Ok(OrphansRemoved::LookAgain(_)))) => {
                tally.add("key: look again");
                Ok(())
            }
            Some(Some(Err(_)) | None) | None => Ok(()),
        }
    }
}

/// What follows when a key may be lost.
struct Sequel {
    story: Rc<RefCell<Story>>,
    ticket: Ticket<E2, KeyOutcome>,
    removing: Option<(Ticket<E2, OrphansRemoved>, Orphans)>,
    client: usize,
    email: String,
    dn: String,
    /// Whether somebody else makes a key of the same name.
    is_disturbed: bool,
    tries: u32,
}

impl Sequel {
    fn go_on(&mut self, world: &mut World, orders: &mut Orders) -> bool {
        match &self.removing {
            None if world.history(self.ticket.number()).ended.is_some() => self.created(world, orders),
            Some((ticket, _)) if world.history(ticket.number()).ended.is_some() => self.removed(world, orders),
            None | Some(_) => true,
        }
    }

    fn created(&mut self, world: &mut World, orders: &mut Orders) -> bool {
        let ended = self.ticket.outcome();
        let lost = match &ended {
            Some(Ok(KeyOutcome::Lost(lost))) => Some(lost.orphans.clone()),
            Some(_) | None => None,
        };
        self.story.borrow_mut().created = Some(ended);
        let Some(orphans) = lost else { return false };
        let mut story = self.story.borrow_mut();
        story.before = world.service.keys.get(&self.dn).cloned().unwrap_or_default();
        if self.is_disturbed {
            story.intruder = Some(world.service.make_key(&self.email, &self.dn, "ours"));
        }
        drop(story);
        self.remove(orphans, world, orders);
        true
    }

    fn remove(&mut self, orphans: Orphans, world: &mut World, orders: &mut Orders) {
        for key in orphans.suspects() {
            let (email, storage_dn) = (parse(&self.email), parse(&self.dn));
            orders.may(&RemoveAccessKey { email, storage_dn, access_key: parse(&key.key_id) });
        }
        let flow = RemoveOrphans::new;
        let ticket = orders.start::<RemoveAccessKey, _>(world, self.client, |settings| flow(orphans.clone(), settings));
        self.removing = Some((ticket, orphans));
    }

    /// Once more, with what is known by now: as whoever knows that nobody else uses the name, or which key is not theirs.
    fn removed(&mut self, world: &mut World, orders: &mut Orders) -> bool {
        let Some((ticket, orphans)) = self.removing.take() else { return false };
        let ended = ticket.outcome();
        let again = match &ended {
            Some(Ok(OrphansRemoved::LookAgain(newer))) => {
                let intruder = self.story.borrow().intruder.clone();
                Some(newer.clone().only(|key| Some(&key.key_id) != intruder.as_ref()))
            }
            Some(Err(_)) => Some(orphans),
            Some(Ok(OrphansRemoved::Removed(_))) | None => None,
        };
        self.story.borrow_mut().removals.push(ended);
        self.tries = self.tries.saturating_sub(1);
        match again.filter(|_| self.tries > 0) {
            Some(orphans) => {
                self.remove(orphans, world, orders);
                true
            }
            None => false,
        }
    }
}
