//! Both drivers, under the suite that strangers run against theirs.

#![expect(clippy::unwrap_used, reason = "tests")]
#![expect(clippy::wildcard_enum_match_arm, reason = "one mistake of forty, or none")]

mod blocking;
mod caught;
mod driver;
mod guide;
mod line;
mod log;
mod mistake;
#[cfg(feature = "hyper")]
mod tokio;
