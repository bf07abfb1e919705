//! Logging in and out, and the accounts themselves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use larder_core::Secret;

use super::Engine;
use crate::contact::{Contact, ContactKind};
use crate::pending::Pending;
use crate::refusal::Refusal;
use crate::rules::accounts::{self, Children, NewAccount};
use crate::rules::places;
use crate::types::{Account, AccountId, Application, Caller};

/// Accounts with failed logins that could not be written down. Beyond them, every login must write.
const MAX_UNWRITTEN: usize = 4096;

/// Failed logins that the store, failing itself, could not write down. They count as soon as it can.
#[derive(Debug, Default)]
pub(super) struct Unwritten(Mutex<Owed>);

#[derive(Debug, Default)]
struct Owed {
    failures: HashMap<AccountId, u32>,
    /// Some failures found no room here. Until the process starts anew, every login must write.
    lost: bool,
}

impl Unwritten {
    fn owed(&self) -> MutexGuard<'_, Owed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_clear(&self, id: AccountId) -> bool {
        let owed = self.owed();
        !owed.lost && !owed.failures.contains_key(&id)
    }

    fn of(&self, id: AccountId) -> u32 {
        self.owed().failures.get(&id).copied().unwrap_or(0)
    }

    fn add(&self, id: AccountId) {
        let mut owed = self.owed();
        if owed.failures.len() >= MAX_UNWRITTEN && !owed.failures.contains_key(&id) {
            owed.lost = true;
            return;
        }
        let sum = owed.failures.entry(id).or_default();
        *sum = accounts::MAX_FAILURES.min(*sum + 1);
    }

    /// So many were written down.
    fn settle(&self, id: AccountId, failures: u32) {
        if failures > 0
            && let Entry::Occupied(mut there) = self.owed().failures.entry(id)
        {
            *there.get_mut() = there.get().saturating_sub(failures);
            if *there.get() == 0 {
                there.remove();
            }
        }
    }
}

/// A new session.
#[derive(Debug, Clone)]
pub struct Login {
    /// The session's token.
    pub token: Secret,
    /// Who uses it, from where.
    pub caller: Caller,
    /// Whether that is a master account.
    pub is_master: bool,
}

impl Engine {
    /// Opens a session for a user of an application, or for the application's master, bound to `ip`: the address of
    /// whoever will use it, which need not be that of whoever asks. Blocks while the password is verified.
    ///
    /// # Errors
    /// [`Refusal::InvalidAppKey`]; [`Refusal::LoginFailed`] for a wrong password, an unknown user and a locked account
    /// alike, after the same work. While the store cannot write failures down, [`Refusal::Storage`] for those, and for
    /// whatever else comes for the same account.
    pub fn login(&self, app_key: &str, user: &str, password: &Secret, ip: IpAddr) -> Result<Login, Refusal> {
        let (application, account) = self.prove(app_key, user, password)?;
        let token = self.sessions.open(&*self.random, application.id, account.id, ip, self.now())?;
        let caller = Caller { application: application.id, account: account.id, ip };
        Ok(Login { token, caller, is_master: account.is_master() })
    }

    /// The account of a user who knows its password.
    fn prove(&self, app_key: &str, user: &str, password: &Secret) -> Result<(Application, Account), Refusal> {
        let (application, account) = self.store.read(|view| {
            let application = view.application_by_key(app_key.trim())?.ok_or(Refusal::InvalidAppKey)?;
            let account = places::user(view, &application, user)?;
            Ok((application, account))
        })?;
        let right = self.passwords.verify(password, account.as_ref().map(|account| &account.password))?;
        let Some(account) = account else {
            // Failures of known users are written down; without a write here, the time would tell who is known.
            self.change(|tx, _| Ok(tx.next_id()?)).wait()?;
            return Err(Refusal::LoginFailed);
        };
        if !self.accepts(&account, right)? {
            return Err(Refusal::LoginFailed);
        }
        Ok((application, account))
    }

    /// Counts the attempt. A good one after another good one writes nothing, unless failures before it could not be
    /// written down: then nobody gets in until they are.
    fn accepts(&self, account: &Account, right: bool) -> Result<bool, Refusal> {
        let id = account.id;
        let clean = self
            .store
            .read(|view| Ok(view.account(id)?.is_some_and(|account| account.failures == 0 && account.locked_until.is_none())))?;
        if right && clean && self.unwritten.is_clear(id) {
            return Ok(true);
        }
        let owed = self.unwritten.of(id);
        let judged = self.change(move |tx, now| accounts::judge(tx, id, owed, right, now)).wait();
        if judged.is_ok() {
            self.unwritten.settle(id, owed);
        } else if !right {
            self.unwritten.add(id);
        }
        judged
    }

    /// The caller behind a session's token, whose idle time begins anew.
    ///
    /// # Errors
    /// [`Refusal::InvalidSessionToken`]; [`Refusal::SessionNotFound`].
    pub fn session(&self, token: &Secret, ip: IpAddr) -> Result<Caller, Refusal> {
        self.sessions.touch(token, ip, self.now())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Those of [`Self::session`].
    pub fn logout(&self, token: &Secret, ip: IpAddr) -> Result<(), Refusal> {
        self.sessions.close(token, ip, self.now())
    }

    /// How many sessions are open.
    #[must_use]
    pub fn session_count(&self) -> usize {
        self.sessions.count(self.now())
    }

    /// The caller's own account.
    ///
    /// # Errors
    /// [`Refusal::SessionNotFound`] if it is gone.
    pub fn account(&self, caller: &Caller) -> Result<Account, Refusal> {
        self.store.read(|view| Ok(places::actor(view, caller)?.0))
    }

    /// The caller's own account and application: the names in its absolute paths.
    ///
    /// # Errors
    /// [`Refusal::SessionNotFound`] if either is gone.
    pub fn identity(&self, caller: &Caller) -> Result<(Account, Application), Refusal> {
        self.store.read(|view| places::actor(view, caller))
    }

    /// The application with that key, or else with that name.
    ///
    /// # Errors
    /// [`Refusal::AppNameNotFound`].
    pub fn application(&self, name_or_key: &str) -> Result<Application, Refusal> {
        self.store.read(|view| places::application(view, name_or_key)?.ok_or(Refusal::AppNameNotFound))
    }

    /// Creates a child account in the caller's application. Blocks while the password is hashed.
    ///
    /// # Errors
    /// Those of [`accounts::create_child`].
    pub fn create_child_account(
        &self,
        caller: &Caller,
        name: &str,
        password: &Secret,
        contact: Contact,
    ) -> Result<AccountId, Refusal> {
        if !self.account(caller)?.is_master() {
            return Err(Refusal::InvalidAccountType);
        }
        let password = self.passwords.hash(password, &*self.random)?;
        let new = NewAccount { name: name.to_owned(), password, contact };
        let caller = *caller;
        self.change(move |tx, now| Ok(accounts::create_child(tx, &caller, &new, now)?.id)).wait()
    }

    /// The technical contact of an account; without fields if there is none.
    ///
    /// # Errors
    /// Those of [`accounts::subject`].
    pub fn contact(&self, caller: &Caller, name: &str) -> Result<Contact, Refusal> {
        self.store.read(|view| Ok(view.contact(accounts::subject(view, caller, name)?.id, ContactKind::Technical)?))
    }

    /// A page of the child accounts of the caller's application.
    ///
    /// # Errors
    /// Those of [`accounts::list_children`].
    pub fn list_child_accounts(&self, caller: &Caller, page: u32, size: u32) -> Result<Children, Refusal> {
        self.store.read(|view| accounts::list_children(view, caller, page, size))
    }

    /// Replaces an account's own password, and ends all of its sessions. The old password stands for a login: a wrong
    /// one counts as a failure, and a locked account stays locked. Blocks while both are hashed.
    ///
    /// # Errors
    /// Those of [`Self::login`].
    pub fn change_password(&self, app_key: &str, user: &str, old: &Secret, new: &Secret) -> Result<(), Refusal> {
        let (_, account) = self.prove(app_key, user, old)?;
        self.replace_password(account.id, new)
    }

    /// Replaces the password of a child account, and ends the child's sessions. Blocks while it is hashed.
    ///
    /// # Errors
    /// [`Refusal::InvalidAccountType`] unless the caller is a master; those of [`accounts::subject`].
    pub fn set_child_password(&self, caller: &Caller, name: &str, new: &Secret) -> Result<(), Refusal> {
        if !self.account(caller)?.is_master() {
            return Err(Refusal::InvalidAccountType);
        }
        let child = self.store.read(|view| accounts::subject(view, caller, name))?;
        self.replace_password(child.id, new)
    }

    fn replace_password(&self, id: AccountId, new: &Secret) -> Result<(), Refusal> {
        let hash = self.passwords.hash(new, &*self.random)?;
        self.change(move |tx, _| accounts::set_password(tx, id, &hash)).wait()?;
        self.sessions.close_all(id, self.now());
        Ok(())
    }

    /// Ends the lock of an account before its time.
    ///
    /// # Errors
    /// Those of [`accounts::unlock`].
    pub fn unlock_account(&self, caller: &Caller, name: &str) -> Pending<()> {
        let (caller, name) = (*caller, name.to_owned());
        self.change(move |tx, _| accounts::unlock(tx, &caller, &name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_so_many_unwritten_failures_every_login_must_write() {
        let unwritten = Unwritten::default();
        let id = |at: usize| AccountId(i64::try_from(at).unwrap());
        (0..MAX_UNWRITTEN).for_each(|at| unwritten.add(id(at)));
        unwritten.add(id(0));
        assert!(unwritten.is_clear(id(MAX_UNWRITTEN)), "there was room for all");
        unwritten.add(id(MAX_UNWRITTEN));
        assert!(!unwritten.is_clear(id(MAX_UNWRITTEN + 1)));
        assert_eq!((unwritten.of(id(0)), unwritten.of(id(MAX_UNWRITTEN))), (2, 0));
        assert_eq!(unwritten.owed().failures.len(), MAX_UNWRITTEN);
    }
}
