//! The Sharing namespace: files and folders that everybody may read.
//!
//! All of them need a session. The owner pays for what strangers download. Changes take effect at once here; the document
//! allows five minutes.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::fault::faults;
use crate::values::{PageNumber, PageSize, Path, flag, list, trimmed};
use crate::{Code, Nvx};

const NAMESPACE: &str = "Sharing";

/// Lists the files and folders that the account shares. A page past the end is empty.
///
/// Faults: 65008 for a page of more than 1,000 entries, 50103 for page 0 and for pages of no entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListHostedItems {
    /// Which page, from 1 on.
    pub page_number: PageNumber,
    /// Entries on a page.
    pub page_size: PageSize,
}

impl Operation for ListHostedItems {
    type Api = Nvx;
    type Answer = HostedItems;
    const META: Meta = Meta::unary(NAMESPACE, "ListHostedItems", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, PageSizeExceedsLimit];
}

/// The answer to [`ListHostedItems`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HostedItems {
    /// What is shared, on this page.
    #[serde(rename = "HostedItem", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<HostedItem>"))]
    pub items: Vec<HostedItem>,
}

/// A file or a folder that is shared.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct HostedItem {
    /// Whether it is a file.
    #[serde(deserialize_with = "flag::deserialize")]
    pub is_file: bool,
    /// Its path below the account's root.
    pub share_path: String,
}

/// Lets everybody read a file, or a folder with all that is in it. What is shared already stays shared, under the same link.
///
/// Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CreateHostedItem {
    /// The file or folder.
    pub share_path: Path,
}

impl Operation for CreateHostedItem {
    type Api = Nvx;
    type Answer = HostedLink;
    const META: Meta = Meta::unary(NAMESPACE, "CreateHostedItem", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// The answer to [`CreateHostedItem`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct HostedLink {
    /// Where everybody finds the file; for a folder, what the paths of its files are to be put behind.
    #[serde(deserialize_with = "trimmed::deserialize")]
    pub download_link: String,
}

/// Lets nobody but the owner read a file or a folder. What is not shared stays as it is.
///
/// Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RemoveHostedItem {
    /// The file or folder.
    pub share_path: Path,
}

impl Operation for RemoveHostedItem {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "RemoveHostedItem", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}
