//! Where to upload to.

use larder_core::{Meta, Operation, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::{Code, Nvx};

/// Asks for a host to upload to, and for a token that allows it for 72 hours.
///
/// Faults: 80018 for an address that is none, 50103 for a negative size.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetStorageNode {
    /// How much will be uploaded, in bytes. Advisory.
    #[serde(rename = "sizeBytes")]
    pub size_bytes: u64,
    /// The only address that may use the token; any when absent.
    #[serde(rename = "restrictedIP", default, skip_serializing_if = "Option::is_none")]
    pub restricted_ip: Option<core::net::IpAddr>,
}

impl Operation for GetStorageNode {
    type Api = Nvx;
    type Answer = StorageNode;
    // A token that is not used expires.
    const META: Meta = Meta::unary(NAMESPACE, "GetStorageNode", Verb::Post).session().safe().confides();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, InvalidIpAddress];
}

/// The answer to [`GetStorageNode`] and to [`GetStorageNodeExtended`](super::GetStorageNodeExtended). The document's schema
/// is flat and its sample nested: both are read, the nested form is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(try_from = "Nested"))]
#[serde(try_from = "Either", into = "Nested")]
pub struct StorageNode {
    /// The host to upload to, with its port unless that is the scheme's own. By SOAP it is `Host`, and the document's .NET calls
    /// take it for a host alone.
    pub upload_host: String,
    /// The token that allows it.
    pub upload_token: Secret,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Nested {
    /// Where to upload to.
    #[serde(rename = "GetStorageNode")]
    node: Node,
}

/// Where to upload to.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "StorageNode"))]
#[serde(rename_all = "PascalCase")]
struct Node {
    /// The host (and port).
    upload_host: String,
    /// The token that allows it.
    upload_token: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Either {
    #[serde(rename = "GetStorageNode", default)]
    node: Option<Node>,
    #[serde(default)]
    upload_host: Option<String>,
    #[serde(default)]
    upload_token: Option<Secret>,
}

impl TryFrom<Either> for StorageNode {
    type Error = larder_core::Rule;

    fn try_from(either: Either) -> Result<Self, Self::Error> {
        let node = match (either.node, either.upload_host, either.upload_token) {
            (Some(node), _, _) => node,
            (None, Some(upload_host), Some(upload_token)) => Node { upload_host, upload_token },
            (None, _, _) => return Err(larder_core::Rule::Missing),
        };
        // The document prints blanks around tokens.
        Ok(Self { upload_host: node.upload_host.trim().to_owned(), upload_token: node.upload_token.expose().trim().into() })
    }
}

impl From<StorageNode> for Nested {
    fn from(node: StorageNode) -> Self {
        Self { node: Node { upload_host: node.upload_host, upload_token: node.upload_token } }
    }
}
