//! Files within messages: what SOAP has for uploads. By SOAP a server takes the file out of the message as it comes, within
//! [`Limits::embedded`](larder_core::Limits::embedded), 64 MiB by default; by REST it understands these as it does any
//! operation, within its limit for requests. A file of any size takes [`Upload`](super::Upload).
//!
//! Both take paths that a backslash separates as well, and create the folders that are missing.

use larder_core::{Meta, Operation, Reject, Rule, Verb};
use serde::{Deserialize, Deserializer, Serialize};

use super::{NAMESPACE, OVERWRITTEN};
use crate::fault::faults;
use crate::operations::{Done, checked};
use crate::values::{FileData, Path, Token};
use crate::{Code, Nvx};

/// Sends the next piece of a file, which appears with its last one. After a failure it starts over, with a new token.
///
/// A piece may have 2,147,483,647 bytes by the document. A server of ours takes 64 MiB by SOAP and a message of 1 MiB by REST
/// unless it is told otherwise.
///
/// Faults: 80023 and 80102 for the token, 10001 for more than a server takes at once, 70004 and 70008 when the name is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(remote = "Self", rename_all = "camelCase")]
pub struct AppendFile {
    /// The token of [`GetStorageNode`](crate::imfs::GetStorageNode).
    pub upload_token: Token,
    /// The file; the same for all of its pieces.
    #[serde(deserialize_with = "separated")]
    pub path: Path,
    /// The piece. It may be empty, and the last one may be absent.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub file_data: Option<FileData>,
    /// Whether this is the last piece.
    pub end_of_file: bool,
}

impl AppendFile {
    fn check(&self) -> Result<(), Reject> {
        let is_complete = self.end_of_file || self.file_data.is_some();
        if is_complete { Ok(()) } else { Err(Reject::new("fileData", Rule::Missing)) }
    }
}

checked!(AppendFile);

impl Operation for AppendFile {
    type Api = Nvx;
    type Answer = Done;
    // A piece that is sent twice is in the file twice.
    const META: Meta = Meta::unary(NAMESPACE, "AppendFile", Verb::Post).destroys(OVERWRITTEN);
    const FAULTS: &'static [Code] = faults![PARAMETERS, NAMES, UPLOADS, NEW_FILES];
}

/// Sends a whole file of at most 2 GB. What a server takes at once, and its faults, are as for [`AppendFile`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UploadFile {
    /// The token of [`GetStorageNode`](crate::imfs::GetStorageNode).
    pub upload_token: Token,
    /// The file.
    #[serde(deserialize_with = "separated")]
    pub path: Path,
    /// All of it.
    pub file_data: FileData,
}

impl Operation for UploadFile {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "UploadFile", Verb::Post).destroys(OVERWRITTEN);
    const FAULTS: &'static [Code] = faults![PARAMETERS, NAMES, UPLOADS, NEW_FILES];
}

/// What is there is a piece, also if it is empty: a file may end where a piece does.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FileData>, D::Error> {
    FileData::deserialize(deserializer).map(Some)
}

/// A path with slashes or backslashes between its names.
fn separated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Path, D::Error> {
    let text = String::deserialize(deserializer)?;
    Path::try_from(text.replace('\\', "/")).map_err(serde::de::Error::custom)
}
