//! The Accounting namespace: child accounts.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::fault::faults;
use crate::values::{PageNumber, PageSize, Password, Text, UserName, list};
use crate::{Code, Nvx};

const NAMESPACE: &str = "Accounting";

/// Creates a child account under the application of the session, which must be the master's.
///
/// Faults: 65006 when the name is taken, 65005 when the caller is no master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CreateChildAccount {
    /// The account's name, unique under its application.
    pub username: UserName,
    /// Its password.
    pub password: Password,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Text<30>>,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Text<30>>,
    /// Whom to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_initial: Option<Text<1>>,
    /// Whom to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Text<50>>,
    /// Where to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_address: Option<Text<1000>>,
    /// How to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_format: Option<EmailFormat>,
    /// Where they live.
    #[serde(default, alias = "AddressLine1", skip_serializing_if = "Option::is_none")]
    pub address1: Option<Text<200>>,
    /// Where they live.
    #[serde(default, alias = "AddressLine2", skip_serializing_if = "Option::is_none")]
    pub address2: Option<Text<200>>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Text<200>>,
    /// Where they live: 3 characters here, 2 where it is changed later, each as printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Text<3>>,
    /// The country's number in the document's list.
    #[serde(default, rename = "CountryID", skip_serializing_if = "Option::is_none")]
    pub country_id: Option<u32>,
    /// Where they live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Text<50>>,
}

impl CreateChildAccount {
    /// A child account without contact data.
    #[must_use]
    pub fn new(username: UserName, password: Password) -> Self {
        Self {
            username,
            password,
            first_name: None,
            last_name: None,
            middle_initial: None,
            phone_number: None,
            email_address: None,
            email_format: None,
            address1: None,
            address2: None,
            city: None,
            state: None,
            country_id: None,
            postal_code: None,
        }
    }
}

impl Operation for CreateChildAccount {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "CreateChildAccount", Verb::Post).session();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION, CONTACTS];
}

/// How e-mails are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmailFormat {
    /// As HTML.
    #[serde(alias = "HTML", alias = "Html")]
    Html,
    /// As plain text.
    #[serde(alias = "TEXT", alias = "Text")]
    Text,
}

/// Lists the names of the child accounts under the application of the session, which must be the master's. A page past
/// the end is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; InvalidAccountType, PageSizeExceedsLimit, AccessDenied];
}

/// The answer to [`ListChildAccounts`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ChildAccounts {
    /// The names.
    #[serde(rename = "Account", default, with = "list")]
    pub accounts: Vec<String>,
}
