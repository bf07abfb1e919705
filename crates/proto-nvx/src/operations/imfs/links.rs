//! Where to download from.

use larder_core::{Meta, Operation, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{NonEmpty, Path, Seconds, list, trimmed};
use crate::{Code, Nvx};

/// Asks which hosts serve files best at the moment. Where a file lies may change later, but rarely does.
///
/// Fault 70002 when one does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetDownloadNodes {
    /// The files.
    #[serde(rename = "filePath")]
    pub file_paths: NonEmpty<Path>,
}

impl Operation for GetDownloadNodes {
    type Api = Nvx;
    type Answer = DownloadNodes;
    const META: Meta = Meta::unary(NAMESPACE, "GetDownloadNodes", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![COMMON; FileNotFound, AccessDenied];
}

/// The answer to [`GetDownloadNodes`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DownloadNodes {
    /// One host (and port) for each file, in the order of the request.
    #[serde(rename = "DownloadNode", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub hosts: Vec<String>,
}

/// Makes links with which anybody can download files for some time, without a session.
///
/// Faults: 70005 when a file does not exist or is a folder, 50103 for an expiration of 0, 80018 for an address that is
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetOptimalUrls {
    /// The files. One that stands twice gets two links.
    #[serde(rename = "filePath")]
    pub file_paths: NonEmpty<Path>,
    /// How long the links work.
    pub expiration: Seconds,
    /// The address that will download, to which the hosts shall be near; the caller's when absent.
    #[serde(rename = "consumerIP", default, skip_serializing_if = "Option::is_none")]
    pub consumer_ip: Option<core::net::IpAddr>,
    /// Whether the links work for that address only; no when absent.
    #[serde(rename = "ipRestricted", default, skip_serializing_if = "Option::is_none")]
    pub ip_restricted: Option<bool>,
}

impl GetOptimalUrls {
    /// Links that work from anywhere.
    #[must_use]
    pub fn new(file_paths: NonEmpty<Path>, expiration: Seconds) -> Self {
        Self { file_paths, expiration, consumer_ip: None, ip_restricted: None }
    }
}

impl Operation for GetOptimalUrls {
    type Api = Nvx;
    type Answer = OptimalUrls;
    // A link that is not used expires.
    const META: Meta = Meta::unary(NAMESPACE, "GetOptimalUrls", Verb::Post).session().safe().confides();
    const FAULTS: &'static [Code] = faults![COMMON; ParameterOutOfAcceptedRange, AccessDenied, InvalidIpAddress];
}

/// The answer to [`GetOptimalUrls`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptimalUrls {
    /// One link for each file, in the order of the request.
    #[serde(rename = "Download", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<OptimalUrl>"))]
    pub downloads: Vec<OptimalUrl>,
}

/// A link to a file. Whoever has it can download, so that `Debug` shows neither the token nor the URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct OptimalUrl {
    /// The file, below the account's root.
    pub file_path: String,
    /// The host (and port) that serves it.
    #[serde(deserialize_with = "trimmed::deserialize")]
    pub download_host: String,
    /// The token that allows it.
    #[serde(deserialize_with = "trimmed::deserialize")]
    pub download_token: Secret,
    /// The whole URL, with the host and the token in it.
    #[serde(rename = "DownloadURL", deserialize_with = "trimmed::deserialize")]
    pub download_url: Secret,
}
