//! How much an account has stored and transferred.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, SESSION_TOKEN};
use crate::fault::faults;
use crate::values::{AnswerDate, Said, UserName, list, named_values};
use crate::{Code, Nvx};

/// Tells all that is measured of an account: the session's own, or a child's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(from = "Either")]
pub struct AccountUsage {
    /// What was measured.
    #[serde(rename = "GetUsage")]
    pub usage: Vec<FeatureUsage>,
}

/// One measure of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Either {
    #[serde(default, with = "list")]
    get_usage: Vec<FeatureUsage>,
    #[serde(default)]
    feature_name: Option<Said<Feature>>,
    #[serde(default)]
    total_usage_amount: Option<u64>,
    #[serde(default)]
    usage_start_date: Option<AnswerDate>,
    #[serde(default)]
    usage_end_date: Option<AnswerDate>,
}

impl From<Either> for AccountUsage {
    fn from(either: Either) -> Self {
        let Either { get_usage, usage_start_date, usage_end_date, .. } = either;
        let flat = either.feature_name.zip(either.total_usage_amount);
        let flat = flat.map(|(feature_name, total_usage_amount)| FeatureUsage {
            feature_name,
            total_usage_amount,
            usage_start_date,
            usage_end_date,
        });
        Self { usage: get_usage.into_iter().chain(flat).collect() }
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
pub struct StorageUsage {
    /// Bytes stored.
    #[serde(rename = "StorageUsage")]
    pub storage_usage: u64,
}
