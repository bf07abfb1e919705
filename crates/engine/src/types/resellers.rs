//! What a reseller's user has: storages in regions, and access keys to them.

use std::collections::BTreeSet;

use larder_core::Secret;

use super::{AccessKeyId, ResellerUserId, UserStorageId};
use crate::env::Timestamp;

/// A region of the service, as its operator configured it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What names it (`LDN`): at most 5 characters.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Where it is.
    pub country: String,
    /// Another name of it, for programs (`gb-ldn`).
    pub code: String,
    /// Whether it can be enabled for users.
    pub is_active: bool,
    /// Whether it has hard disks.
    pub has_hdd: bool,
    /// Whether it has solid-state disks.
    pub has_ssd: bool,
    /// The domain below which every storage in it has a name of its own.
    pub domain: String,
}

impl Default for Region {
    /// The one region of a server that was told of none, on names that lead to the machine itself.
    fn default() -> Self {
        Self {
            key: "LOCAL".into(),
            name: "This server".into(),
            country: String::new(),
            code: "local".into(),
            is_active: true,
            has_hdd: true,
            has_ssd: false,
            domain: "larder.localhost".into(),
        }
    }
}

/// The storage of a user in one region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserStorage {
    /// Its number.
    pub id: UserStorageId,
    /// The user.
    pub user: ResellerUserId,
    /// The region's key. A user has one storage in a region.
    pub region: String,
    /// Its domain, unique on this server and never given again.
    pub dn: String,
    /// Whether it is on solid-state disks.
    pub is_ssd: bool,
    /// When it was enabled.
    pub created: Timestamp,
}

/// What an access key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permissions {
    /// To read.
    Read,
    /// To write.
    Write,
    /// To read and to write.
    ReadWrite,
}

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKey {
    /// Its number.
    pub id: AccessKeyId,
    /// The storage that it opens.
    pub storage: UserStorageId,
    /// What names it, unique on this server.
    pub key_id: String,
    /// Its secret, in the clear: whoever checks a signature made with it (AWS Signature Version 4) must know it, so that no
    /// hash would do. What protects it is that nobody but the service's own user can read the database; encrypting it with
    /// a key that lies beside it would protect it from nobody else. It is told once, to whoever made the key.
    pub secret: Secret,
    /// What its maker calls it; several keys may have one name.
    pub name: String,
    /// What it may do.
    pub permissions: Permissions,
    /// The buckets that it opens, never none; all of them if `None`.
    pub buckets: Option<BTreeSet<String>>,
    /// When it was made.
    pub created: Timestamp,
}
