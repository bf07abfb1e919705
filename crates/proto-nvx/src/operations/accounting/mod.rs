//! The Accounting namespace: child accounts, their limits, usage, contacts and notes.
//!
//! All of them need a session. An account may ask about itself and change its own contact, a master may do everything to the children of its
//! applications. Operations that only a master may call answer 65005 to everybody else; otherwise 80003 answers whoever
//! asks for an account that is neither its own nor its child, and 65104 a master who names a child that does not exist.

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
