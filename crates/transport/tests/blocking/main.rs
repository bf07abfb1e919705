//! The client without a runtime against servers that behave and servers that do not, over real sockets: sockets are the subject.

#![expect(unreachable_pub, reason = "what `catalog!` makes is public, and the rest follows it")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../it/api.rs"]
mod api;
mod cancel;
#[cfg(all(feature = "hyper", feature = "tls"))]
#[path = "../it/certificates.rs"]
mod certificates;
mod connections;
mod faults;
mod peer;
#[cfg(feature = "hyper")]
mod service;
mod silence;
#[cfg(all(feature = "hyper", feature = "tls"))]
mod tls;
mod unreachable;
mod uploads;

// The service that the async client is tested with, whose helpers for that client are of no use here.
#[cfg(feature = "hyper")]
#[expect(dead_code, reason = "shared with the tests of the async client")]
#[path = "../it/shelf.rs"]
mod shelf;
