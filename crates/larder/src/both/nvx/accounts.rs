//! Sessions, passwords and child accounts.

macro_rules! accounts {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod accounts {
            use larder_core::{ErrorKind, Fault as _, FaultClass};
            use larder_proto_nvx::Fault;
            use larder_proto_nvx::accounting::CreateChildAccount;
            use larder_proto_nvx::authentication::{ChangePassword, Login, Logout};

            use super::{Client, Error, Result, place};

            impl Client {
                /// Ends the session, if there is one. The next call logs in again.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn logout(&self) -> Result<()> {
                    match self.call(Logout {})$($await)* {
                        // None was open, or the service had ended it: what was wanted is so.
                        Err(Error::Call(error)) if has_none(&error) => Ok(()),
                        result => result.map(drop),
                    }
                }

                /// Changes the account's own password. The client to go on with is returned; this one and its clones can no
                /// longer log in.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn change_password(&self, new_password: &str) -> Result<Self> {
                    let Login { app_key, user_name, password: old_password } = self.login.clone();
                    let login = Login { password: place::value("newPassword", new_password)?, ..self.login.clone() };
                    let new_password = login.password.clone();
                    self.call(ChangePassword { app_key, user_name, old_password, new_password })$($await)*?;
                    Ok(self.with_login(login))
                }

                /// Creates an account under the same application; the session must be the master's. For one with contact data,
                /// see [`CreateChildAccount`].
                ///
                /// # Errors
                /// 65006 when the name is taken, 65005 when the session is no master's.
                pub $($async)* fn create_child_account(&self, user_name: &str, password: &str) -> Result<()> {
                    let (user_name, password) = (place::value("Username", user_name)?, place::value("Password", password)?);
                    self.call(CreateChildAccount::new(user_name, password))$($await)*.map(drop)
                }
            }

            fn has_none(error: &larder_core::Error<Fault>) -> bool {
                error.kind == ErrorKind::NoSession || error.fault().is_some_and(|fault| fault.class() == FaultClass::Session)
            }
        }
    };
}
pub(crate) use accounts;
