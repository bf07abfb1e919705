//! What resellers' users have, in tables.

use std::collections::BTreeSet;

use larder_core::Secret;
use rusqlite::Row;

use super::rows::{all, one, run};
use super::tables::Tables;
use crate::env::Timestamp;
use crate::store::{Found, ResellerTx, ResellerView};
use crate::types::{AccessKey, AccessKeyId, Permissions, ResellerUserId, UserStorage, UserStorageId};

/// The tables. Secrets stand in the clear: see [`AccessKey::secret`].
pub(super) const STEP: &str = "
CREATE TABLE user_storages (
  id INTEGER PRIMARY KEY, user INTEGER NOT NULL, region TEXT NOT NULL, dn TEXT NOT NULL UNIQUE, ssd INTEGER NOT NULL,
  created INTEGER NOT NULL,
  UNIQUE (user, region)
) STRICT;

CREATE TABLE access_keys (
  id INTEGER PRIMARY KEY, storage INTEGER NOT NULL, key_id TEXT NOT NULL UNIQUE, secret TEXT NOT NULL, name TEXT NOT NULL,
  permissions INTEGER NOT NULL, all_buckets INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE INDEX access_keys_by_storage ON access_keys (storage, id);

CREATE TABLE access_key_buckets (
  key INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (key, name)
) STRICT, WITHOUT ROWID;
";

const STORAGE: &str = "SELECT id, user, region, dn, ssd, created FROM user_storages";
const KEY: &str = "SELECT id, storage, key_id, secret, name, permissions, all_buckets, created FROM access_keys";

fn storage(row: &Row<'_>) -> rusqlite::Result<UserStorage> {
    Ok(UserStorage {
        id: UserStorageId(row.get(0)?),
        user: ResellerUserId(row.get(1)?),
        region: row.get(2)?,
        dn: row.get(3)?,
        is_ssd: row.get(4)?,
        created: Timestamp(row.get(5)?),
    })
}

/// Without the names of its buckets.
fn key(row: &Row<'_>) -> rusqlite::Result<AccessKey> {
    let all_buckets: bool = row.get(6)?;
    Ok(AccessKey {
        id: AccessKeyId(row.get(0)?),
        storage: UserStorageId(row.get(1)?),
        key_id: row.get(2)?,
        secret: Secret::new(row.get::<_, String>(3)?),
        name: row.get(4)?,
        permissions: permissions(row.get(5)?)?,
        buckets: (!all_buckets).then(BTreeSet::new),
        created: Timestamp(row.get(7)?),
    })
}

const fn number(permissions: Permissions) -> i64 {
    match permissions {
        Permissions::Read => 0,
        Permissions::Write => 1,
        Permissions::ReadWrite => 2,
    }
}

const fn permissions(number: i64) -> rusqlite::Result<Permissions> {
    match number {
        0 => Ok(Permissions::Read),
        1 => Ok(Permissions::Write),
        2 => Ok(Permissions::ReadWrite),
        _ => Err(rusqlite::Error::IntegralValueOutOfRange(5, number)),
    }
}

impl Tables<'_> {
    pub(super) fn all_user_storages(&self) -> Found<Vec<UserStorage>> {
        all(self.0, &format!("{STORAGE} ORDER BY id"), (), storage)
    }

    pub(super) fn all_access_keys(&self) -> Found<Vec<AccessKey>> {
        self.with_buckets(all(self.0, &format!("{KEY} ORDER BY id"), (), key)?)
    }

    fn with_buckets(&self, mut keys: Vec<AccessKey>) -> Found<Vec<AccessKey>> {
        for it in &mut keys {
            if let Some(buckets) = &mut it.buckets {
                buckets.extend(all(self.0, "SELECT name FROM access_key_buckets WHERE key = ?1", (it.id.0,), |row| row.get(0))?);
            }
        }
        Ok(keys)
    }
}

impl ResellerView for Tables<'_> {
    fn user_storage(&self, dn: &str) -> Found<Option<UserStorage>> {
        one(self.0, &format!("{STORAGE} WHERE dn = ?1"), (dn,), storage)
    }

    fn user_storages(&self, user: ResellerUserId) -> Found<Vec<UserStorage>> {
        all(self.0, &format!("{STORAGE} WHERE user = ?1 ORDER BY id"), (user.0,), storage)
    }

    fn access_key(&self, key_id: &str) -> Found<Option<AccessKey>> {
        let found = one(self.0, &format!("{KEY} WHERE key_id = ?1"), (key_id,), key)?;
        Ok(self.with_buckets(found.into_iter().collect())?.pop())
    }

    fn access_keys(&self, storage: UserStorageId) -> Found<Vec<AccessKey>> {
        self.with_buckets(all(self.0, &format!("{KEY} WHERE storage = ?1 ORDER BY id"), (storage.0,), key)?)
    }
}

impl ResellerTx for Tables<'_> {
    fn remove_reseller_user(&mut self, id: ResellerUserId) -> Found<()> {
        run(self.0, "DELETE FROM reseller_users WHERE id = ?1", (id.0,)).map(drop)
    }

    fn add_user_storage(&mut self, it: &UserStorage) -> Found<()> {
        let sql = "INSERT INTO user_storages (id, user, region, dn, ssd, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        run(self.0, sql, (it.id.0, it.user.0, &it.region, &it.dn, it.is_ssd, it.created.0)).map(drop)
    }

    fn remove_user_storage(&mut self, id: UserStorageId) -> Found<()> {
        run(self.0, "DELETE FROM user_storages WHERE id = ?1", (id.0,)).map(drop)
    }

    fn add_access_key(&mut self, it: &AccessKey) -> Found<()> {
        let sql = "INSERT INTO access_keys (id, storage, key_id, secret, name, permissions, all_buckets, created) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let (secret, permissions, all_buckets) = (it.secret.expose(), number(it.permissions), it.buckets.is_none());
        let values = (it.id.0, it.storage.0, &it.key_id, secret, &it.name, permissions, all_buckets, it.created.0);
        run(self.0, sql, values)?;
        for name in it.buckets.iter().flatten() {
            run(self.0, "INSERT INTO access_key_buckets (key, name) VALUES (?1, ?2)", (it.id.0, name))?;
        }
        Ok(())
    }

    fn remove_access_key(&mut self, id: AccessKeyId) -> Found<()> {
        run(self.0, "DELETE FROM access_key_buckets WHERE key = ?1", (id.0,))?;
        run(self.0, "DELETE FROM access_keys WHERE id = ?1", (id.0,)).map(drop)
    }
}
