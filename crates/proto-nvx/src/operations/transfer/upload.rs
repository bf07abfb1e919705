//! Uploading by HTTP.

use larder_core::{Meta, Operation, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{ContentRange, FileName, FolderPath, Md5};
use crate::{Code, Nvx};

/// `POST /Upload.ashx`: a multipart form with parameters first and files after them.
///
/// Faults: 100 when token or folder do not come before the first file, 80023 and 80102 for the token, 70004 and 70008
/// when a name is taken, 10001 beyond 2,097,150 KiB.
///
/// Our client sends one file in a request; a server takes several. Names that begin with `$` describe the file's part of
/// the form and are no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The token of [`GetStorageNode`](crate::imfs::GetStorageNode).
    #[serde(rename = "uploadToken")]
    pub upload_token: Secret,
    /// The folder to put the files into; it is created if it is missing.
    #[serde(rename = "destFolderPath")]
    pub dest_folder_path: FolderPath,
    /// Where a browser is sent afterwards.
    #[serde(rename = "forwardingUrl", default, skip_serializing_if = "Option::is_none")]
    pub forwarding_url: Option<String>,
    /// What the service fetches afterwards.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The MD5 that the file must have: 70106 if it has another, and then nothing is stored.
    #[serde(rename = "fileMD5", default, skip_serializing_if = "Option::is_none")]
    pub file_md5: Option<Md5>,
    /// The file's name. A server finds names in the files' own parts.
    #[serde(rename = "$fileName", default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// The file's media type; `application/octet-stream` when absent.
    #[serde(rename = "$contentType", default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Which part of the file is sent; all of it when absent.
    #[serde(rename = "$contentRange", default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<ContentRange>,
}

impl Upload {
    /// One whole file.
    #[must_use]
    pub fn new(upload_token: Secret, dest_folder_path: FolderPath, file_name: FileName) -> Self {
        Self {
            upload_token,
            dest_folder_path,
            forwarding_url: None,
            callback_url: None,
            file_md5: None,
            file_name: Some(file_name),
            content_type: None,
            content_range: None,
        }
    }
}

impl Operation for Upload {
    type Api = Nvx;
    type Answer = Uploaded;
    const META: Meta = Meta::upload(NAMESPACE, "Upload", Verb::Post);
    const FAULTS: &'static [Code] = faults![PARAMETERS, NAMES; ContentTooLarge, AlreadyExists, FolderAlreadyExists, FileIntegrityError, RangeNotSatisfiable, UploadBandwidthLimitExceeded, StorageLimitExceeded, LimitAlreadyExceeded, InvalidAccessToken, ExpiredAccessToken, RestrictedIpAddress];
}

/// The answer to [`Upload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Uploaded {
    /// Files that were taken.
    pub files_uploaded: u64,
    /// Their bytes.
    pub bytes_uploaded: u64,
}
