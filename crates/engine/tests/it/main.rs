//! Tests of the engine as a whole, on both stores.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers fail as its own code does")]

mod accounts;
mod concurrent;
mod crash;
mod differential;
mod full;
mod handlers;
mod namespace;
mod pieces;
mod resellers;
mod setbacks;
mod snapshots;
mod support;
mod transfer;
mod updates;
