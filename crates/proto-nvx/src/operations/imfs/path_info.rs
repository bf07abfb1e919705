//! Facts of one path.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{AnswerDate, Metadata, Path, Tags, flag};
use crate::{Code, Nvx};

/// Describes a file or a folder. Fault 70005 when there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GetPathInfo {
    /// The file or folder.
    pub item_path: Path,
    /// Whether to tell its metadata; no when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_metadata: Option<bool>,
    /// Whether to tell its tags; no when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_tags: Option<bool>,
    /// Whether to tell if it is shared; no when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_is_shared: Option<bool>,
}

impl GetPathInfo {
    /// Everything about a path.
    #[must_use]
    pub fn all(item_path: Path) -> Self {
        Self { item_path, show_metadata: Some(true), show_tags: Some(true), show_is_shared: Some(true) }
    }
}

impl Operation for GetPathInfo {
    type Api = Nvx;
    type Answer = PathInfo;
    const META: Meta = Meta::unary(NAMESPACE, "GetPathInfo", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// The answer to [`GetPathInfo`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PathInfo {
    /// The facts.
    #[serde(rename = "GetPathInfo")]
    pub path_info: PathFacts,
}

/// What is known of a file or folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct PathFacts {
    /// Its name.
    pub item_name: String,
    /// Whether it is a file.
    #[serde(deserialize_with = "flag::deserialize")]
    pub is_file: bool,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_date: Option<AnswerDate>,
    /// A file's size, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// A file's kind, such as `Image`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// What is known of its content, if asked for; a file's MD5 is here.
    pub metadata: Metadata,
    /// Its tags, if asked for.
    pub tags: Tags,
    /// Whether it is shared, if asked for.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "flag::option")]
    pub is_shared: Option<bool>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_date: Option<AnswerDate>,
    /// A number that stays when the item moves.
    #[serde(rename = "ItemID", skip_serializing_if = "Option::is_none")]
    pub item_id: Option<u64>,
}
