//! Regions, and the storage that users have in them.

use larder_core::{Meta, Operation, Recovered, Verb};
use serde::{Deserialize, Serialize};

use super::either::Either;
use super::refusals::refusals;
use crate::fault::GONE;
use crate::values::{Email, RegionKey, StorageDn};
use crate::{Documented, E2, ErrorCode, Fault, lenient};

const CHAPTER: &str = "Storage Operations";

/// `GET regions`: all regions of the service.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListRegions {}

impl Operation for ListRegions {
    type Api = E2;
    type Answer = Regions;
    const META: Meta = Meta::unary(CHAPTER, "regions", Verb::Get).session().safe();
    const FAULTS: &'static [Documented] = &[];
}

/// The answer to [`ListRegions`]. "Array of regions" in words, an object around it in real answers: both are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!from))]
#[serde(from = "Either<Region, Structure>")]
pub struct Regions {
    /// The regions.
    pub regions: Vec<Region>,
}

#[derive(Deserialize)]
struct Structure {
    #[serde(deserialize_with = "lenient::list")]
    regions: Vec<Region>,
}

impl From<Either<Region, Structure>> for Regions {
    fn from(either: Either<Region, Structure>) -> Self {
        match either {
            Either::List(regions) | Either::Structure(Structure { regions }) => Self { regions },
        }
    }
}

/// One region of the service. What it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Region {
    /// What names it in [`EnableUserRegion`] (`LDN`).
    #[serde(deserialize_with = "lenient::needed")]
    pub region_key: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub region_name: Option<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// Another name of it, for programs (`gb-ldn`).
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub region_code: Option<String>,
    /// Whether it can be enabled for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Whether it has hard disks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hdd_storage: Option<bool>,
    /// Whether it has solid-state disks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssd_storage: Option<bool>,
}

/// `POST enable_user_region`: gives a user storage in a region.
///
/// The service takes its time, so that the defaults of the clocks are longer than those of other operations.
///
/// A second time the service says `region_already_enabled`, and nothing of the storage. After a lost reply that is success
/// without a `storage_dn`: `list_user_regions` has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnableUserRegion {
    /// The user.
    pub email: Email,
    /// [`Region::region_key`] of a region that is active and not enabled for the user.
    pub region: RegionKey,
    /// Whether to use solid-state disks, of which the region must have some; the service does not when this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssd_storage: Option<bool>,
}

impl Operation for EnableUserRegion {
    type Api = E2;
    type Answer = RegionEnabled;
    const META: Meta = Meta::unary(CHAPTER, "enable_user_region", Verb::Post).session().telling().slow();
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(RegionEnabled, Recovered)> {
        let answer = RegionEnabled { storage_added: true, storage_dn: String::new() };
        let caveat = "the region was enabled before; its storage is the one that list_user_regions names";
        fault.tells(&ErrorCode::RegionAlreadyEnabled, answer, caveat)
    }
}

refusals! {
    EnableUserRegion {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        ALREADY_ENABLED = 403 invalid_request_error region_already_enabled "Storage region already enabled for user";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
        PAYMENT_FAILED = 403 invalid_request_error payment_failed "Account expired please update payment info";
    }
}

/// The answer to [`EnableUserRegion`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegionEnabled {
    /// Always true.
    pub storage_added: bool,
    /// The domain at which S3 programs reach the new storage.
    #[serde(deserialize_with = "lenient::needed")]
    pub storage_dn: String,
}

/// `POST list_user_regions`: the regions in which a user has storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListUserRegions {
    /// The user.
    pub email: Email,
}

impl Operation for ListUserRegions {
    type Api = E2;
    type Answer = UserRegions;
    const META: Meta = Meta::unary(CHAPTER, "list_user_regions", Verb::Post).session().safe();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    ListUserRegions {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        USER_DISABLED = 403 invalid_request_error user_disabled "User Disabled";
    }
}

/// The answer to [`ListUserRegions`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserRegions {
    /// The regions.
    #[serde(deserialize_with = "lenient::list")]
    pub user_regions: Vec<UserRegion>,
}

/// A region in which a user has storage. The document does not say what its members are: all but one may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserRegion {
    /// As in [`Region`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub region_key: Option<String>,
    /// As in [`Region`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub region_name: Option<String>,
    /// As in [`Region`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub country: Option<String>,
    /// As in [`Region`].
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub region_code: Option<String>,
    /// The domain at which S3 programs reach the storage.
    #[serde(deserialize_with = "lenient::needed")]
    pub storage_dn: String,
    /// Whether it is on solid-state disks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssd_storage: Option<bool>,
}

/// `POST remove_user_region`: takes a user's storage in one region away, with all that is in it.
///
/// The user must be disabled, or have no bucket there: otherwise the service says `storage_not_empty`.
///
/// A second time the service says `storage_non_existant`: after a lost reply that is taken for success, with a caveat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveUserRegion {
    /// The user.
    pub email: Email,
    /// The storage.
    pub storage_dn: StorageDn,
}

impl Operation for RemoveUserRegion {
    type Api = E2;
    type Answer = RegionRemoved;
    const META: Meta =
        Meta::unary(CHAPTER, "remove_user_region", Verb::Post).session().telling().destroys("the storage and all that is in it");
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(RegionRemoved, Recovered)> {
        fault.tells(&ErrorCode::StorageNonExistent, RegionRemoved { removed: true }, GONE)
    }
}

refusals! {
    RemoveUserRegion {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        NO_STORAGE = 403 invalid_request_error storage_non_existant "Storage does not exists";
        NOT_EMPTY = 403 invalid_request_error storage_not_empty
            "Storage not empty. To avoid user data loss, this request will not be processed. To remove this storage, please disable the user first and try again";
    }
}

/// The answer to [`RemoveUserRegion`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RegionRemoved {
    /// Always true.
    pub removed: bool,
}
