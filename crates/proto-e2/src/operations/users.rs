//! User operations.

use larder_core::{Meta, Operation, Recovered, Verb};
use serde::{Deserialize, Serialize};

use super::either::Either;
use super::refusals::refusals;
use crate::fault::NAME_GONE;
use crate::values::{ByteCount, Email, EncodedPassword, PersonName, Quota, Said};
use crate::{Documented, E2, ErrorCode, Fault, lenient};

const CHAPTER: &str = "User Operations";

/// `GET users`: all users of the reseller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListUsers {}

impl Operation for ListUsers {
    type Api = E2;
    type Answer = Users;
    const META: Meta = Meta::unary(CHAPTER, "users", Verb::Get).session().safe();
    const FAULTS: &'static [Documented] = &[];
}

/// The reseller's users. "Array of users" in words, `{id, users}` in the structure: both are read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!from))]
#[serde(from = "Either<User, Structure>")]
pub struct Users {
    /// The reseller's own identifier; empty when the service sent a bare list.
    pub id: String,
    /// The users.
    pub users: Vec<User>,
}

#[derive(Deserialize)]
struct Structure {
    #[serde(default, deserialize_with = "lenient::or_default")]
    id: String,
    #[serde(deserialize_with = "lenient::list")]
    users: Vec<User>,
}

impl From<Either<User, Structure>> for Users {
    fn from(either: Either<User, Structure>) -> Self {
        match either {
            Either::List(users) => Self { id: String::new(), users },
            Either::Structure(Structure { id, users }) => Self { id, users },
        }
    }
}

/// One user, as the service describes it. What it does not say is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct User {
    /// The e-mail address that names the user.
    #[serde(deserialize_with = "lenient::needed")]
    pub email: String,
    /// First name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub last_name: Option<String>,
    /// When the account was created; RFC 3339 where we write it.
    #[serde(default, deserialize_with = "lenient::text")]
    pub account_creation_timestamp: Option<String>,
    /// Where an invited user can sign up; none unless an invitation is open.
    #[serde(default, deserialize_with = "lenient::text")]
    pub invite_url: Option<String>,
    /// Whether the user has signed up. A user that was created counts as signed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_signed_up: Option<bool>,
    /// Whether the user is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Bytes stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_used: Option<ByteCount>,
    /// How much the user may store.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub storage_quota: Option<Said<Quota>>,
}

/// `PUT create_user`: creates a user that is linked to the reseller.
///
/// A second time the service says `user_signed_up`. After a lost reply that is taken for success, with a caveat: the user
/// may be another one of this address, with another password. `email_already_in_use` never is: that user is a stranger's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateUser {
    /// The e-mail address that names the user.
    pub email: Email,
    /// The password.
    pub password: EncodedPassword,
    /// First name.
    pub first_name: PersonName,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<PersonName>,
    /// How much the user may store.
    pub quota: Quota,
    /// Whether the user is told by e-mail; the service does when this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_notification: Option<bool>,
}

impl Operation for CreateUser {
    type Api = E2;
    type Answer = UserCreated;
    const META: Meta = Meta::unary(CHAPTER, "create_user", Verb::Put).session().telling();
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(UserCreated, Recovered)> {
        let caveat =
            "a user of this address is there; whether it is the one of this request, with this password, could not be verified";
        fault.tells(&ErrorCode::UserSignedUp, UserCreated { user_created: true }, caveat)
    }
}

refusals! {
    CreateUser {
        SIGNED_UP = 403 invalid_request_error user_signed_up "User already signed up";
        IN_USE = 403 invalid_request_error email_already_in_use "Email already in use";
    }
}

/// The answer to [`CreateUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserCreated {
    /// Always true.
    pub user_created: bool,
}

/// `POST disable_user`: the user can no longer log in or reach any data. Nothing is lost.
///
/// A second time the service says `user_account_already_disabled`: after a lost reply that is success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DisableUser {
    /// The user, who has signed up and is enabled.
    pub email: Email,
}

impl Operation for DisableUser {
    type Api = E2;
    type Answer = UserDisabled;
    const META: Meta = Meta::unary(CHAPTER, "disable_user", Verb::Post).session().telling();
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(UserDisabled, Recovered)> {
        fault.tells(&ErrorCode::UserAccountAlreadyDisabled, UserDisabled { user_disabled: true }, "")
    }
}

refusals! {
    DisableUser {
        ALREADY_DISABLED = 403 invalid_request_error user_account_already_disabled "Account already disabled for the user";
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
    }
}

/// The answer to [`DisableUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserDisabled {
    /// Always true.
    pub user_disabled: bool,
}

/// `POST enable_user`: undoes [`DisableUser`].
///
/// A second time the service says `user_account_already_enabled`: after a lost reply that is success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnableUser {
    /// The user, who is disabled.
    pub email: Email,
}

impl Operation for EnableUser {
    type Api = E2;
    type Answer = UserEnabled;
    const META: Meta = Meta::unary(CHAPTER, "enable_user", Verb::Post).session().telling();
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(UserEnabled, Recovered)> {
        fault.tells(&ErrorCode::UserAccountAlreadyEnabled, UserEnabled { user_enabled: true }, "")
    }
}

refusals! {
    EnableUser {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        ALREADY_ENABLED = 403 invalid_request_error user_account_already_enabled "Account already enabled for the user";
    }
}

/// The answer to [`EnableUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserEnabled {
    /// Always true.
    pub user_enabled: bool,
}

/// `POST remove_user`: the user and everything stored by them are gone for good. Only a disabled user can be removed.
///
/// A second time the service says `account_non_existant`: after a lost reply that is taken for success, with a caveat. A new
/// user of that address, made in between, is enabled and thus safe; one that was disabled in between, too, is removed by the
/// second attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RemoveUser {
    /// The user, who is disabled.
    pub email: Email,
}

impl Operation for RemoveUser {
    type Api = E2;
    type Answer = UserRemoved;
    const META: Meta =
        Meta::unary(CHAPTER, "remove_user", Verb::Post).session().telling().destroys("the user and all that they stored");
    const FAULTS: &'static [Documented] = Self::REFUSALS;

    fn recover(&self, fault: &Fault) -> Option<(UserRemoved, Recovered)> {
        fault.tells(&ErrorCode::AccountNonExistent, UserRemoved { user_removed: true }, NAME_GONE)
    }
}

refusals! {
    RemoveUser {
        NO_ACCOUNT = 403 invalid_request_error account_non_existant "Account with this email does not exist";
        NOT_DISABLED = 403 invalid_request_error user_account_not_disabled "User account not disabled";
    }
}

/// The answer to [`RemoveUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserRemoved {
    /// Always true.
    pub user_removed: bool,
}
