//! Client against server in memory under a virtual clock, fixtures, and conformance suites, for Larder's tests and yours.
//!
//! # In scope
//! [`Pair`]: any number of [`Call`](larder_core::Call)s of one client against one [`Service`] behind
//! [`Exchange`](larder_core::Exchange)s. No socket, no thread, no clock: the same seed and the same [`Plan`]s give the
//! same [`trace`](Pair::trace), byte for byte. The wire between them can be slow, cut up, silent, or broken at a chosen
//! point. Whatever cannot happen panics with the trace: a [`Misuse`](larder_core::Misuse), a run that stands still, a
//! run without an end. [`fixtures`] are the messages of the documents, [`wire`] looks at one message at a time,
//! [`sim`] is
//! what seeded scenarios by the thousand are made of. [`trees`] has requests and answers as plain values, [`meta`] lists what is known of operations, [`foreign`] finds programs
//! that none of us wrote.
//!
//! # Out of scope
//! HTTP itself: the line is cut where the core is cut, at heads and pieces of bodies. What a service does with a
//! request: bring your own [`Service`].
//!
//! # How a run goes
//! ```text
//!    client 1 ── calls ─┐   heads, pieces, time    ┌─ Exchange ─┐
//!    client 2 ── calls ─┼──────▶ the wire ────────▶┼─ Exchange ─┼──▶ your Service
//!    …                  │  Plan: slow, cut up,     └─ …         ┘
//!                       │  silent, or broken at a Point
//!                       └── step: the next event of the virtual clock ──▶ … ──▶ all calls are over: outcome, trace
//! ```
//!
//! # Example
//! A service that knows one key, and a client that asks it, over a wire that loses the first answer.
//!
//! ```
//! use std::time::Duration;
//! use larder_core::{Api, Credential, Session, Settings, Target, Time};
//! use larder_proto_e2::{Answer, E2, Fault, ListUsers, Request, Users};
//! use larder_testkit::{Pair, Plan, Point, Served, Service, Trouble};
//!
//! struct Resellers;
//!
//! impl Service<E2> for Resellers {
//!     type Caller = ();
//!     type Transfer = ();
//!
//!     fn identify(&mut self, _: Time, credential: Credential) -> Result<(), Fault> {
//!         (credential == Credential::Key("key".into())).then_some(()).ok_or_else(Fault::unauthorized)
//!     }
//!
//!     fn serve(&mut self, _: Time, (): &(), request: Request) -> Result<Served<E2, ()>, Fault> {
//!         match request {
//!             Request::ListUsers(_) => Ok(Served::Answer(Answer::ListUsers(Users::default()))),
//!             other => Err(Fault::invalid("operation", &format!("{other:?}"))),
//!         }
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut pair = Pair::new(Session::with_token("key".into()), 1, Resellers);
//! pair.link(|opening| match opening.nth {
//!     0 => Plan::trouble(Trouble::Drop(Point::Complete)),
//!     _ => Plan::default(),
//! });
//! let call = pair.start(ListUsers {}, Settings::new(Target::parse("http://localhost")?));
//! pair.run();
//! assert_eq!(call.outcome(), Some(Ok(Users::default())));
//! assert!(pair.now() > Time(Duration::from_secs(30)), "the first answer was waited for");
//! # Ok(())
//! # }
//! ```
//! `examples/own_simulation.rs` in this crate's folder runs a thousand seeds of code of its own.
//!
//! # Features
//! None.

pub mod conformance;
pub mod fixtures;
pub mod foreign;
pub mod memory;
pub mod meta;
mod pair;
pub mod sim;
pub mod trees;
pub mod wire;

pub use pair::{Canned, Ended, History, Opening, Pair, Plan, Point, Served, Service, Source, Ticket, Trouble};
