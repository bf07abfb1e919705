//! Sans-IO request and response machines for storage service APIs.

mod call;
mod catalog;
mod clocks;
mod cycle;
mod error;
mod exchange;
mod ids;
mod limits;
mod machine;
mod meta;
pub mod multipart;
pub mod operation;
pub mod redirect;
mod reject;
mod retry;
mod secret;
mod sender;
mod session;
mod time;
pub mod wire;

pub use call::{Call, Settings};
pub use clocks::{Clocks, Why};
pub use cycle::{Cycle, Event, Half, Illegal, Phase, Side};
pub use error::{BodyFlaw, CallResult, Error, ErrorKind, Failure, Misuse, PeerFlaw};
pub use exchange::{Duty, Exchange, Outcome, Serving, Told};
pub use ids::{ExchangeId, Ids};
pub use limits::Limits;
pub use machine::{Action, ClientMachine, Input, Machine, Note, On, Shared};
pub use meta::{Auth, Kind, Meta, Repeat, Verb};
pub use operation::{Api, Fault, FaultClass, Operation, Refusal, RequestFlaw};
pub use reject::{Reject, Rule};
pub use retry::{Budget, Cause, Decision, Policy, Tried};
pub use secret::Secret;
pub use session::Session;
pub use time::Time;
pub use wire::{Credential, Length, Target};
