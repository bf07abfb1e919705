//! The whole service over real sockets: what is on the wire is under control to the byte, and the time is the test's own.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod access;
mod copies;
mod downloads;
mod flows;
mod hostile;
mod limits;
mod links;
mod memory;
mod messages;
mod pages;
mod printed;
mod requests;
mod reseller;
mod resumable;
mod schemas;
mod secrets;
mod sessions;
mod slice;
mod storages;
mod support;
mod threads;
mod updates;
mod uploads;
mod wire;
