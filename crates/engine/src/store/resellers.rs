//! Lookups and puts of what resellers' users have.

use super::Found;
use crate::types::{AccessKey, AccessKeyId, ResellerUserId, UserStorage, UserStorageId};

/// Lookups in one consistent state: a part of [`View`](super::View).
///
/// Every method fails only if the storage does.
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods, in the trait's own text")]
pub trait ResellerView {
    /// A storage by its domain.
    fn user_storage(&self, dn: &str) -> Found<Option<UserStorage>>;
    /// The storages of a user, by number.
    fn user_storages(&self, user: ResellerUserId) -> Found<Vec<UserStorage>>;
    /// An access key by what names it.
    fn access_key(&self, key_id: &str) -> Found<Option<AccessKey>>;
    /// The access keys of a storage, by number.
    fn access_keys(&self, storage: UserStorageId) -> Found<Vec<AccessKey>>;
}

/// Puts in one transaction: a part of [`Tx`](super::Tx).
///
/// Every method fails only if the storage does.
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods, in the trait's own text")]
pub trait ResellerTx {
    /// Removes a user, not what the user has.
    fn remove_reseller_user(&mut self, id: ResellerUserId) -> Found<()>;
    /// Adds a storage.
    fn add_user_storage(&mut self, storage: &UserStorage) -> Found<()>;
    /// Removes a storage, not its keys.
    fn remove_user_storage(&mut self, id: UserStorageId) -> Found<()>;
    /// Adds an access key.
    fn add_access_key(&mut self, key: &AccessKey) -> Found<()>;
    /// Removes an access key.
    fn remove_access_key(&mut self, id: AccessKeyId) -> Found<()>;
}
