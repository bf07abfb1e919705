//! Tests of the engine as a whole, on both stores.

mod accounts;
mod crash;
mod differential;
mod namespace;
mod snapshots;
mod support;
mod transfer;
