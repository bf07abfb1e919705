//! What is kept about an account.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{Notes, UserName};
use crate::{Code, Nvx};

/// Keeps a document with an account, the session's own or a child's, in place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetAccountNotes {
    /// The account's name.
    pub username: UserName,
    /// The document.
    #[serde(rename = "xmlNotes")]
    pub xml_notes: Notes,
}

impl Operation for SetAccountNotes {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetAccountNotes", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// Tells the document that is kept with an account: the session's own, or a child's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GetAccountNotes {
    /// The account's name.
    pub username: UserName,
}

impl Operation for GetAccountNotes {
    type Api = Nvx;
    type Answer = AccountNotes;
    const META: Meta = Meta::unary(NAMESPACE, "GetAccountNotes", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// The answer to [`GetAccountNotes`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountNotes {
    /// The document as a text, in XML too; empty when there is none.
    #[serde(rename = "xmlNotes")]
    pub xml_notes: String,
}
