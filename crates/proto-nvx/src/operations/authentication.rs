//! The Authentication namespace: sessions and passwords.

use core::net::IpAddr;

use larder_core::{Fault as _, FaultClass, Meta, Operation, Recovered, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::Done;
use crate::fault::faults;
use crate::values::{Password, Token, UserName, trimmed};
use crate::{Code, Fault, Nvx};

const NAMESPACE: &str = "Authentication";

/// Opens a session, which is bound to the caller's IP address and ends after 20 minutes without use.
///
/// A wrong password, an unknown user and a locked account get one and the same fault, 80001; an unknown application key
/// gets 65004. Five failures lock an account for 15 minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Login {
    /// The key of the application that the user belongs to.
    #[serde(rename = "appKey")]
    pub app_key: Token,
    /// The account's name.
    #[serde(rename = "userName")]
    pub user_name: UserName,
    /// The account's password.
    pub password: Password,
}

impl Operation for Login {
    type Api = Nvx;
    type Answer = LoggedIn;
    // A second login opens a second session; the first one ends by itself.
    const META: Meta = Meta::unary(NAMESPACE, "Login", Verb::Post).safe().confides();
    const FAULTS: &'static [Code] = faults![PARAMETERS; InvalidAppKey, LoginFailed];
}

/// The answer to [`Login`] and [`LoginProxy`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoggedIn {
    /// The session's token.
    #[serde(rename = "SessionToken", deserialize_with = "trimmed::required")]
    pub session_token: Secret,
}

/// Opens a session on behalf of a consumer: it is bound to the consumer's IP address instead of the caller's. Life
/// and faults as for [`Login`], and 80018 for an address that is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LoginProxy {
    /// The key of the application that the user belongs to.
    #[serde(rename = "appKey")]
    pub app_key: Token,
    /// The account's name.
    #[serde(rename = "userName")]
    pub user_name: UserName,
    /// The account's password.
    pub password: Password,
    /// The only address that may use the session.
    #[serde(rename = "consumerIP")]
    pub consumer_ip: IpAddr,
}

impl Operation for LoginProxy {
    type Api = Nvx;
    type Answer = LoggedIn;
    // As for Login: a second session ends by itself.
    const META: Meta = Meta::unary(NAMESPACE, "LoginProxy", Verb::Post).safe().confides();
    const FAULTS: &'static [Code] = faults![PARAMETERS; InvalidAppKey, LoginFailed, InvalidIpAddress];
}

/// Ends the session that the call is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Logout {}

impl Operation for Logout {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "Logout", Verb::Post).session().ends_session().telling();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION];

    fn recover(&self, fault: &Fault) -> Option<(Done, Recovered)> {
        (fault.class() == FaultClass::Session).then_some((Done {}, Recovered { caveat: "" }))
    }
}

/// Changes an account's own password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePassword {
    /// The key of the application that the user belongs to.
    #[serde(rename = "appKey")]
    pub app_key: Token,
    /// The account's name.
    #[serde(rename = "userName")]
    pub user_name: UserName,
    /// The password so far.
    #[serde(rename = "oldPassword")]
    pub old_password: Password,
    /// The password from now on.
    #[serde(rename = "newPassword")]
    pub new_password: Password,
}

impl Operation for ChangePassword {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "ChangePassword", Verb::Post);
    const FAULTS: &'static [Code] = faults![PARAMETERS; InvalidAppKey, LoginFailed];
}

/// Gives a child account another password. The caller proves with the master's own password that it may.
///
/// Faults: 80001 when that is wrong, 65005 when the account that it belongs to is no master, 65104 when there is no such
/// child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SetChildAccountPassword {
    /// The key of the application that the child belongs to.
    #[serde(rename = "appKey")]
    pub app_key: Token,
    /// The master account's name.
    #[serde(rename = "userName")]
    pub user_name: UserName,
    /// The master account's password.
    pub password: Password,
    /// The child's name.
    #[serde(rename = "childAccountUsername")]
    pub child_account_username: UserName,
    /// The child's password from now on.
    #[serde(rename = "childAccountPassword")]
    pub child_account_password: Password,
}

impl Operation for SetChildAccountPassword {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetChildAccountPassword", Verb::Post).safe();
    const FAULTS: &'static [Code] =
        faults![PARAMETERS; InvalidAppKey, InvalidAccountType, UserNameNotFound, LoginFailed, AccessDenied];
}
