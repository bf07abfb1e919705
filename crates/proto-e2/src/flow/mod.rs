//! What takes several requests, as small parent machines: each drains one child [`Call`](larder_core::Call) after another
//! and passes on what it wants done. Drive them as any [`ClientMachine`](larder_core::ClientMachine).
//!
//! ```text
//! EnableRegion:   enable_user_region ──recovered──▶ list_user_regions ──▶ its storage_dn
//! CreateKey:      list_access_keys ──▶ create_access_key ──reply lost──▶ list_access_keys ──▶ Lost, with Orphans
//! RemoveOrphans:  list_access_keys ──as expected──▶ remove_access_key, once for each ──▶ Removed
//!                                  └─otherwise────▶ LookAgain
//! ```
//!
//! The clock for the whole call is the flow's: that of the settings, or the default of the operation that gives it its name.
//! All other clocks are each request's own.

mod access_key;
mod orphans;
mod parent;
mod region;

pub use access_key::{CreateKey, KeyOutcome, LostKey};
pub use orphans::{Orphans, OrphansRemoved, RemoveOrphans};
pub use region::EnableRegion;
