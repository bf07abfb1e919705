//! What a user stored and moved.

use larder_core::{Meta, Operation, Reject, Rule, Verb};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::either::Either;
use super::refusals::refusals;
use crate::values::{ByteCount, Date, Email, Said};
use crate::{Documented, E2, lenient};

/// `POST usage_stats`: what a user stored and moved, day by day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self")]
pub struct GetStorageUsage {
    /// The user, who has signed up.
    pub email: Email,
    /// The first day.
    pub date_from: Date,
    /// The last day; it counts too. A last day before the first is refused as `invalid_parameters`.
    pub date_to: Date,
}

// Ledger E43, on both ends.
impl GetStorageUsage {
    fn check(&self) -> Result<(), Reject> {
        if self.date_to < self.date_from { Err(Reject::new("date_to", Rule::OutOfRange)) } else { Ok(()) }
    }
}

impl Serialize for GetStorageUsage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.check().map_err(ser::Error::custom)?;
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for GetStorageUsage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::deserialize(deserializer)?;
        request.check().map_err(de::Error::custom)?;
        Ok(request)
    }
}

impl Operation for GetStorageUsage {
    type Api = E2;
    type Answer = StorageUsage;
    const META: Meta = Meta::unary("User Operations", "usage_stats", Verb::Post).session().safe();
    const FAULTS: &'static [Documented] = Self::REFUSALS;
}

refusals! {
    GetStorageUsage {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
    }
}

/// The answer to [`GetStorageUsage`]. A list, also inside an object as `usage_stats`: both are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!from))]
#[serde(from = "Either<UsageDay, Structure>")]
pub struct StorageUsage(pub Vec<UsageDay>);

#[derive(Deserialize)]
struct Structure {
    #[serde(deserialize_with = "lenient::list")]
    usage_stats: Vec<UsageDay>,
}

impl From<Either<UsageDay, Structure>> for StorageUsage {
    fn from(either: Either<UsageDay, Structure>) -> Self {
        match either {
            Either::List(days) | Either::Structure(Structure { usage_stats: days }) => Self(days),
        }
    }
}

/// One day of one user. What the service does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UsageDay {
    /// Bytes downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub downloads: Option<ByteCount>,
    /// Bytes uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploads: Option<ByteCount>,
    /// Bytes stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_used: Option<ByteCount>,
    /// The day.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub date: Option<Said<Date>>,
}
