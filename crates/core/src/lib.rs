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
//! input, or a move of the shared epoch. The state graphs stand at the top of `call/mod.rs`, `exchange/mod.rs`,
//! `session.rs` and `cycle.rs`.
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
//! A whole call is driven by hand in `larder-proto-nvx`'s example `blocking`.

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
