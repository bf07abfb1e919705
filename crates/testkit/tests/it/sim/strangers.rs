//! Clients that are not the user: one that has nothing but a link, and one that does not know the password.

use core::cell::RefCell;
use std::rc::Rc;

use larder_core::{Note, Operation, Session, Verdict};
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::imfs::{GetOptimalUrls, ListFolder};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{FolderPath, NonEmpty, PageNumber, PageSize, Path, Seconds};

use super::cabinet::{APP_KEY, CHILD};
use super::calls::{Calls, World};
use super::oracle::There;
use crate::nvx::parse;

/// A password that is none.
pub(super) const WRONG: &str = "canary-wrong-7pQ4";

impl Calls {
    /// Asks for a link to a file, and gives it to somebody without a session.
    pub(super) fn link(&mut self, world: &mut World, client: usize, number: usize) {
        let (path, file) = self.file(world, "old", &format!("{number}.link"));
        let expiration = if self.dice.one_in(2) { Seconds::TEN_MINUTES } else { parse("900000") };
        let ticket = self.say(world, client, GetOptimalUrls::new(NonEmpty::from(parse::<Path>(&path)), expiration));
        let guest = world.join(Session::none(), self.dice.bits());
        self.guests.push(guest);
        let fetched = Rc::new(RefCell::new(None));
        let (asked, fetches) = (Rc::new(RefCell::new(None)), Rc::clone(&fetched));
        let answered = Rc::clone(&asked);
        self.chore(move |world, calls| {
            if world.history(ticket.number()).ended.is_none() {
                return true;
            }
            let ended = ticket.outcome();
            if let Some(Ok(urls)) = &ended {
                let token = urls.downloads[0].download_token.clone();
                world.shared(guest).session = Session::with_token(token);
                let download = calls.say(world, guest, Download::new(parse(&path)));
                *fetches.borrow_mut() = Some(download);
            }
            *answered.borrow_mut() = Some(ended);
            false
        });
        self.check(move |world, oracle, tally| {
            oracle.hears(tally, asked.take().unwrap_or_default().as_ref());
            let Some(ticket) = fetched.take() else { return Ok(()) };
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            let Some(Ok(head)) = ended else { return Ok(()) };
            tally.add("fetched by link");
            let There::File(content) = file else { return Ok(()) };
            let bytes = world.received(&ticket);
            let is_all = head.length.is_none() || bytes.len() == content.len();
            if is_all && content.starts_with(bytes) { Ok(()) } else { Err(format!("a link led to {} bytes", bytes.len())) }
        });
    }

    /// A client that does not know the password makes some calls. One refusal is told to all that wait for the login, and
    /// nobody tries again what was refused.
    pub(super) fn wrong_password(&mut self, world: &mut World) {
        if world.service.has_child {
            return;
        }
        world.service.admit_child();
        let login = Login { app_key: parse(APP_KEY), user_name: parse(CHILD), password: parse(WRONG) };
        let guest = world.join(Session::with_login(login), self.dice.bits());
        self.guests.push(guest);
        let list = || ListFolder::new(FolderPath::root(), PageNumber::FIRST, parse::<PageSize>("10"));
        let tickets: Vec<_> = (0..self.dice.within(1..=3)).map(|_| self.say(world, guest, list())).collect();
        self.check(move |world, oracle, tally| {
            let (mut calls, mut unheard) = (0, 0);
            for ticket in &tickets {
                let ended = ticket.outcome();
                oracle.hears(tally, ended.as_ref());
                if matches!(ended, Some(Ok(_))) {
                    return Err("somebody came in without the password".to_owned());
                }
                calls += 1;
                // Whoever was dropped says nothing of what was under way.
                unheard += u64::from(ended.is_none());
                unheard += world.history(ticket.number()).notes.iter().filter(|note| is_unheard(note)).count() as u64;
            }
            let refused = world.service.refused;
            tally.more("password refused", refused);
            if refused > calls + unheard {
                return Err(format!("{refused} refusals for {calls} calls, {unheard} of them not heard"));
            }
            // One call alone never locks an account out.
            if calls == 1 && !world.service.lets_child_in() {
                return Err(format!("one call locked the account with {refused} logins"));
            }
            Ok(())
        });
    }
}

/// An attempt to log in whose answer was not the service's refusal.
fn is_unheard(note: &Note) -> bool {
    matches!(note, Note::Attempted(it) if it.operation.name == Login::META.name && it.verdict != Verdict::Refused(200))
}
