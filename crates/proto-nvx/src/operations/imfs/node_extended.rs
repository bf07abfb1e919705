//! Where to upload to, with terms.

use core::net::IpAddr;

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, StorageNode};
use crate::fault::faults;
use crate::values::{FolderPath, Seconds};
use crate::{Code, Nvx};

/// Asks for a host to upload to, and for a token that allows uploads into one folder, on the caller's terms.
///
/// Faults: 80018 for an address that is none, 50103 for a negative size or an expiration of 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GetStorageNodeExtended {
    /// How much will be uploaded, in bytes. Advisory.
    pub size_bytes: u64,
    /// The address that will upload; the caller's when absent.
    #[serde(rename = "consumerIP", default, skip_serializing_if = "Option::is_none")]
    pub consumer_ip: Option<IpAddr>,
    /// Whether the token works for that address only; yes when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_restricted: Option<bool>,
    /// The only folder that the token allows uploads into.
    pub dest_folder_path: FolderPath,
    /// Whether an upload replaces a file of its name; no when absent, and then a name that is taken is an error of the upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_overwrite: Option<bool>,
    /// How long the first byte may be in coming, in seconds; ten minutes when absent. Uploads by SOAP are not held to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_byte_expiration: Option<Seconds>,
    /// How long the last byte may be in coming, in seconds; three days when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_byte_expiration: Option<Seconds>,
}

impl GetStorageNodeExtended {
    /// Unless said otherwise, a token works for one address only.
    pub const IP_RESTRICTED: bool = true;
    /// Unless said otherwise, nothing is replaced.
    pub const FILE_OVERWRITE: bool = false;
    /// Unless said otherwise, the first byte comes within ten minutes.
    pub const FIRST_BYTE_EXPIRATION: Seconds = Seconds::TEN_MINUTES;
    /// Unless said otherwise, the last byte comes within three days.
    pub const LAST_BYTE_EXPIRATION: Seconds = Seconds::THREE_DAYS;

    /// The documented terms.
    #[must_use]
    pub fn new(size_bytes: u64, dest_folder_path: FolderPath) -> Self {
        Self {
            size_bytes,
            consumer_ip: None,
            ip_restricted: None,
            dest_folder_path,
            file_overwrite: None,
            first_byte_expiration: None,
            last_byte_expiration: None,
        }
    }
}

impl Operation for GetStorageNodeExtended {
    type Api = Nvx;
    type Answer = StorageNode;
    // A token that is not used expires.
    const META: Meta = Meta::unary(NAMESPACE, "GetStorageNodeExtended", Verb::Post).session().safe().confides();
    const FAULTS: &'static [Code] = faults![COMMON; ParameterOutOfAcceptedRange, AccessDenied, InvalidIpAddress];
}
