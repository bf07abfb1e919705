//! Updating a file by HTTP: only what changes is sent.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, Uploaded};
use crate::fault::faults;
use crate::values::{CallbackUrl, ContentRange, FileName, FolderPath, ForwardingUrl, HeaderText, Md5, Token, or_nowhere};
use crate::{Code, Nvx};

/// `POST /Update.ashx`: a multipart form with parameters first, and behind them one range or more of an existing file, each
/// a part with its own `Content-Range`. A part without one is the whole file from now on. What becomes of the file is what
/// [`Changes`](super::Changes) says.
///
/// Faults: 70108 for ranges that do not make a file, 70106 when the result has another MD5 (the file is as it was then),
/// 70004 when the token does not allow overwriting, 70005 when there is no such file, and those of
/// [`Upload`](super::Upload).
///
/// Our client sends what it is given as one part, or several ranges of one file, each in a part of its own: see
/// [`ranges`](Self::ranges). Names that begin with `$` describe the file's part of
/// the form and are no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Update {
    /// A token that allows overwriting.
    #[serde(rename = "uploadToken")]
    pub upload_token: Token,
    /// The folder that the file is in.
    #[serde(rename = "destFolderPath")]
    pub dest_folder_path: FolderPath,
    /// The MD5 that the whole file must have afterwards.
    #[serde(rename = "fileMD5", default, skip_serializing_if = "Option::is_none")]
    pub file_md5: Option<Md5>,
    /// What the service fetches when the file is changed, which may be long after the answer.
    #[serde(rename = "callbackURL")]
    pub callback_url: CallbackUrl,
    /// Where a browser is sent afterwards.
    #[serde(rename = "forwardingUrl", default, skip_serializing_if = "Option::is_none", deserialize_with = "or_nowhere")]
    pub forwarding_url: Option<ForwardingUrl>,
    /// The file's name. A server finds it in the ranges' own parts.
    #[serde(rename = "$fileName", default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// The file's media type; `application/octet-stream` when absent.
    #[serde(rename = "$contentType", default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<HeaderText>,
    /// Which bytes of the file are sent, and how long it is from now on; all of it when absent.
    #[serde(rename = "$contentRange", default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<ContentRange>,
    /// Ranges to send, each in a part of its own, in place of [`content_range`](Self::content_range). The caller's file is then
    /// the whole file as it is to be: of each range, the bytes at its own offsets are sent.
    #[serde(rename = "$ranges", default, skip_serializing_if = "Vec::is_empty")]
    pub ranges: Vec<ContentRange>,
}

impl Update {
    /// An update of a file by these ranges.
    #[must_use]
    pub fn new(
        upload_token: Token,
        dest_folder_path: FolderPath,
        file_name: FileName,
        callback_url: CallbackUrl,
        ranges: Vec<ContentRange>,
    ) -> Self {
        let (file_md5, forwarding_url, content_type, content_range) = (None, None, None, None);
        let file_name = Some(file_name);
        Self {
            upload_token,
            dest_folder_path,
            file_md5,
            callback_url,
            forwarding_url,
            file_name,
            content_type,
            content_range,
            ranges,
        }
    }
}

impl Operation for Update {
    type Api = Nvx;
    type Answer = Uploaded;
    const META: Meta = Meta::upload(NAMESPACE, "Update", Verb::Post).destroys("the bytes that are overwritten or cut off");
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, NAMES, UPLOADS, NEW_FILES; InvalidPath, FileIntegrityError, RangeNotSatisfiable];
}
