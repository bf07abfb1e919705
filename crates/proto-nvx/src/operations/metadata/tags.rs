//! Tags.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{NonEmpty, Path, Tag, list};
use crate::{Code, Nvx};

/// Deletes all tags of a file or folder. Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteAllTags {
    /// The file or folder.
    pub path: Path,
}

impl Operation for DeleteAllTags {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteAllTags", Verb::Post).session().destroys("all tags of a path");
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// Deletes tags of a file or folder, each as often as it occurs.
///
/// Faults: 70007 when it lacks one, 70107 for what is no tag, 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteTags {
    /// The file or folder.
    pub path: Path,
    /// The tags.
    #[serde(rename = "tag")]
    pub tags: NonEmpty<Tag>,
}

impl Operation for DeleteTags {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteTags", Verb::Post).session().destroys("tags");
    const FAULTS: &'static [Code] = faults![COMMON; MetadataDoesNotExist, InvalidMetadata, AccessDenied];
}

/// Reads all tags of a file or folder. Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetTags {
    /// The file or folder.
    pub path: Path,
}

impl Operation for GetTags {
    type Api = Nvx;
    type Answer = TagList;
    const META: Meta = Meta::unary(NAMESPACE, "GetTags", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// The answer to [`GetTags`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TagList {
    /// The tags, in order; one may occur twice.
    #[serde(rename = "Tag", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub tags: Vec<String>,
}

/// Adds tags to a file or folder, behind those that it has. One that it has already, or that stands twice in the request,
/// is added all the same: repeating this adds more.
///
/// Faults: 70107 for what is no tag, 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetTags {
    /// The file or folder.
    pub path: Path,
    /// The tags.
    #[serde(rename = "tag")]
    pub tags: NonEmpty<Tag>,
}

impl Operation for SetTags {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetTags", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; InvalidMetadata, AccessDenied];
}
