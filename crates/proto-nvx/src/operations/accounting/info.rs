//! Contacts of accounts that exist.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::{Contact, ContactType, EmailFormat, NAMESPACE, SESSION_TOKEN};
use crate::fault::faults;
use crate::operations::Done;
use crate::values::{Country, Said, UserName};
use crate::{Code, Nvx};

/// Tells a contact of an account: the session's own, or a child's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct GetAccountInfo {
    /// The account's name.
    pub username: UserName,
    /// Which contact; the technical one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_type: Option<ContactType>,
}

impl Operation for GetAccountInfo {
    type Api = Nvx;
    type Answer = AccountInfo;
    const META: Meta = Meta::unary(NAMESPACE, "GetAccountInfo", Verb::Post).session_as(SESSION_TOKEN).safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// The answer to [`GetAccountInfo`]. Every element is always sent; what is not set is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct AccountInfo {
    /// The account's name.
    #[serde(alias = "Username")]
    pub user_name: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The letter between the two.
    pub middle_initial: String,
    /// Where to call.
    pub phone_number: String,
    /// Where to write to.
    pub email_address: String,
    /// How to write.
    pub email_format: Said<EmailFormat>,
    /// First line of the street.
    #[serde(alias = "Address1")]
    pub address_line1: String,
    /// Second line of the street.
    #[serde(alias = "Address2")]
    pub address_line2: String,
    /// City.
    pub city: String,
    /// State.
    pub state: String,
    /// Country.
    #[serde(rename = "CountryID")]
    pub country: Said<Country>,
    /// Postal code.
    pub postal_code: String,
}

/// Changes a contact of an account: the session's own, or a child's. What is absent stays as it was.
///
/// Fault 65101 when a field is too long or the e-mail address is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct SetAccountInfo {
    /// The account's name.
    pub username: UserName,
    /// What to change. The state has 2 characters at most here.
    #[serde(rename = "$inline")]
    #[cfg_attr(feature = "schema", schemars(flatten))]
    pub contact: Contact<2>,
    /// Which contact; the technical one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_type: Option<ContactType>,
}

impl Operation for SetAccountInfo {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetAccountInfo", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION, CONTACTS; UserNameNotFound, AccessDenied];
}
