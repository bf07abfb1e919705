//! What resellers' users have, in maps.

use super::{State, TAKEN};
use crate::store::{Found, ResellerTx, ResellerView};
use crate::types::{AccessKey, AccessKeyId, ResellerUserId, UserStorage, UserStorageId};

impl ResellerView for State {
    fn user_storage(&self, dn: &str) -> Found<Option<UserStorage>> {
        Ok(self.user_storages.values().find(|storage| storage.dn == dn).cloned())
    }

    fn user_storages(&self, user: ResellerUserId) -> Found<Vec<UserStorage>> {
        Ok(self.user_storages.values().filter(|storage| storage.user == user).cloned().collect())
    }

    fn access_key(&self, key_id: &str) -> Found<Option<AccessKey>> {
        Ok(self.access_keys.values().find(|key| key.key_id == key_id).cloned())
    }

    fn access_keys(&self, storage: UserStorageId) -> Found<Vec<AccessKey>> {
        Ok(self.access_keys.values().filter(|key| key.storage == storage).cloned().collect())
    }
}

impl ResellerTx for State {
    fn remove_reseller_user(&mut self, id: ResellerUserId) -> Found<()> {
        self.reseller_users.remove(&id);
        Ok(())
    }

    fn add_user_storage(&mut self, it: &UserStorage) -> Found<()> {
        let is_taken = |other: &UserStorage| other.dn == it.dn || (other.user, &other.region) == (it.user, &it.region);
        if self.user_storages.values().any(is_taken) || self.user_storages.insert(it.id, it.clone()).is_some() {
            return Err(TAKEN);
        }
        Ok(())
    }

    fn remove_user_storage(&mut self, id: UserStorageId) -> Found<()> {
        self.user_storages.remove(&id);
        Ok(())
    }

    fn add_access_key(&mut self, it: &AccessKey) -> Found<()> {
        let is_taken = self.access_keys.values().any(|other| other.key_id == it.key_id);
        if is_taken || self.access_keys.insert(it.id, it.clone()).is_some() {
            return Err(TAKEN);
        }
        Ok(())
    }

    fn remove_access_key(&mut self, id: AccessKeyId) -> Found<()> {
        self.access_keys.remove(&id);
        Ok(())
    }
}
