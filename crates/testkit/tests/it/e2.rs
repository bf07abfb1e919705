//! A reseller service of a few lines: one key, and the addresses of its users.

use std::collections::BTreeSet;

use larder_core::{Credential, Session, Settings, Target, Time};
use larder_proto_e2::{
    AccessKeyCreated, Answer, CreateUser, E2, EncodedPassword, Fault, KeyPair, Quota, Request, UserCreated, Users,
};
use larder_testkit::{Pair, Served, Service};

use crate::nvx::parse;

/// The service.
#[derive(Debug, Default)]
pub(crate) struct Resellers {
    /// The addresses of all users.
    pub(crate) users: BTreeSet<String>,
    /// Access keys that were made.
    pub(crate) keys: u32,
}

impl Service<E2> for Resellers {
    type Caller = ();
    type Transfer = ();

    fn identify(&mut self, _: Time, credential: Credential) -> Result<(), Fault> {
        (credential == Credential::Key("key".into())).then_some(()).ok_or_else(Fault::unauthorized)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "whatever else there is, it is not served here")]
    fn serve(&mut self, _: Time, (): &(), request: Request) -> Result<Served<E2, ()>, Fault> {
        match request {
            Request::CreateUser(user) if !self.users.insert(user.email.to_string()) => Err(CreateUser::SIGNED_UP.into()),
            Request::CreateUser(_) => Ok(Served::Answer(Answer::CreateUser(UserCreated { user_created: true }))),
            Request::CreateAccessKey(_) => {
                self.keys += 1;
                let data = KeyPair { access_key: self.keys.to_string(), secret_key: "secret".into() };
                Ok(Served::Answer(Answer::CreateAccessKey(AccessKeyCreated { created: true, data })))
            }
            Request::ListUsers(_) => Ok(Served::Answer(Answer::ListUsers(Users::default()))),
            _ => Err(Fault::failed()),
        }
    }
}

/// A client with this key, and the service.
pub(crate) fn pair(key: &str) -> Pair<E2, Resellers> {
    Pair::new(Session::with_token(key.into()), 7, Resellers::default())
}

/// The defaults.
pub(crate) fn settings() -> Settings<E2> {
    Settings::new(Target::parse("http://e2.test").unwrap_or_else(|reject| panic!("{reject}")))
}

/// Creates a user: a second time, the service says that there is one.
pub(crate) fn create() -> CreateUser {
    CreateUser {
        email: parse("a@example.com"),
        password: EncodedPassword::encode("correct horse").unwrap_or_else(|rule| panic!("{rule}")),
        first_name: parse("A"),
        last_name: None,
        quota: Quota::gigabytes(1),
        email_notification: None,
    }
}
