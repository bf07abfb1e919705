//! Users' storages in regions, and the access keys to them.

use std::collections::BTreeSet;

use larder_core::Secret;

use super::{enabled_user, user};
use crate::env::Timestamp;
use crate::refusal::ResellerRefusal;
use crate::rules::Ruled;
use crate::store::{Tx, View};
use crate::types::{AccessKey, AccessKeyId, AccountId, Permissions, ResellerUser, UserStorage, UserStorageId};

/// A storage to enable.
#[derive(Debug, Clone)]
pub struct NewUserStorage {
    /// The region's key.
    pub region: String,
    /// Whether it is on solid-state disks.
    pub is_ssd: bool,
    /// Its domain, which no storage ever had.
    pub dn: String,
}

/// An access key to make.
#[derive(Debug, Clone)]
pub struct NewAccessKey {
    /// What its maker calls it.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// The buckets that it opens, never none; all of them if `None`.
    pub buckets: Option<BTreeSet<String>>,
}

/// Gives an enabled user storage in a region.
///
/// # Errors
/// [`ResellerRefusal::UserNotFound`], [`ResellerRefusal::Disabled`] or [`ResellerRefusal::RegionAlreadyEnabled`].
pub fn enable_region(
    tx: &mut dyn Tx,
    reseller: AccountId,
    email: &str,
    new: &NewUserStorage,
    now: Timestamp,
) -> Ruled<UserStorage> {
    let user = enabled_user(tx, reseller, email)?;
    if tx.user_storages(user.id)?.iter().any(|storage| storage.region == new.region) {
        return Err(ResellerRefusal::RegionAlreadyEnabled.into());
    }
    let storage = UserStorage {
        id: UserStorageId(tx.next_id()?),
        user: user.id,
        region: new.region.clone(),
        dn: new.dn.clone(),
        is_ssd: new.is_ssd,
        created: now,
    };
    tx.add_user_storage(&storage)?;
    Ok(storage)
}

/// The storages of an enabled user.
///
/// # Errors
/// [`ResellerRefusal::UserNotFound`] or [`ResellerRefusal::Disabled`].
pub fn storages(view: &dyn View, reseller: AccountId, email: &str) -> Ruled<Vec<UserStorage>> {
    Ok(view.user_storages(enabled_user(view, reseller, email)?.id)?)
}

/// Takes a storage away, with its access keys. The user may be disabled. There are no buckets yet that could forbid it.
///
/// # Errors
/// [`ResellerRefusal::UserNotFound`] or [`ResellerRefusal::StorageNotFound`].
pub fn remove_storage(tx: &mut dyn Tx, reseller: AccountId, email: &str, dn: &str) -> Ruled<()> {
    let user = user(tx, reseller, email)?;
    let storage = storage(tx, &user, dn)?;
    remove(tx, storage.id)
}

/// Takes all storages of a user away.
pub(super) fn remove_all(tx: &mut dyn Tx, user: &ResellerUser) -> Ruled<()> {
    for storage in tx.user_storages(user.id)? {
        remove(tx, storage.id)?;
    }
    Ok(())
}

fn remove(tx: &mut dyn Tx, storage: UserStorageId) -> Ruled<()> {
    for key in tx.access_keys(storage)? {
        tx.remove_access_key(key.id)?;
    }
    Ok(tx.remove_user_storage(storage)?)
}

/// Makes an access key for a storage of an enabled user.
///
/// # Errors
/// [`ResellerRefusal::UserNotFound`], [`ResellerRefusal::Disabled`] or [`ResellerRefusal::StorageNotFound`].
pub fn create_key(
    tx: &mut dyn Tx,
    reseller: AccountId,
    (email, dn): (&str, &str),
    new: &NewAccessKey,
    (key_id, secret): (&str, &Secret),
    now: Timestamp,
) -> Ruled<AccessKey> {
    let storage = open_storage(tx, reseller, email, dn)?;
    let key = AccessKey {
        id: AccessKeyId(tx.next_id()?),
        storage: storage.id,
        key_id: key_id.to_owned(),
        secret: secret.clone(),
        name: new.name.clone(),
        permissions: new.permissions,
        buckets: new.buckets.clone(),
        created: now,
    };
    tx.add_access_key(&key)?;
    Ok(key)
}

/// The access keys of a storage of an enabled user.
///
/// # Errors
/// Those of [`create_key`].
pub fn keys(view: &dyn View, reseller: AccountId, email: &str, dn: &str) -> Ruled<Vec<AccessKey>> {
    Ok(view.access_keys(open_storage(view, reseller, email, dn)?.id)?)
}

/// Removes an access key of a storage of an enabled user.
///
/// # Errors
/// Those of [`create_key`], and [`ResellerRefusal::AccessKeyNotFound`].
pub fn remove_key(tx: &mut dyn Tx, reseller: AccountId, (email, dn): (&str, &str), key_id: &str) -> Ruled<()> {
    let storage = open_storage(tx, reseller, email, dn)?;
    let key = tx.access_key(key_id)?.filter(|key| key.storage == storage.id).ok_or(ResellerRefusal::AccessKeyNotFound)?;
    Ok(tx.remove_access_key(key.id)?)
}

fn open_storage(view: &dyn View, reseller: AccountId, email: &str, dn: &str) -> Ruled<UserStorage> {
    storage(view, &enabled_user(view, reseller, email)?, dn)
}

fn storage(view: &dyn View, user: &ResellerUser, dn: &str) -> Ruled<UserStorage> {
    let storage = view.user_storage(dn)?.filter(|storage| storage.user == user.id);
    Ok(storage.ok_or(ResellerRefusal::StorageNotFound)?)
}
