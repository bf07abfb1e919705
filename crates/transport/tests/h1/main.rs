//! The sans-IO HTTP/1.1 of the client without hyper, by itself and beside hyper.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod answers;
#[cfg(feature = "hyper")]
mod beside;
mod drive;
mod malformed;
mod requests;
mod wire;
