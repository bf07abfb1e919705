//! Uploading by HTTP.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, OVERWRITTEN};
use crate::fault::faults;
use crate::values::{CallbackUrl, ContentRange, FileName, FolderPath, ForwardingUrl, HeaderText, Md5, Token, or_nowhere};
use crate::{Code, Nvx};

/// `POST /Upload.ashx`: a multipart form with parameters first and files after them.
///
/// Faults: 100 when token or folder do not come before the first file, 80023 and 80102 for the token, 70004 and 70008
/// when a name is taken, 10001 beyond 2,097,150 KiB.
///
/// Our client sends one file in a request; a server takes several. Names that begin with `$` describe the file's part of
/// the form and are no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Upload {
    /// The token of [`GetStorageNode`](crate::imfs::GetStorageNode).
    #[serde(rename = "uploadToken")]
    pub upload_token: Token,
    /// The folder to put the files into; it is created if it is missing.
    #[serde(rename = "destFolderPath")]
    pub dest_folder_path: FolderPath,
    /// Where a browser is sent afterwards.
    #[serde(rename = "forwardingUrl", default, skip_serializing_if = "Option::is_none", deserialize_with = "or_nowhere")]
    pub forwarding_url: Option<ForwardingUrl>,
    /// What the service fetches afterwards.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
    /// The MD5 that the file must have: 70106 if it has another, and then nothing is stored.
    #[serde(rename = "fileMD5", default, skip_serializing_if = "Option::is_none")]
    pub file_md5: Option<Md5>,
    /// The file's name. A server finds names in the files' own parts.
    #[serde(rename = "$fileName", default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// The file's media type; `application/octet-stream` when absent.
    #[serde(rename = "$contentType", default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<HeaderText>,
    /// Which part of the file is sent; all of it when absent.
    #[serde(rename = "$contentRange", default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<ContentRange>,
}

impl Upload {
    /// One whole file.
    #[must_use]
    pub fn new(upload_token: Token, dest_folder_path: FolderPath, file_name: FileName) -> Self {
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

    /// Whether this is an [`Update`](super::Update) by the address of uploads, if its token allows overwriting: it has an
    /// MD5, or its first file stands in a field that is named like those of updates.
    #[must_use]
    pub fn is_update(&self, field: &str) -> bool {
        const FIELD: &str = "updateContent";
        let start = field.get(..FIELD.len());
        self.file_md5.is_some() || start.is_some_and(|start| start.eq_ignore_ascii_case(FIELD))
    }
}

impl Operation for Upload {
    type Api = Nvx;
    type Answer = Uploaded;
    const META: Meta = Meta::upload(NAMESPACE, "Upload", Verb::Post).destroys(OVERWRITTEN);
    const FAULTS: &'static [Code] = faults![PARAMETERS, NAMES, UPLOADS, NEW_FILES; FileIntegrityError, RangeNotSatisfiable];
}

/// The answer to [`Upload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct Uploaded {
    /// Files that were taken.
    pub files_uploaded: u64,
    /// Their bytes.
    pub bytes_uploaded: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n23_an_md5_or_a_field_makes_an_update() {
        let upload = Upload::new("t".parse().unwrap(), FolderPath::root(), "a".parse().unwrap());
        for (field, is_update) in [("updateContent1", true), ("UPDATECONTENT", true), ("uploadFile1", false), ("update", false)] {
            assert_eq!(upload.is_update(field), is_update, "{field}");
        }
        let upload = Upload { file_md5: Some(Md5([0; 16])), ..upload };
        assert!(upload.is_update("uploadFile1"));
    }
}
