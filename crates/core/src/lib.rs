//! Sans-IO request and response machines for storage service APIs.

mod reject;
mod secret;

pub use reject::{Reject, Rule};
pub use secret::Secret;
