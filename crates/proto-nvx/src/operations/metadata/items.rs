//! Types and values.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{MetadataItem, MetadataType, NonEmpty, Path, list};
use crate::{Code, Nvx};

/// Deletes all metadata of a file or folder, but for a file's MD5. Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteAllMetadata {
    /// The file or folder.
    pub path: Path,
}

impl Operation for DeleteAllMetadata {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteAllMetadata", Verb::Post).session().destroys("all metadata of a path");
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// Deletes metadata of a file or folder by type.
///
/// Faults: 70007 when it has none of a type, 70020 for `MD5`, 70107 for what is no type, 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteMetadata {
    /// The file or folder.
    pub path: Path,
    /// The types.
    #[serde(rename = "metadata")]
    pub types: NonEmpty<MetadataType>,
}

impl Operation for DeleteMetadata {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteMetadata", Verb::Post).session().destroys("metadata");
    const FAULTS: &'static [Code] = faults![COMMON; MetadataDoesNotExist, CannotOverrideMetadata, InvalidMetadata, AccessDenied];
}

/// Reads all metadata of a file or folder. Fault 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetMetadata {
    /// The file or folder. The document's sample calls it `sourcePath`, which the server also takes.
    #[serde(alias = "sourcePath")]
    pub path: Path,
}

impl Operation for GetMetadata {
    type Api = Nvx;
    type Answer = MetadataList;
    const META: Meta = Meta::unary(NAMESPACE, "GetMetadata", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// The answer to [`GetMetadata`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MetadataList {
    /// The metadata, in the service's order.
    #[serde(rename = "Metadata", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<MetadataEntry>"))]
    pub entries: Vec<MetadataEntry>,
}

/// One type and its value.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MetadataInfo"))]
#[serde(rename_all = "PascalCase", default)]
pub struct MetadataEntry {
    /// The type, such as `Title`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// The value.
    pub value: String,
}

/// Sets metadata of a file or folder. A type that is set already gets the new value, and of one that stands twice in the
/// request the last value counts.
///
/// Faults: 70107 for what is no metadata, 70020 for `MD5`, 70005 when there is no such path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetMetadata {
    /// The file or folder.
    pub path: Path,
    /// The metadata.
    pub metadata: NonEmpty<MetadataItem>,
}

impl Operation for SetMetadata {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetMetadata", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; CannotOverrideMetadata, InvalidMetadata, AccessDenied];
}
