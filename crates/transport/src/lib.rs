//! Transports for larder-core: drive calls and exchanges over HTTP/1.1 and TLS, by hyper or without a runtime.
//!
//! # In scope
//! Pooled clients that drive a [`Call`](larder_core::Call); an accept loop that drives an
//! [`Exchange`](larder_core::Exchange); TLS for both; the clocks that need a socket: connecting, heads, idle and
//! stalled connections.
//!
//! # Out of scope
//! What is said. Operations, sessions, retries, deadlines and redirects are the core's; routing between
//! APIs, storage and logs are the embedder's. HTTP/2, proxies and cookies: the services here never spoke or used them.
//!
//! # How a call flows
//! ```text
//!   client.call(operation)                                          server::serve ── accept loop, limits, shutdown
//!     └─ Call ◀── poll, handle ──▶ driver                             └─ connection ── hyper, between clocks on the socket
//!                                    │ idle: a pool of connections        └─ Service ── yours: which API is a request for?
//!                                    ▼                                         └─ exchange ── drives larder_core::Exchange
//!                             hyper, or h1 ── TLS ── socket ~~~~~~~~~~              └─ Respond ── yours: who asks, what is done
//! ```
//! A connection, as the client has it: only what was answered in full is used again.
//! ```text
//!   (none) ──open──▶ connecting ──▶ sending ──▶ waiting ──▶ answered ──complete──▶ idle ──taken again──▶ sending
//!                        │             │           │            │                   │
//!                        └─────────────┴───────────┴────────────┴── abort, failure ─┴─ too long ──▶ closed
//! ```
//!
//! # An example
//! The reseller API is served and called over loopback. `examples/greeter.rs` in this crate's folder does the same with an API of its
//! own, `examples/greeter_blocking.rs` calls it without a runtime.
#![cfg_attr(feature = "hyper", doc = "```")]
#![cfg_attr(not(feature = "hyper"), doc = "```ignore")]
//! use std::sync::Arc;
//! use larder_core::{Credential, Serving, Session, Settings, Target};
//! use larder_proto_e2::{Answer, E2, Fault, ListUsers, Request, Users};
//! use larder_transport::{Client, server};
//!
//! struct Reseller;
//!
//! impl server::Respond<E2> for Reseller {
//!     type Caller = ();
//!     type Upload = server::Never;
//!     type Download = server::Never;
//!
//!     async fn identify(&self, _: &server::Peer, credential: Credential) -> Result<(), Fault> {
//!         (credential == Credential::Key("key".into())).then_some(()).ok_or_else(Fault::unauthorized)
//!     }
//!
//!     async fn serve(&self, (): (), request: Request) -> Result<server::Served<E2, server::Never, server::Never>, Fault> {
//!         match request {
//!             Request::ListUsers(_) => Ok(server::Served::Reply(Answer::ListUsers(Users::default()))),
//!             other => Err(Fault::invalid("operation", &format!("{other:?}"))),
//!         }
//!     }
//! }
//!
//! struct Front(Arc<Reseller>, server::Memory);
//!
//! impl server::Service for Front {
//!     async fn serve(
//!         &self,
//!         peer: server::Peer,
//!         request: http::Request<hyper::body::Incoming>,
//!     ) -> Result<http::Response<server::Body>, server::HungUp> {
//!         server::exchange::<E2, _, _>(request, peer, Arc::clone(&self.0), Serving::default(), &self.1).await
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let target = Target::parse(&format!("http://{}", listener.local_addr()?))?;
//! let service = Arc::new(Front(Arc::new(Reseller), server::Memory::default()));
//! tokio::spawn(server::serve(listener, service, server::Options::default(), std::future::pending()));
//!
//! let client = Client::<E2>::new(Session::with_token("key".into()), Default::default());
//! assert_eq!(client.call(ListUsers {}, Settings::new(target)).await?, Users::default());
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
//! * [`journal`]: where a client writes [what its calls are told and asked](larder_core::journal).
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
pub mod journal;
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
