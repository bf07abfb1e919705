//! Whom to write to about an account.

use serde::{Deserialize, Serialize};

use crate::values::{Country, EmailAddress, Text, named_values};

/// The contact of an account, as it is given. The state has at most `STATE` characters.
///
/// The two lines of the street are read as `AddressLine1` and `AddressLine2` too, which is what the service calls them when
/// it answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct Contact<const STATE: usize> {
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<Text<30>>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<Text<30>>,
    /// The letter between the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_initial: Option<Text<1>>,
    /// Where to call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<Text<50>>,
    /// Where to write to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_address: Option<EmailAddress>,
    /// How to write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_format: Option<EmailFormat>,
    /// First line of the street.
    #[serde(default, alias = "AddressLine1", skip_serializing_if = "Option::is_none")]
    pub address1: Option<Text<200>>,
    /// Second line of the street.
    #[serde(default, alias = "AddressLine2", skip_serializing_if = "Option::is_none")]
    pub address2: Option<Text<200>>,
    /// City.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<Text<200>>,
    /// State, as abbreviated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Text<STATE>>,
    /// Country.
    #[serde(default, rename = "CountryID", skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Text<50>>,
}

named_values! {
    /// How e-mails are written.
    pub enum EmailFormat {
        /// As HTML.
        Html = "HTML",
        /// As plain text.
        Text = "TEXT",
    }
}

named_values! {
    /// Which of an account's two contacts.
    #[derive(Default)]
    pub enum ContactType {
        /// Whoever runs it.
        #[default]
        Technical = "TechnicalContact",
        /// Whoever pays for it.
        Billable = "BillableContact",
    }
}
