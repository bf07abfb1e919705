//! The Accounting namespace: child accounts, their limits, usage, contacts and notes.
//!
//! All of them need a session. An account may act on itself, a master on every child of its applications; who names any
//! other account gets 80003, and 65104 when there is none of that name. Creating, deleting, listing and limiting accounts
//! is for masters: everybody else gets 65005.

mod children;
mod contact;
mod info;
mod limits;
mod notes;
mod usage;

pub use children::{ChildAccounts, CreateChildAccount, DeleteChildAccount, ListChildAccounts};
pub use contact::{Contact, ContactType, EmailFormat};
pub use info::{AccountInfo, GetAccountInfo, SetAccountInfo};
pub use limits::{AccountLimits, GetAccountLimits, Limit, LimitType, LimitValue, SetAccountLimits};
pub use notes::{AccountNotes, GetAccountNotes, SetAccountNotes};
pub use usage::{AccountUsage, Feature, FeatureUsage, GetAccountUsage, GetStorageUsage, StorageUsage};

const NAMESPACE: &str = "Accounting";
/// How most tables of this namespace spell the parameter.
const SESSION_TOKEN: &str = "SessionToken";
