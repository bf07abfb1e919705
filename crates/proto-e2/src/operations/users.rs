//! User operations.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Deserializer, Serialize};

use crate::values::{ByteCount, Email, EncodedPassword, PersonName, Quota};
use crate::{Documented, E2};

/// `GET users`: all users of the reseller.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListUsers {}

impl Operation for ListUsers {
    type Api = E2;
    type Answer = Users;
    const META: Meta = Meta::unary("User Operations", "users", Verb::Get).session().safe();
    const FAULTS: &'static [Documented] = &[];
}

/// The reseller's users.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Users {
    /// The reseller's own identifier; empty when the service sent a bare list.
    pub id: String,
    /// The users.
    pub users: Vec<User>,
}

/// The document says "array of users" in words and `{id, users}` in its structure: both are read.
impl<'de> Deserialize<'de> for Users {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            List(Vec<User>),
            Structure {
                #[serde(default)]
                id: String,
                users: Vec<User>,
            },
        }
        Ok(match Either::deserialize(deserializer)? {
            Either::List(users) => Self { id: String::new(), users },
            Either::Structure { id, users } => Self { id, users },
        })
    }
}

/// One user, as the service describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The e-mail address that names the user.
    pub email: String,
    /// First name.
    #[serde(default)]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default)]
    pub last_name: Option<String>,
    /// When the account was created; RFC 3339 where we write it.
    #[serde(default)]
    pub account_creation_timestamp: Option<String>,
    /// Where an invited user can sign up; none unless an invitation is open.
    #[serde(default)]
    pub invite_url: Option<String>,
    /// Whether the user has signed up. A user that was created counts as signed up.
    #[serde(default)]
    pub is_signed_up: bool,
    /// Whether the user is enabled.
    #[serde(default)]
    pub is_active: bool,
    /// Bytes stored.
    #[serde(default)]
    pub storage_used: ByteCount,
    /// How much the user may store.
    pub storage_quota: Quota,
}

/// `PUT create_user`: creates a user that is linked to the reseller.
///
/// Not safe to repeat: a second time the service says `user_signed_up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    const META: Meta = Meta::unary("User Operations", "create_user", Verb::Put).session();
    const FAULTS: &'static [Documented] = &[Self::SIGNED_UP, Self::IN_USE];
}

impl CreateUser {
    /// The user exists and is linked to this reseller.
    pub const SIGNED_UP: Documented = Documented::refused("user_signed_up", "User already signed up");
    /// The address belongs to an account that is not this reseller's.
    pub const IN_USE: Documented = Documented::refused("email_already_in_use", "Email already in use");
}

/// The answer to [`CreateUser`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreated {
    /// Always true.
    pub user_created: bool,
}
