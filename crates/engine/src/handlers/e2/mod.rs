//! The reseller API: users, their storages in regions, and access keys. Usage statistics and CNAMEs are not served yet.

mod describe;
mod refused;

use std::sync::Arc;

use larder_core::{Operation, Reject, Rule};
use larder_proto_e2::{
    AccessKeyCreated, AccessKeyRemoved, AccessKeys, CreateAccessKey, CreateUser, DisableUser, E2, EnableUser, EnableUserRegion,
    Fault, Handler, ListAccessKeys, ListRegions, ListUserRegions, ListUsers, Quota, RegionEnabled, RegionKey, RegionRemoved,
    Regions, RemoveAccessKey, RemoveUser, RemoveUserRegion, Request, StorageDn, UserCreated, UserDisabled, UserEnabled,
    UserRegions, UserRemoved, Users,
};

use super::Effort;
use crate::Engine;
use crate::refusal::Refusal;
use crate::rules::resellers::NewResellerUser;
use crate::types::{AccountId, Region};

pub use refused::fault;

/// Users that one read of the store brings.
const BATCH: usize = 1_000;

/// Serves the reseller API.
#[derive(Debug, Clone)]
pub struct Reseller {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The regions that there are.
    pub regions: Arc<[Region]>,
}

/// What serving a request takes.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "all that is not named is quick")]
pub fn effort(request: &Request) -> Effort {
    match request {
        Request::CreateUser(_) => Effort::Hashes,
        Request::ListUsers(_) | Request::ListAccessKeys(_) => Effort::Reads,
        _ => Effort::Quick,
    }
}

/// An active region of this key, without solid-state disks, whose storages are named below `domain`.
///
/// # Errors
/// The key is longer than 5 characters, or the domain longer than the name of a storage can be with it.
pub fn region(key: &str, domain: &str) -> Result<Region, Reject> {
    key.parse::<RegionKey>().map_err(|rule| Reject::new("key", rule))?;
    domain.parse::<StorageDn>().map_err(|rule| Reject::new("domain", rule))?;
    let longest = crate::engine::storage_name(&"x".repeat(crate::engine::STORAGE_LABEL), key, domain);
    longest.parse::<StorageDn>().map_err(|rule| Reject::new("domain", rule))?;
    Ok(Region { key: key.into(), name: key.into(), code: key.to_lowercase(), domain: domain.into(), ..Region::default() })
}

/// A refusal of `O`, for use in `map_err`.
#[expect(clippy::needless_pass_by_value, reason = "for use in map_err")]
fn said<O: Operation<Api = E2>>(refusal: Refusal) -> Fault {
    refused::by::<O>(&refusal)
}

impl Reseller {
    /// Serves this engine, with the one region of a server that was told of none.
    #[must_use]
    pub fn new(engine: Arc<Engine>) -> Self {
        Self { engine, regions: Arc::new([Region::default()]) }
    }

    /// The active region of this key (ledger E31).
    fn region(&self, key: &RegionKey, ssd: bool) -> Result<&Region, Fault> {
        let region = self.regions.iter().find(|region| region.key == key.as_str());
        let region = region.ok_or_else(|| Fault::invalid("region", "is no region of this service"))?;
        if !region.is_active {
            return Err(Fault::invalid("region", "is not active"));
        }
        if ssd && !region.has_ssd {
            return Err(Fault::invalid("ssd_storage", "is not to be had in this region"));
        }
        Ok(region)
    }
}

impl Handler for Reseller {
    /// The reseller whose key came with the request.
    type Caller = AccountId;

    async fn list_users(&self, reseller: &AccountId, _: ListUsers) -> Result<Users, Fault> {
        let mut users = Vec::new();
        let mut after = String::new();
        loop {
            let batch = self.engine.list_users(*reseller, &after, BATCH).map_err(said::<ListUsers>)?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.email);
            users.extend(batch.into_iter().map(describe::user));
        }
        Ok(Users { id: reseller.0.to_string(), users })
    }

    /// No e-mail is sent, whatever `email_notification` says: this service has no way to send one.
    async fn create_user(&self, reseller: &AccountId, new: CreateUser) -> Result<UserCreated, Fault> {
        let password = new.password.decode().map_err(|rule: Rule| Fault::invalid("password", rule.text()))?;
        let quota = match new.quota {
            Quota::Gigabytes(gigabytes) => Some(gigabytes),
            Quota::Unlimited => None,
        };
        let user = NewResellerUser {
            email: new.email.into(),
            first_name: new.first_name.into(),
            last_name: new.last_name.map(String::from),
            quota,
        };
        self.engine.create_user(*reseller, user, &password).map_err(said::<CreateUser>)?;
        Ok(UserCreated { user_created: true })
    }

    async fn disable_user(&self, reseller: &AccountId, it: DisableUser) -> Result<UserDisabled, Fault> {
        self.engine.set_user_enabled(*reseller, it.email.into(), false).await.map_err(said::<DisableUser>)?;
        Ok(UserDisabled { user_disabled: true })
    }

    async fn enable_user(&self, reseller: &AccountId, it: EnableUser) -> Result<UserEnabled, Fault> {
        self.engine.set_user_enabled(*reseller, it.email.into(), true).await.map_err(said::<EnableUser>)?;
        Ok(UserEnabled { user_enabled: true })
    }

    async fn remove_user(&self, reseller: &AccountId, it: RemoveUser) -> Result<UserRemoved, Fault> {
        self.engine.remove_user(*reseller, it.email.into()).await.map_err(said::<RemoveUser>)?;
        Ok(UserRemoved { user_removed: true })
    }

    async fn list_regions(&self, _: &AccountId, _: ListRegions) -> Result<Regions, Fault> {
        Ok(Regions { regions: self.regions.iter().map(describe::region).collect() })
    }

    async fn enable_user_region(&self, reseller: &AccountId, it: EnableUserRegion) -> Result<RegionEnabled, Fault> {
        let ssd = it.ssd_storage.unwrap_or(false);
        let region = self.region(&it.region, ssd)?;
        let enabled = self.engine.enable_user_region(*reseller, it.email.into(), region, ssd).await;
        let storage = enabled.map_err(said::<EnableUserRegion>)?;
        Ok(RegionEnabled { storage_added: true, storage_dn: storage.dn })
    }

    async fn list_user_regions(&self, reseller: &AccountId, it: ListUserRegions) -> Result<UserRegions, Fault> {
        let storages = self.engine.user_storages(*reseller, it.email.as_str()).map_err(said::<ListUserRegions>)?;
        let described = |storage| describe::storage(storage, &self.regions);
        Ok(UserRegions { user_regions: storages.into_iter().map(described).collect() })
    }

    async fn remove_user_region(&self, reseller: &AccountId, it: RemoveUserRegion) -> Result<RegionRemoved, Fault> {
        let removed = self.engine.remove_user_region(*reseller, it.email.into(), it.storage_dn.into()).await;
        removed.map_err(said::<RemoveUserRegion>)?;
        Ok(RegionRemoved { removed: true })
    }

    async fn create_access_key(&self, reseller: &AccountId, it: CreateAccessKey) -> Result<AccessKeyCreated, Fault> {
        let new = describe::new_key(&it);
        let created = self.engine.create_access_key(*reseller, it.email.into(), it.storage_dn.into(), new).await;
        Ok(describe::created(created.map_err(said::<CreateAccessKey>)?))
    }

    async fn list_access_keys(&self, reseller: &AccountId, it: ListAccessKeys) -> Result<AccessKeys, Fault> {
        let keys = self.engine.access_keys(*reseller, it.email.as_str(), it.storage_dn.as_str());
        let keys = keys.map_err(said::<ListAccessKeys>)?;
        Ok(AccessKeys { storage_dn: it.storage_dn.into(), access_keys: keys.into_iter().map(describe::key).collect() })
    }

    async fn remove_access_key(&self, reseller: &AccountId, it: RemoveAccessKey) -> Result<AccessKeyRemoved, Fault> {
        let removed = self.engine.remove_access_key(*reseller, it.email.into(), it.storage_dn.into(), it.access_key.into());
        removed.await.map_err(said::<RemoveAccessKey>)?;
        Ok(AccessKeyRemoved { removed: true })
    }
}
