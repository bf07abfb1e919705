//! Client and server against each other, and against peers that misbehave, over real sockets: sockets are the subject.

#![expect(unreachable_pub, reason = "what `catalog!` makes is public, and the rest follows it")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod api;
mod broken;
#[cfg(feature = "tls")]
mod certificates;
mod connections;
mod dropped;
mod faults;
mod limits;
mod linger;
mod memory;
mod messages;
mod observed;
mod sessions;
mod shelf;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tracing")]
mod traced;
mod transfers;
mod unreachable;
