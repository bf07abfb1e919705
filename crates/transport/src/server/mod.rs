//! The server: an accept loop, and exchanges over HTTP/1.1.
//!
//! ```text
//!   serve ── accept loop, limits, shutdown
//!     └─ connection ── hyper, between clocks on the socket and a farewell that survives an early answer
//!          └─ Service ── yours: which API is a request for?
//!               └─ exchange ── drives larder_core::Exchange
//!                    └─ Respond ── yours: who asks, what is done, Upload, Download
//! ```

mod addresses;
mod body;
mod clocked;
mod connection;
mod exchange;
mod layer;
mod listener;
mod memory;
mod options;
mod respond;
mod running;
mod service;
#[cfg(feature = "tls")]
mod tls;
mod work;

pub use self::body::Body;
pub use self::exchange::exchange;
pub use self::layer::{Accept, Plain};
pub use self::listener::{Report, serve, serve_with};
pub use self::memory::Memory;
pub use self::options::Options;
pub use self::respond::{Download, Never, RequestOf, Respond, Served, Upload};
pub use self::service::{HungUp, Peer, Service};
#[cfg(feature = "tls")]
pub use self::tls::{BadIdentity, Tls, TlsIo};
