//! Operations that copy. Each is all or nothing, and none is safe to repeat: a second time the names are taken.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{FolderPath, NonEmpty, Path, without_dot};
use crate::{Code, Nvx};

/// Copies files into a folder, which is created if it is missing; names and metadata go with them.
///
/// Faults: 70005 when a file does not exist, 70004 and 70008 when a name is taken there, 80021 and 80022 when the
/// account's storage does not suffice. A path that becomes longer than 512 characters is no fault now, and one (70009)
/// whenever the copy is named later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CopyFiles {
    /// The files.
    #[serde(rename = "srcFilePath")]
    pub src_file_paths: NonEmpty<Path>,
    /// The folder, without the files' names.
    #[serde(rename = "destFolderPath", deserialize_with = "without_dot")]
    pub dest_folder_path: FolderPath,
}

impl Operation for CopyFiles {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "CopyFiles", Verb::Post).session();
    const FAULTS: &'static [Code] =
        faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied, StorageLimitExceeded, LimitAlreadyExceeded];
}

/// Copies folders with all that is in them, metadata included, into a folder.
///
/// Faults: as for [`CopyFiles`], and 70005 when the folder lies within one of those that are copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CopyFolders {
    /// The folders.
    #[serde(rename = "srcFolderPath")]
    pub src_folder_paths: NonEmpty<Path>,
    /// The folder that they are copied into.
    #[serde(rename = "destFolderPath", deserialize_with = "without_dot")]
    pub dest_folder_path: FolderPath,
}

impl Operation for CopyFolders {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "CopyFolders", Verb::Post).session();
    const FAULTS: &'static [Code] = CopyFiles::FAULTS;
}
