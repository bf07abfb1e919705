//! A hyper transport for larder-core: drives calls and exchanges over HTTP/1.1 and TLS.
pub mod client;
mod pieces;
pub use client::Client;
