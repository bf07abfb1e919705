//! Who a client is to Nirvanix.

use larder_core::{Reject, Secret};
use larder_proto_nvx::authentication::Login;
use larder_proto_nvx::values::{Password, Token, UserName};

/// Who logs in. `Debug` shows the name only.
#[derive(Debug, Clone)]
pub struct Credentials {
    app_key: Secret,
    user_name: String,
    password: Secret,
}

impl Credentials {
    /// The key of an application, and the name and the password of one of its accounts.
    pub fn new(app_key: impl Into<Secret>, user_name: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { app_key: app_key.into(), user_name: user_name.into(), password: password.into() }
    }

    /// What logs in.
    pub(crate) fn login(self) -> core::result::Result<Login, Reject> {
        let Self { app_key, user_name, password } = self;
        let app_key = Token::try_from(app_key).map_err(|rule| Reject::new("appKey", rule))?;
        let user_name = UserName::try_from(user_name).map_err(|rule| Reject::new("userName", rule))?;
        let password = Password::try_from(password).map_err(|rule| Reject::new("password", rule))?;
        Ok(Login { app_key, user_name, password })
    }
}
