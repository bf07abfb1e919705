//! Access keys of a user's storage.

use larder_core::{Meta, Operation, Recovered, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::refusals::refusals;
use crate::fault::GONE;
use crate::values::{AccessKeyId, AccessKeyName, Buckets, Email, KeyDescription, Permissions, StorageDn};
use crate::{Documented, E2, ErrorCode, Fault, lenient};

const CHAPTER: &str = "Storage Operations";

/// `POST create_access_key`: makes an access key for a storage.
///
/// Never repeated by itself: a second time there is a second key. When the reply is lost, so is the secret: whoever compares
/// `list_access_keys` before and after finds the key that nobody can use, and removes it. Its name is not enough to tell,
/// since several keys may have one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateAccessKey {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
    /// What to call the key.
    pub name: AccessKeyName,
    /// What it may do.
    pub permissions: Permissions,
    /// The buckets that it opens: all of them when this is absent.
    // Null, or nothing in a form, is no list and is refused: it must not open all buckets.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some")]
    #[cfg_attr(feature = "schema", schemars(with = "Buckets"))]
    pub buckets: Option<Buckets>,
}

fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Buckets>, D::Error> {
    Buckets::deserialize(deserializer).map(Some)
}

impl Operation for CreateAccessKey {
    type Api = E2;
    type Answer = AccessKeyCreated;
    const META: Meta = Meta::unary(CHAPTER, "create_access_key", Verb::Post).session().confides();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    CreateAccessKey {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        NO_STORAGE = 403 invalid_request_error storage_non_existant "Storage does not exists";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
    }
}

/// The answer to [`CreateAccessKey`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessKeyCreated {
    /// Always true.
    pub created: bool,
    /// The key.
    pub data: KeyPair,
}

/// An access key with its secret, which the service tells this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyPair {
    /// What names it: [`AccessKey::key_id`].
    #[serde(deserialize_with = "lenient::needed")]
    pub access_key: String,
    /// What proves that it is yours.
    pub secret_key: Secret,
}

/// `POST list_access_keys`: the access keys of a storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListAccessKeys {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
}

impl Operation for ListAccessKeys {
    type Api = E2;
    type Answer = AccessKeys;
    const META: Meta = Meta::unary(CHAPTER, "list_access_keys", Verb::Post).session().safe();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    ListAccessKeys {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        NO_STORAGE = 403 invalid_request_error storage_non_existant "Storage does not exist";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled ";
    }
}

/// The answer to [`ListAccessKeys`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessKeys {
    /// The storage, as it was asked for; empty if the service does not say.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub storage_dn: String,
    /// Its keys.
    #[serde(deserialize_with = "lenient::list")]
    pub access_keys: Vec<AccessKey>,
}

/// An access key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessKey {
    /// What names it: [`KeyPair::access_key`].
    #[serde(deserialize_with = "lenient::needed")]
    pub key_id: String,
    /// What the user calls it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// When it was made; RFC 3339 where we write it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub creation_date: Option<String>,
    /// What it may do.
    #[serde(default, deserialize_with = "lenient::text")]
    pub description: Option<KeyDescription>,
}

/// `POST remove_access_key`: nobody can use the key from now on.
///
/// A second time the service says `access_key_non_existant`: after a lost reply that is taken for success, with a caveat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveAccessKey {
    /// The user, who is enabled.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
    /// The key: [`AccessKey::key_id`].
    pub access_key: AccessKeyId,
}

impl Operation for RemoveAccessKey {
    type Api = E2;
    type Answer = AccessKeyRemoved;
    const META: Meta = Meta::unary(CHAPTER, "remove_access_key", Verb::Post).session().telling().destroys("the access key");
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(AccessKeyRemoved, Recovered)> {
        fault.tells(&ErrorCode::AccessKeyNonExistent, AccessKeyRemoved { removed: true }, GONE)
    }
}

refusals! {
    RemoveAccessKey {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        NO_STORAGE = 403 invalid_request_error storage_non_existant "Storage does not exists";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        NO_KEY = 403 invalid_request_error access_key_non_existant
            "Access key does not exist, please provide a valid access key";
    }
}

/// The answer to [`RemoveAccessKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccessKeyRemoved {
    /// Always true.
    pub removed: bool,
}
