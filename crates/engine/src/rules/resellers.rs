//! The reseller API's users.

use std::num::NonZeroU64;

use larder_core::Secret;

use super::Ruled;
use crate::env::Timestamp;
use crate::refusal::Refusal;
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
