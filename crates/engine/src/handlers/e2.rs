//! The reseller API.

use std::sync::Arc;

use larder_proto_e2::{ByteCount, CreateUser, Fault, Handler, ListUsers, Quota, Request, User, UserCreated, Users};

use super::Effort;
use crate::Engine;
use crate::refusal::Refusal;
use crate::rules::resellers::NewResellerUser;
use crate::types::{AccountId, ResellerUser};

/// Users that one read of the store brings.
const BATCH: usize = 1_000;

/// Serves the reseller API.
#[derive(Debug, Clone)]
pub struct Reseller(pub Arc<Engine>);

/// What serving a request takes.
#[must_use]
#[expect(clippy::wildcard_enum_match_arm, reason = "all that is not named is quick")]
pub fn effort(request: &Request) -> Effort {
    match request {
        Request::CreateUser(_) => Effort::Hashes,
        Request::ListUsers(_) => Effort::Reads,
        _ => Effort::Quick,
    }
}

/// The fault that reports a refusal.
#[must_use]
pub fn fault(refusal: &Refusal) -> Fault {
    if *refusal == Refusal::Unauthorized { Fault::unauthorized() } else { Fault::failed() }
}

impl Handler for Reseller {
    /// The reseller whose key came with the request.
    type Caller = AccountId;

    async fn list_users(&self, reseller: &AccountId, _: ListUsers) -> Result<Users, Fault> {
        let mut users = Vec::new();
        let mut after = String::new();
        loop {
            let batch = self.0.list_users(*reseller, &after, BATCH).map_err(|refusal| fault(&refusal))?;
            let Some(last) = batch.last() else { break };
            after.clone_from(&last.email);
            users.extend(batch.into_iter().map(describe));
        }
        Ok(Users { id: reseller.0.to_string(), users })
    }

    /// No e-mail is sent, whatever `email_notification` says: this service has no way to send one.
    async fn create_user(&self, reseller: &AccountId, new: CreateUser) -> Result<UserCreated, Fault> {
        let password = new.password.decode().map_err(|rule| Fault::invalid("password", rule.text()))?;
        let quota = match new.quota {
            Quota::Gigabytes(gigabytes) => Some(gigabytes),
            Quota::Unlimited => None,
        };
        let user = NewResellerUser {
            email: new.email.into(),
            first_name: new.first_name.into(),
            last_name: new.last_name.map(String::from),
            quota,
        };
        match self.0.create_user(*reseller, user, &password) {
            Ok(_) => Ok(UserCreated { user_created: true }),
            Err(Refusal::UserSignedUp) => Err(CreateUser::SIGNED_UP.into()),
            Err(Refusal::EmailInUse) => Err(CreateUser::IN_USE.into()),
            Err(refusal) => Err(fault(&refusal)),
        }
    }
}

/// A user as the API tells it. Users store nothing yet: their storage is a later part of the service.
fn describe(user: ResellerUser) -> User {
    let created = jiff::Timestamp::from_millisecond(user.created.0).ok();
    User {
        email: user.email,
        first_name: Some(user.first_name),
        last_name: user.last_name,
        account_creation_timestamp: created.map(|created| created.to_string()),
        invite_url: None,
        is_signed_up: Some(true),
        is_active: Some(user.enabled),
        storage_used: Some(ByteCount(0)),
        storage_quota: Some(user.quota.map_or(Quota::Unlimited, Quota::Gigabytes).into()),
    }
}
