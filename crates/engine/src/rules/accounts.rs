//! Masters, applications, children, and when an account is locked.

use larder_core::Secret;

use super::Ruled;
use super::folders::new_folder;
use super::listing::{MAX_PAGE_SIZE, Page};
use super::places::{actor, application, may_act_on, user};
use crate::contact::{Contact, ContactKind};
use crate::env::{MINUTE, Timestamp};
use crate::path::check_owner;
use crate::refusal::{Refusal, StoreError};
use crate::store::{Sort, Tx, View};
use crate::token::is_uuid;
use crate::types::{Account, AccountId, Application, ApplicationId, Caller, NodeKey};

/// Failed logins that lock an account.
pub const MAX_FAILURES: u32 = 5;
/// How long it is locked.
pub const LOCKOUT: i64 = 15 * MINUTE;

/// A new account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The user name; it must be usable in a path.
    pub name: String,
    /// The password's hash.
    pub password: Secret,
    /// Its technical contact.
    pub contact: Contact,
}

/// Creates a master account.
///
/// # Errors
/// Those of [`check_owner`]; [`Refusal::DuplicateMasterName`].
pub fn create_master(tx: &mut dyn Tx, new: &NewAccount, now: Timestamp) -> Ruled<Account> {
    check_owner(&new.name)?;
    if tx.account_by_name(None, &new.name)?.is_some() {
        return Err(Refusal::DuplicateMasterName);
    }
    add_account(tx, None, new, now)
}

/// Checks the key of a new application: it stands in paths wherever the application's name may, and logins trim it.
///
/// # Errors
/// [`Refusal::UnusableAppKey`] for what is no UUID and breaks [`check_owner`], or has spaces around it.
pub fn check_app_key(key: &str) -> Ruled<()> {
    let usable = is_uuid(key) || (check_owner(key).is_ok() && key.trim() == key);
    if usable { Ok(()) } else { Err(Refusal::UnusableAppKey) }
}

/// Creates an application with a file tree for its master.
///
/// # Errors
/// Those of [`check_owner`] and [`check_app_key`]; [`Refusal::DuplicateAppName`] if the name or the key is another
/// application's name or key.
pub fn create_application(tx: &mut dyn Tx, master: AccountId, name: &str, key: &str, now: Timestamp) -> Ruled<Application> {
    check_owner(name)?;
    check_app_key(key)?;
    if application(tx, name)?.is_some() || application(tx, key)?.is_some() {
        return Err(Refusal::DuplicateAppName);
    }
    let created = Application { id: ApplicationId(tx.next_id()?), master, key: key.to_owned(), name: name.to_owned() };
    tx.add_application(&created)?;
    add_root(tx, master, created.id, now)?;
    Ok(created)
}

/// Creates a child account, with its file tree, in the application that the caller logged in to.
///
/// # Errors
/// [`Refusal::InvalidAccountType`] unless the caller is a master; those of [`check_owner`];
/// [`Refusal::DuplicateUserName`].
pub fn create_child(tx: &mut dyn Tx, caller: &Caller, new: &NewAccount, now: Timestamp) -> Ruled<Account> {
    let (master, application) = actor(tx, caller)?;
    if !master.is_master() {
        return Err(Refusal::InvalidAccountType);
    }
    check_owner(&new.name)?;
    if user(tx, &application, &new.name)?.is_some() {
        return Err(Refusal::DuplicateUserName);
    }
    let account = add_account(tx, Some(application.id), new, now)?;
    add_root(tx, account.id, application.id, now)?;
    Ok(account)
}

fn add_account(tx: &mut dyn Tx, application: Option<ApplicationId>, new: &NewAccount, now: Timestamp) -> Ruled<Account> {
    let account = Account {
        id: AccountId(tx.next_id()?),
        application,
        name: new.name.clone(),
        password: new.password.clone(),
        failures: 0,
        locked_until: None,
        created: now,
    };
    tx.put_account(&account)?;
    tx.put_contact(account.id, ContactKind::Technical, &new.contact)?;
    Ok(account)
}

fn add_root(tx: &mut dyn Tx, account: AccountId, application: ApplicationId, now: Timestamp) -> Ruled<()> {
    let root = new_folder(tx, NodeKey::root(account, application), now)?;
    Ok(tx.add_node(&root)?)
}

/// A child account as listings show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Child {
    /// Its number.
    pub id: AccountId,
    /// Its user name.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
}

/// A page of child accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Children {
    /// How many there are in all.
    pub total: u64,
    /// The page, by name.
    pub page: Vec<Child>,
}

/// The children of the application that the caller logged in to. Pages count from one; one past the end is empty.
///
/// # Errors
/// [`Refusal::InvalidAccountType`] unless the caller is a master; [`Refusal::PageSizeExceedsLimit`].
pub fn list_children(view: &dyn View, caller: &Caller, number: u32, size: u32) -> Ruled<Children> {
    let (master, application) = actor(view, caller)?;
    if !master.is_master() {
        return Err(Refusal::InvalidAccountType);
    }
    let skip = Page { number, size, sort: Sort::Name, descending: false }.offset()?;
    let limit = usize::try_from(size.min(MAX_PAGE_SIZE)).unwrap_or(0);
    let page = view.child_accounts(application.id, skip, limit)?;
    let page = page.into_iter().map(|it| Child { id: it.id, name: it.name, created: it.created }).collect();
    Ok(Children { total: view.count_child_accounts(application.id)?, page })
}

/// The account `name` in the caller's application, if the caller may act on it.
///
/// # Errors
/// [`Refusal::AccessDenied`]; [`Refusal::UserNameNotFound`], which only a master is told.
pub fn subject(view: &dyn View, caller: &Caller, name: &str) -> Ruled<Account> {
    let (account, application) = actor(view, caller)?;
    let missing = if account.is_master() { Refusal::UserNameNotFound } else { Refusal::AccessDenied };
    let subject = user(view, &application, name)?.ok_or(missing)?;
    may_act_on(view, caller, &application, &subject)?;
    Ok(subject)
}

/// Replaces a password's hash.
///
/// # Errors
/// [`Refusal::SessionNotFound`] if the account is gone.
pub fn set_password(tx: &mut dyn Tx, id: AccountId, hash: &Secret) -> Ruled<()> {
    let mut account = tx.account(id)?.ok_or(Refusal::SessionNotFound)?;
    account.password = hash.clone();
    Ok(tx.put_account(&account)?)
}

/// Ends a lock before its time.
///
/// # Errors
/// [`Refusal::InvalidAccountType`] unless the caller is a master; those of [`subject`].
pub fn unlock(tx: &mut dyn Tx, caller: &Caller, name: &str) -> Ruled<()> {
    if !actor(tx, caller)?.0.is_master() {
        return Err(Refusal::InvalidAccountType);
    }
    let mut account = subject(tx, caller, name)?;
    (account.failures, account.locked_until) = (0, None);
    Ok(tx.put_account(&account)?)
}

/// Whether nobody can log in at `now`.
#[must_use]
pub fn is_locked(account: &Account, now: Timestamp) -> bool {
    account.locked_until.is_some_and(|until| now < until)
}

/// Notes how a login attempt went, behind `owed` failures that could not be noted when they came: says whether it is
/// accepted. The fifth failure in a row locks the account. While it is locked nothing is accepted or counted, and the lock is not prolonged.
///
/// # Errors
/// Only those of the storage.
pub fn judge(tx: &mut dyn Tx, id: AccountId, owed: u32, password_right: bool, now: Timestamp) -> Ruled<bool> {
    let mut account = tx.account(id)?.ok_or(StoreError::Damaged("an account vanished"))?;
    if is_locked(&account, now) {
        // A write like any other, so that the time does not tell who is locked.
        tx.next_id()?;
        return Ok(false);
    }
    let before = account.failures.saturating_add(owed);
    let accepted = password_right && before < MAX_FAILURES;
    (account.failures, account.locked_until) = match before + u32::from(!password_right) {
        MAX_FAILURES.. => (0, Some(now.plus(LOCKOUT))),
        _ if password_right => (0, None),
        failures => (failures, None),
    };
    tx.put_account(&account)?;
    Ok(accepted)
}
