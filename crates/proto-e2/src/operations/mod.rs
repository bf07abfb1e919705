//! The operations, by the document's chapters, and their catalog.
//!
//! * User Operations: `users`, `usage`
//! * Storage Operations: `regions`, `access_keys`
//! * Whitelabeling Operations: `cnames`

mod access_keys;
mod certificate;
mod cnames;
mod either;
mod refusals;
mod regions;
mod usage;
mod users;

pub use access_keys::{AccessKey, AccessKeyCreated, AccessKeyRemoved, AccessKeys, KeyPair};
pub use access_keys::{CreateAccessKey, ListAccessKeys, RemoveAccessKey};
pub use certificate::{Certificate, CertificateInfo};
pub use cnames::{AddCname, ListCnames, RemoveCname, UpdateCname};
pub use cnames::{CnameAdded, CnameRecord, CnameRemoved, CnameUpdated, Cnames};
pub use regions::{EnableUserRegion, ListRegions, ListUserRegions, RemoveUserRegion};
pub use regions::{Region, RegionEnabled, RegionRemoved, Regions, UserRegion, UserRegions};
pub use usage::{GetStorageUsage, StorageUsage, UsageDay};
pub use users::{CreateUser, DisableUser, EnableUser, ListUsers, RemoveUser};
pub use users::{User, UserCreated, UserDisabled, UserEnabled, UserRemoved, Users};

larder_core::catalog! {
    api crate::E2;
    schemas if feature = "schema";
    unary {
        ListUsers = ListUsers => list_users;
        CreateUser = CreateUser => create_user;
        DisableUser = DisableUser => disable_user;
        EnableUser = EnableUser => enable_user;
        RemoveUser = RemoveUser => remove_user;
        GetStorageUsage = GetStorageUsage => get_storage_usage;
        ListRegions = ListRegions => list_regions;
        EnableUserRegion = EnableUserRegion => enable_user_region;
        ListUserRegions = ListUserRegions => list_user_regions;
        RemoveUserRegion = RemoveUserRegion => remove_user_region;
        CreateAccessKey = CreateAccessKey => create_access_key;
        ListAccessKeys = ListAccessKeys => list_access_keys;
        RemoveAccessKey = RemoveAccessKey => remove_access_key;
        AddCname = AddCname => add_cname;
        ListCnames = ListCnames => list_cnames;
        UpdateCname = UpdateCname => update_cname;
        RemoveCname = RemoveCname => remove_cname;
    }
    upload {}
    download {}
}
