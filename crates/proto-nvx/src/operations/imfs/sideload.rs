//! Having the service fetch a file by itself.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{CallbackUrl, Path, WebUrl};
use crate::{Code, Nvx};

/// Has the service fetch content from a URL and store it as a file. The answer says that the order was taken, not that it
/// was carried out: that is said to the callback.
///
/// Faults: 70004 and 70008 when the name is taken, 80022 when the account's storage is over its limit already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sideload {
    /// What to fetch.
    #[serde(rename = "targetURL")]
    pub target_url: WebUrl,
    /// The file to make of it; folders that are missing are created.
    #[serde(rename = "destFilePath")]
    pub dest_file_path: Path,
    /// What the service fetches when it is done, or has failed. It adds `NVX.returnCode` and `NVX.errorMessage` to the
    /// query.
    #[serde(rename = "callbackURL", default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<CallbackUrl>,
}

impl Operation for Sideload {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "Sideload", Verb::Post).session();
    const FAULTS: &'static [Code] =
        faults![COMMON; AlreadyExists, FolderAlreadyExists, AccessDenied, StorageLimitExceeded, LimitAlreadyExceeded];
}
