//! Records as the API tells them, and the other way round.

use larder_proto_e2::{
    AccessKey, AccessKeyCreated, ByteCount, CreateAccessKey, KeyPair, Permissions, Quota, Region, User, UserRegion,
};

use crate::env::Timestamp;
use crate::rules::resellers::storages::NewAccessKey;
use crate::types::{self, ResellerUser, UserStorage};

fn time(at: Timestamp) -> Option<String> {
    jiff::Timestamp::from_millisecond(at.0).ok().map(|at| at.to_string())
}

/// Users store nothing yet: S3 is a later part of the service.
pub(super) fn user(user: ResellerUser) -> User {
    User {
        email: user.email,
        first_name: Some(user.first_name),
        last_name: user.last_name,
        account_creation_timestamp: time(user.created),
        invite_url: None,
        is_signed_up: Some(true),
        is_active: Some(user.enabled),
        storage_used: Some(ByteCount(0)),
        storage_quota: Some(user.quota.map_or(Quota::Unlimited, Quota::Gigabytes).into()),
    }
}

fn said(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

pub(super) fn region(region: &types::Region) -> Region {
    Region {
        region_key: region.key.clone(),
        region_name: said(&region.name),
        country: said(&region.country),
        region_code: said(&region.code),
        active: Some(region.is_active),
        hdd_storage: Some(region.has_hdd),
        ssd_storage: Some(region.has_ssd),
    }
}

/// Of a region that is no longer configured, only the key is known.
pub(super) fn storage(storage: UserStorage, regions: &[types::Region]) -> UserRegion {
    let region = regions.iter().find(|region| region.key == storage.region);
    UserRegion {
        region_name: region.and_then(|region| said(&region.name)),
        country: region.and_then(|region| said(&region.country)),
        region_code: region.and_then(|region| said(&region.code)),
        region_key: Some(storage.region),
        storage_dn: storage.dn,
        ssd_storage: Some(storage.is_ssd),
    }
}

pub(super) fn new_key(new: &CreateAccessKey) -> NewAccessKey {
    let permissions = match new.permissions {
        Permissions::Read => types::Permissions::Read,
        Permissions::Write => types::Permissions::Write,
        Permissions::ReadWrite => types::Permissions::ReadWrite,
    };
    let buckets = new.buckets.as_ref().map(|names| names.as_slice().iter().map(ToString::to_string).collect());
    NewAccessKey { name: new.name.to_string(), permissions, buckets }
}

/// The only place where the secret is told.
pub(super) fn created(key: types::AccessKey) -> AccessKeyCreated {
    AccessKeyCreated { created: true, data: KeyPair { access_key: key.key_id, secret_key: key.secret } }
}

pub(super) fn key(key: types::AccessKey) -> AccessKey {
    let permissions = match key.permissions {
        types::Permissions::Read => Permissions::Read,
        types::Permissions::Write => Permissions::Write,
        types::Permissions::ReadWrite => Permissions::ReadWrite,
    };
    AccessKey {
        key_id: key.key_id,
        name: Some(key.name),
        creation_date: time(key.created),
        description: Some(permissions.into()),
    }
}
