//! Operations that change the tree. Each is all or nothing, and none is safe to repeat: a second time it fails.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{FileName, FolderPath, NonEmpty, Path, bars, without_dot};
use crate::{Code, Nvx};

/// Creates folders, with all that are missing above them.
///
/// Faults: 70008 when one is there already, 70004 when a file has its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateFolders {
    /// The folders. The server also takes several in one value, separated by bars, as the document prints it.
    #[serde(rename = "folderPath", deserialize_with = "bars::deserialize")]
    pub folder_paths: NonEmpty<Path>,
}

impl Operation for CreateFolders {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "CreateFolders", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied];
}

/// Deletes files. Fault 70005 when one does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteFiles {
    /// The files.
    #[serde(rename = "filePath")]
    pub file_paths: NonEmpty<Path>,
}

impl Operation for DeleteFiles {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteFiles", Verb::Post).session().destroys("files");
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// Deletes folders with all that is in them. Fault 70005 when one does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeleteFolders {
    /// The folders.
    #[serde(rename = "folderPath")]
    pub folder_paths: NonEmpty<Path>,
}

impl Operation for DeleteFolders {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteFolders", Verb::Post).session().destroys("folders and all that is in them");
    const FAULTS: &'static [Code] = faults![COMMON; AccessDenied];
}

/// Moves files into a folder; their names stay.
///
/// Faults: 70005 when a file or the folder does not exist, 70004 and 70008 when a name is taken there. A path that
/// becomes longer than 512 characters is no fault now, and one (70009) whenever the file is named later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MoveFiles {
    /// The files.
    #[serde(rename = "srcFilePath")]
    pub src_file_paths: NonEmpty<Path>,
    /// The folder.
    #[serde(rename = "destFolderPath", deserialize_with = "without_dot")]
    pub dest_folder_path: FolderPath,
}

impl Operation for MoveFiles {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "MoveFiles", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied];
}

/// Moves folders with all that is in them into a folder; their names stay.
///
/// Faults: as for [`MoveFiles`], and 70005 when the folder lies within one of those that are moved. Paths that become
/// longer than 512 characters are no fault now either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MoveFolders {
    /// The folders.
    #[serde(rename = "srcFolderPath")]
    pub src_folder_paths: NonEmpty<Path>,
    /// The folder that they move into.
    #[serde(rename = "destFolderPath", deserialize_with = "without_dot")]
    pub dest_folder_path: FolderPath,
}

impl Operation for MoveFolders {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "MoveFolders", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied];
}

/// Gives a file another name in its folder.
///
/// Faults: 70005 when it does not exist, 70004 and 70008 when the name is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RenameFile {
    /// The file.
    #[serde(rename = "filePath")]
    pub file_path: Path,
    /// Its name from now on.
    #[serde(rename = "newFileName")]
    pub new_file_name: FileName,
}

impl Operation for RenameFile {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "RenameFile", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied];
}

/// Gives a folder another name. Faults as for [`RenameFile`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RenameFolder {
    /// The folder.
    #[serde(rename = "folderPath")]
    pub folder_path: Path,
    /// Its name from now on.
    #[serde(rename = "newFolderName")]
    pub new_folder_name: FileName,
}

impl Operation for RenameFolder {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "RenameFolder", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied];
}
