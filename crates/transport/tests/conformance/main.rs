//! Both drivers, under the suite that strangers run against theirs.

#![expect(clippy::unwrap_used, reason = "tests")]

mod blocking;
mod caught;
mod driver;
mod line;
mod log;
mod mistake;
#[cfg(feature = "hyper")]
mod tokio;
