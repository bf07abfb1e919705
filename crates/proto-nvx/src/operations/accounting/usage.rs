//! How much an account has stored and transferred.

use larder_core::{Meta, Operation, Rule, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, SESSION_TOKEN};
use crate::fault::faults;
use crate::values::{AnswerDate, Said, UserName, list, named_values};
use crate::{Code, Nvx};

/// Tells all that is measured of an account: the session's own, or a child's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct GetAccountUsage {
    /// The account's name.
    pub username: UserName,
}

impl Operation for GetAccountUsage {
    type Api = Nvx;
    type Answer = AccountUsage;
    const META: Meta = Meta::unary(NAMESPACE, "GetAccountUsage", Verb::Post).session_as(SESSION_TOKEN).safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// The answer to [`GetAccountUsage`]. The document's schema is flat, which leaves room for one: a list is written, as real
/// services do it, and both are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "Either")]
pub struct AccountUsage {
    /// What was measured.
    #[serde(rename = "GetUsage")]
    pub usage: Vec<FeatureUsage>,
}

/// One measure of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct FeatureUsage {
    /// What was measured.
    pub feature_name: Said<Feature>,
    /// How much of it, in bytes.
    pub total_usage_amount: u64,
    /// Since when it is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_start_date: Option<AnswerDate>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage_end_date: Option<AnswerDate>,
}

/// Both forms; in the flat one, whatever stands in the same place belongs together.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Either {
    #[serde(default, with = "list")]
    get_usage: Vec<FeatureUsage>,
    #[serde(default, with = "list")]
    feature_name: Vec<Said<Feature>>,
    #[serde(default, with = "list")]
    total_usage_amount: Vec<u64>,
    #[serde(default, with = "list")]
    usage_start_date: Vec<AnswerDate>,
    #[serde(default, with = "list")]
    usage_end_date: Vec<AnswerDate>,
}

impl TryFrom<Either> for AccountUsage {
    type Error = Rule;

    fn try_from(either: Either) -> Result<Self, Rule> {
        if either.feature_name.len() != either.total_usage_amount.len() {
            return Err(Rule::Malformed);
        }
        let (mut starts, mut ends) = (either.usage_start_date.into_iter(), either.usage_end_date.into_iter());
        let flat = either.feature_name.into_iter().zip(either.total_usage_amount);
        let flat = flat.map(|(feature_name, total_usage_amount)| FeatureUsage {
            feature_name,
            total_usage_amount,
            usage_start_date: starts.next(),
            usage_end_date: ends.next(),
        });
        Ok(Self { usage: either.get_usage.into_iter().chain(flat).collect() })
    }
}

named_values! {
    /// What is measured.
    pub enum Feature {
        /// Bytes downloaded.
        DownloadBandwidth = "Download Bandwidth Usage",
        /// Bytes uploaded.
        UploadBandwidth = "Upload Bandwidth Usage",
        /// Bytes stored.
        TotalStorage = "Total Storage Usage",
    }
}

/// Tells how much an account stores: the session's own, or a child's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct GetStorageUsage {
    /// The account's name.
    pub username: UserName,
}

impl Operation for GetStorageUsage {
    type Api = Nvx;
    type Answer = StorageUsage;
    const META: Meta = Meta::unary(NAMESPACE, "GetStorageUsage", Verb::Post).session_as(SESSION_TOKEN).safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// The answer to [`GetStorageUsage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StorageUsage {
    /// Bytes stored.
    #[serde(rename = "StorageUsage")]
    pub storage_usage: u64,
}
