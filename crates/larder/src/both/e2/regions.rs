//! Regions, and the storage that users have in them.

macro_rules! regions {
    ([$($async:tt)*] [$($await:tt)*]) => {
        mod regions {
            use larder_proto_e2::flow::EnableRegion;

            use super::{
                Client, EnableUserRegion, ListRegions, ListUserRegions, RegionEnabled, RegionRemoved, Regions, RemoveUserRegion, Report,
                Result, UserRegions, value,
            };

            impl Client {
                /// All regions of the service.
                ///
                /// # Errors
                /// See [`ErrorKind`](larder_core::ErrorKind).
                pub $($async)* fn list_regions(&self) -> Result<Regions> {
                    self.call(ListRegions {})$($await)*
                }

                /// Gives a user storage in a region. The answer names the storage's domain, also when the reply was lost: it is
                /// then looked up.
                ///
                /// # Errors
                /// [`ErrorCode::RegionAlreadyEnabled`](super::ErrorCode::RegionAlreadyEnabled),
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent),
                /// [`ErrorCode::UserDisabled`](super::ErrorCode::UserDisabled) and
                /// [`ErrorCode::PaymentFailed`](super::ErrorCode::PaymentFailed).
                pub $($async)* fn enable_user_region(&self, region: EnableUserRegion) -> Result<Report<RegionEnabled>> {
                    self.drive(EnableRegion::new(region, self.settings().clone()))$($await)*
                }

                /// The regions in which a user has storage.
                ///
                /// # Errors
                /// [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent) and
                /// [`ErrorCode::UserDisabled`](super::ErrorCode::UserDisabled).
                pub $($async)* fn list_user_regions(&self, email: &str) -> Result<UserRegions> {
                    self.call(ListUserRegions { email: value("email", email)? })$($await)*
                }

                /// Takes a user's storage in a region away, with all that is in it, for good.
                ///
                /// # Errors
                /// [`ErrorCode::StorageNotEmpty`](super::ErrorCode::StorageNotEmpty) unless the user is disabled or has no bucket
                /// there; [`ErrorCode::AccountNonExistent`](super::ErrorCode::AccountNonExistent) and
                /// [`ErrorCode::StorageNonExistent`](super::ErrorCode::StorageNonExistent).
                pub $($async)* fn remove_user_region(&self, email: &str, storage_dn: &str) -> Result<Report<RegionRemoved>> {
                    let (email, storage_dn) = (value("email", email)?, value("storage_dn", storage_dn)?);
                    self.report(RemoveUserRegion { email, storage_dn })$($await)*
                }
            }
        }
    };
}
pub(crate) use regions;
