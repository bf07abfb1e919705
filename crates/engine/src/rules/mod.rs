//! What the operations mean: pure functions over lookups and puts, the same for every store.
//!
//! A function that refuses leaves the taking back to its transaction, so that all of an operation is done or nothing.

pub mod accounts;
pub mod files;
pub mod folders;
pub mod housekeeping;
pub mod links;
pub mod listing;
pub mod moves;
pub mod places;
pub mod resellers;
pub mod uploads;

use crate::refusal::Refusal;

/// What a rule returns.
pub type Ruled<T> = Result<T, Refusal>;
