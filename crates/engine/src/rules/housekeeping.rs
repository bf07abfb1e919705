//! What is due to go.

use super::Ruled;
use crate::env::Timestamp;
use crate::store::Tx;

/// Upload rights, or links, dropped in one transaction.
pub const RIGHTS_AT_ONCE: usize = 1_000;
/// Blobs' files removed for one transaction.
pub const FILES_AT_ONCE: usize = 256;

/// Drops upload rights that have expired, [`RIGHTS_AT_ONCE`] at most, and says how many.
///
/// # Errors
/// Only those of the storage.
pub fn drop_expired(tx: &mut dyn Tx, now: Timestamp) -> Ruled<usize> {
    Ok(tx.drop_upload_rights(now, RIGHTS_AT_ONCE)?)
}

/// Drops links that have ended, [`RIGHTS_AT_ONCE`] at most, and says how many.
///
/// # Errors
/// Only those of the storage.
pub fn drop_ended(tx: &mut dyn Tx, now: Timestamp) -> Ruled<usize> {
    Ok(tx.drop_links(now, RIGHTS_AT_ONCE)?)
}

/// Notes that the files of these removals are gone.
///
/// # Errors
/// Only those of the storage.
pub fn settle(tx: &mut dyn Tx, removals: &[i64]) -> Ruled<()> {
    removals.iter().try_for_each(|id| Ok(tx.drop_removal(*id)?))
}
