//! The reseller API's users.

pub mod storages;

use std::num::NonZeroU64;

use larder_core::Secret;

use super::Ruled;
use crate::env::Timestamp;
use crate::refusal::{Refusal, ResellerRefusal};
use crate::store::{Tx, View};
use crate::token::TokenHash;
use crate::types::{AccountId, ResellerUser, ResellerUserId};

/// A user to create.
#[derive(Debug, Clone)]
pub struct NewResellerUser {
    /// The e-mail address, an opaque text.
    pub email: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: Option<String>,
    /// The quota in gigabytes (10^9 bytes); `None` is unlimited.
    pub quota: Option<NonZeroU64>,
}

/// The reseller that an API key belongs to.
///
/// # Errors
/// [`Refusal::Unauthorized`].
pub fn authenticate(view: &dyn View, hash: &TokenHash) -> Ruled<AccountId> {
    view.api_key(hash)?.ok_or(Refusal::Unauthorized)
}

/// Checks an API key that was not made here.
///
/// # Errors
/// [`Refusal::UnusableApiKey`] unless it is 16 to 128 visible ASCII characters.
pub fn check_key(key: &Secret) -> Ruled<()> {
    let key = key.expose().as_bytes();
    let usable = (16..=128).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    if usable { Ok(()) } else { Err(Refusal::UnusableApiKey) }
}

/// Gives a reseller an API key in place of the one it had.
///
/// # Errors
/// [`Refusal::UnusableApiKey`] if another reseller has it.
pub fn set_key(tx: &mut dyn Tx, reseller: AccountId, hash: &TokenHash) -> Ruled<()> {
    if tx.api_key(hash)?.is_some_and(|owner| owner != reseller) {
        return Err(Refusal::UnusableApiKey);
    }
    Ok(tx.set_api_key(reseller, hash)?)
}

/// Whether a user of that address could be created.
///
/// # Errors
/// Those of [`create`].
pub fn check_free(view: &dyn View, reseller: AccountId, email: &str) -> Ruled<()> {
    match view.reseller_user(email)? {
        Some(user) if user.reseller == reseller => Err(Refusal::UserSignedUp),
        Some(_) => Err(Refusal::EmailInUse),
        None => Ok(()),
    }
}

/// Creates a user, enabled.
///
/// # Errors
/// [`Refusal::UserSignedUp`] or [`Refusal::EmailInUse`] if the address is taken.
pub fn create(
    tx: &mut dyn Tx,
    reseller: AccountId,
    new: &NewResellerUser,
    password: &Secret,
    now: Timestamp,
) -> Ruled<ResellerUser> {
    check_free(tx, reseller, &new.email)?;
    let user = ResellerUser {
        id: ResellerUserId(tx.next_id()?),
        reseller,
        email: new.email.clone(),
        first_name: new.first_name.clone(),
        last_name: new.last_name.clone(),
        quota: new.quota,
        password: password.clone(),
        enabled: true,
        created: now,
    };
    tx.put_reseller_user(&user)?;
    Ok(user)
}

/// The reseller's own user of that address.
///
/// # Errors
/// [`ResellerRefusal::UserNotFound`], also where the user is another reseller's.
pub fn user(view: &dyn View, reseller: AccountId, email: &str) -> Ruled<ResellerUser> {
    let user = view.reseller_user(email)?.filter(|user| user.reseller == reseller);
    Ok(user.ok_or(ResellerRefusal::UserNotFound)?)
}

/// The reseller's own user of that address, who is enabled.
///
/// # Errors
/// Those of [`user`], and [`ResellerRefusal::Disabled`].
pub fn enabled_user(view: &dyn View, reseller: AccountId, email: &str) -> Ruled<ResellerUser> {
    let user = user(view, reseller, email)?;
    if user.enabled { Ok(user) } else { Err(ResellerRefusal::Disabled.into()) }
}

/// Disables a user, or enables one.
///
/// # Errors
/// Those of [`user`], [`ResellerRefusal::AlreadyEnabled`] and [`ResellerRefusal::AlreadyDisabled`].
pub fn set_enabled(tx: &mut dyn Tx, reseller: AccountId, email: &str, enabled: bool) -> Ruled<()> {
    let user = user(tx, reseller, email)?;
    match (user.enabled, enabled) {
        (true, true) => Err(ResellerRefusal::AlreadyEnabled.into()),
        (false, false) => Err(ResellerRefusal::AlreadyDisabled.into()),
        (true, false) | (false, true) => Ok(tx.put_reseller_user(&ResellerUser { enabled, ..user })?),
    }
}

/// Removes a disabled user, with storages and access keys.
///
/// # Errors
/// Those of [`user`], and [`ResellerRefusal::NotDisabled`].
pub fn remove(tx: &mut dyn Tx, reseller: AccountId, email: &str) -> Ruled<()> {
    let user = user(tx, reseller, email)?;
    if user.enabled {
        return Err(ResellerRefusal::NotDisabled.into());
    }
    storages::remove_all(tx, &user)?;
    Ok(tx.remove_reseller_user(user.id)?)
}
