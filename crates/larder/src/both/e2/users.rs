//! Users.

macro_rules! users {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod users {
            use super::{
                Client, CreateUser, DisableUser, EnableUser, GetStorageUsage, ListUsers, RemoveUser, Report, Result, StorageUsage,
                UserCreated, UserDisabled, UserEnabled, UserRemoved, Users, value,
            };

            impl Client {
                /// All users of the reseller.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn list_users(&self) -> Result<Users> {
                    self.call(ListUsers {})$($await)*
                }

                /// Creates a user that is linked to the reseller. A success that was recovered has a caveat: a user of that
                /// address is there, but nobody can tell whether with this password.
                ///
                /// # Errors
                /// [`ErrorCode::UserSignedUp`](super::ErrorCode::UserSignedUp) and
                /// [`ErrorCode::EmailAlreadyInUse`](super::ErrorCode::EmailAlreadyInUse).
                pub $($async)* fn create_user(&self, user: CreateUser) -> Result<Report<UserCreated>> {
                    self.report(user)$($await)*
                }

                /// Disables a user, who can then no longer log in or reach any data. Nothing is lost.
                ///
                /// # Errors
                /// [`ErrorCode::UserAccountAlreadyDisabled`](super::ErrorCode::UserAccountAlreadyDisabled) and
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent).
                pub $($async)* fn disable_user(&self, email: &str) -> Result<Report<UserDisabled>> {
                    self.report(DisableUser { email: value("email", email)? })$($await)*
                }

                /// Enables a user again.
                ///
                /// # Errors
                /// [`ErrorCode::UserAccountAlreadyEnabled`](super::ErrorCode::UserAccountAlreadyEnabled) and
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent).
                pub $($async)* fn enable_user(&self, email: &str) -> Result<Report<UserEnabled>> {
                    self.report(EnableUser { email: value("email", email)? })$($await)*
                }

                /// Removes a disabled user, and all that the user stored, for good.
                ///
                /// # Errors
                /// [`ErrorCode::UserAccountNotDisabled`](super::ErrorCode::UserAccountNotDisabled) and
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent).
                pub $($async)* fn remove_user(&self, email: &str) -> Result<Report<UserRemoved>> {
                    self.report(RemoveUser { email: value("email", email)? })$($await)*
                }

                /// What a user stored and moved, day by day.
                ///
                /// # Errors
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent).
                pub $($async)* fn storage_usage(&self, usage: GetStorageUsage) -> Result<StorageUsage> {
                    self.call(usage)$($await)*
                }
            }
        }
    };
}
pub(crate) use users;
