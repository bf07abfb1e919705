//! Child accounts come and go.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{Contact, NAMESPACE, SESSION_TOKEN};
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{PageNumber, PageSize, Password, UserName, list};
use crate::{Code, Nvx};

/// Creates a child account under the application of the session, which must be the master's.
///
/// Faults: 65006 when the name is taken, 65005 when the caller is no master, 65101 when a field of the contact is too long
/// or its e-mail address is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct CreateChildAccount {
    /// The account's name, unique under its application.
    pub username: UserName,
    /// Its password.
    pub password: Password,
    /// Whom to write to. The state has 3 characters at most here, and 2 where it is changed later, each as printed.
    #[serde(rename = "$inline")]
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub contact: Contact<3>,
}

impl CreateChildAccount {
    /// A child account without contact data.
    #[must_use]
    pub fn new(username: UserName, password: Password) -> Self {
        Self { username, password, contact: Contact::default() }
    }
}

impl Operation for CreateChildAccount {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "CreateChildAccount", Verb::Post).session_as(SESSION_TOKEN);
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION, CONTACTS];
}

/// Deletes a child account with all its files, and the virtual URLs that lead to it. The session must be the master's.
///
/// Nobody can log in to the account from then on. What it used in the month so far still counts for its master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct DeleteChildAccount {
    /// The account's name.
    pub username: UserName,
}

impl Operation for DeleteChildAccount {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "DeleteChildAccount", Verb::Post)
        .session_as(SESSION_TOKEN)
        .destroys("an account and all its files");
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; InvalidAccountType, UserNameNotFound, AccessDenied];
}

/// Lists the names of the child accounts under the application of the session, which must be the master's. A page past
/// the end is empty.
///
/// Faults: 65005 when the caller is no master, 65008 for a page of more than 1,000 names, 50103 for page 0 and for pages of
/// no names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListChildAccounts {
    /// Which page, from 1 on.
    pub page_number: PageNumber,
    /// Names on a page.
    pub page_size: PageSize,
}

impl Operation for ListChildAccounts {
    type Api = Nvx;
    type Answer = ChildAccounts;
    const META: Meta = Meta::unary(NAMESPACE, "ListChildAccounts", Verb::Post).session().safe();
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, InvalidAccountType, PageSizeExceedsLimit, AccessDenied];
}

/// The answer to [`ListChildAccounts`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChildAccounts {
    /// The names.
    #[serde(rename = "Account", default, with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub accounts: Vec<String>,
}
