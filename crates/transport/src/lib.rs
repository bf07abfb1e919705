//! Transports for larder-core: drive calls and exchanges over HTTP/1.1 and TLS, by hyper or without a runtime.
//!
//! **In scope:** pooled clients that drive a [`Call`](larder_core::Call); an accept loop that drives an
//! [`Exchange`](larder_core::Exchange); TLS for both; the clocks that need a socket: connecting, heads, idle and
//! stalled connections.
//!
//! **Out of scope:** what is said. Operations, sessions, retries, deadlines and redirects are the core's; routing between
//! APIs, storage and logs are the embedder's. HTTP/2, proxies and cookies: the services here never spoke or used them.
//!
//! # An example
//! ```no_run
//! use larder_core::{Session, Settings, Target};
//! use larder_proto_e2::{E2, ListUsers};
//! # #[cfg(feature = "hyper")]
//! use larder_transport::Client;
//!
//! # #[cfg(feature = "hyper")]
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::<E2>::new(Session::with_token("the API key".into()), Default::default());
//! let settings = Settings::new(Target::parse("https://api.idrivee2.com")?);
//! for user in client.call(ListUsers {}, settings).await?.users {
//!     println!("{}", user.email);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Contents
//! * [`client`]: [`Client`], with [`Source`](client::Source) and [`Sink`](client::Sink) for files. Its driver,
//!   `client/drive.rs`, is one screen long: the example of how to drive a call from any other runtime.
//! * [`blocking`]: the client without a runtime, over `std::net`; [`h1`]: the HTTP/1.1 under it, without IO.
//! * [`idle`]: connections that are kept, for both.
//! * [`server`]: [`serve`](server::serve), [`Service`](server::Service), [`exchange`](server::exchange()),
//!   [`Respond`](server::Respond), and [`Memory`](server::Memory), which bounds what all requests take.
//! * [`observe`]: an [`Observer`](observe::Observer) hears what becomes of a client's calls.
//! * [`tls`]: whom clients trust.
//!
//! # Features
//! `hyper` (on by default): `client` and `server`, on tokio. Without it, neither tokio nor hyper is in the tree.
//!
//! `tls` (on by default): `https` targets and listeners, by rustls with ring; clients trust Mozilla's roots unless told
//! otherwise. No global provider is installed or used.
//!
//! `tracing` (off by default): `Tracing`, an observer that makes a span of each call.

pub mod blocking;
mod broken;
#[cfg(feature = "hyper")]
pub mod client;
mod error;
pub mod h1;
pub mod idle;
pub mod observe;
mod options;
#[cfg(feature = "hyper")]
mod pieces;
mod report;
#[cfg(feature = "hyper")]
pub mod server;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "tracing")]
mod traced;

#[cfg(feature = "hyper")]
pub use client::Client;
#[cfg(feature = "tracing")]
pub use traced::Tracing;

/// The guide's driver compiles, and conforms.
#[cfg(doctest)]
#[doc = include_str!("../../core/README.md")]
struct Guide;
