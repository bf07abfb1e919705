//! Sans-IO request and response machines for storage service APIs.
//!
//! # In scope
//! What a client and a server of such an API do between two messages: sessions with one login for all calls, retries by
//! what is safe, redirects, clocks, streamed files with back-pressure, multipart, typed rejections. One description of an
//! operation ([`Operation`], [`Api`], [`catalog!`]) serves both ends.
//!
//! # Out of scope
//! Sockets, clocks, threads and runtimes: whoever embeds a machine has those. HTTP's own framing: the cut is at message
//! heads and chunks of bodies. Any particular API: see `larder-proto-e2` and `larder-proto-nvx`.
//!
//! # The machines
//! ```text
//!                        Action                                Duty
//!   ┌────────┐  Open, Write, Feed, Data …  ┌────────┐     ┌──────────┐  Identify, Serve, File …  ┌────────┐
//!   │  Call  │ ──────────────────────────▶ │  your  │ ~~~ │   your   │ ◀──────────────────────── │Exchange│
//!   │(client)│ ◀────────────────────────── │ driver │     │  driver  │ ────────────────────────▶ │(server)│
//!   └────────┘  Head, Data, End, Body …    └────────┘     └──────────┘  Data, Reply, Wrote …     └────────┘
//!                        Input                                 Told
//! ```
//! [`Machine`] is the whole contract: do what `poll` says; `Wait` means that there is nothing to do until a moment, an
//! input, or a move of the shared epoch.
//!
//! # State graphs
//! A [`Call`], from the caller's wish to its answer. `Attempt` is one exchange with its clocks:
//! ```text
//!          another logs in, or all permits are taken
//!   Gate ◀──────────────────────────────────────────▶ (wait)
//!    │ │  has a session and a permit, or needs none
//!    │ └──────────────────────────┐
//!    │  lead: log in              ▼
//!    ├────▶ Attempt(login)   Attempt(operation) ──▶ Over
//!    ▲          │              │   │   │
//!    │   done   │ worth a try  │   │   │ session over, or redirect (the permit is kept)
//!    │◀─────────┼────── Pause ◀┴───┘   │
//!    └──────────┴──────────────────────┘
//! ```
//! An [`Exchange`], from a request's head to the last byte of its answer:
//! ```text
//!   Read ──understood──▶ Identify ──identified──▶ Serve ──upload──▶ Files ──end──▶ Replying
//!    │                      │ refused               │ unary, download                │ reply
//!    │ flaw                 ▼                       └────────────────────────────────▼
//!    └─────────────────▶ Answer ◀──────────── an early reply ────────────────────── Answer ──▶ Body ──▶ Over
//! ```
//! A [`Session`], which all calls of a client share; each change moves the epoch:
//! ```text
//!          enter: Lead                 opened
//!   Out ────────────────▶ Busy ─────────────────────▶ In
//!    ▲                     │  failed, released,        │
//!    └─────────────────────┘  or its time is up        │
//!    ▲            expired, or left                     │
//!    └─────────────────────────────────────────────────┘
//! ```
//! Which event may follow which on the wire is one table for both ends: [`Cycle`].
//!
//! # An example
//! Decisions are pure functions. A lost reply of an operation that must not be repeated is not tried again:
//! ```
//! use larder_core::{Cause, Decision, Phase, Policy, Repeat, Tried};
//!
//! let lost = Tried {
//!     attempts: 1,
//!     phase: Phase::Await,
//!     cause: Cause::Broken,
//!     repeat: Repeat::Unsafe,
//!     retry_after: None,
//!     left: None,
//! };
//! assert_eq!(Policy::default().decide(&lost, 0), Decision::Unknown);
//! let unsent = Tried { phase: Phase::Connect, ..lost };
//! assert!(matches!(Policy::default().decide(&unsent, 0), Decision::After(_)));
//! ```
//! An API of one's own in 150 lines, and a call of it driven by hand: `examples/greeter` in this crate's folder. Machines of
//! operations that exist: the front pages of `larder-proto-e2` and `larder-proto-nvx`.
//!
//! # Features
//! `schema` (off by default): what operations look like as JSON Schema, by the module `schema`.

mod call;
mod catalog;
mod clocks;
mod cycle;
mod error;
mod exchange;
mod ids;
pub mod journal;
pub mod json;
mod limits;
mod machine;
mod message;
mod meta;
pub mod multipart;
pub mod operation;
mod part;
mod permits;
mod plan;
pub mod redirect;
mod reject;
mod retry;
#[cfg(feature = "schema")]
pub mod schema;
mod secret;
mod secrets;
mod sender;
mod session;
mod time;
pub mod wire;

pub use call::{Call, Resume, Settings};
pub use clocks::{Clock, Clocks, Why};
pub use cycle::{Cycle, Event, Half, Illegal, Phase, Side};
pub use error::{Attempted, BodyFlaw, CallResult, ContentFlaw, Error, ErrorKind, Failure, Misuse, PeerFlaw, RawAnswer, Verdict};
pub use exchange::{Duty, Exchange, Outcome, Serving, Told};
pub use ids::{ExchangeId, Ids};
pub use limits::Limits;
pub use machine::{Action, ClientMachine, Input, Machine, Note, On, Shared};
pub use message::{Extract, Message};
pub use meta::{Auth, Kind, Meta, Pace, Repeat, Verb};
pub use operation::{Api, Fault, FaultClass, Operation, Recovered, Refusal, RequestFlaw};
pub use part::Part;
pub use permits::Permits;
pub use plan::{Plan, PlanPiece};
pub use reject::{Reject, Rule};
pub use retry::{Budget, Cause, Decision, Policy, Tried};
pub use secret::Secret;
pub use secrets::Redactor;
pub use session::Session;
pub use time::Time;
pub use wire::{Credential, Length, Target};
