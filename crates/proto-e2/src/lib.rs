//! The IDrive e2 Reseller API as types: operations, answers, faults and their JSON.
//!
//! # In scope
//! Request and answer types of every operation, their documented limits, their errors, and how they look on the wire
//! from both ends ([`E2`] implements [`larder_core::Api`]). What takes several requests is in [`flow`].
//!
//! # Out of scope
//! Sockets, clocks, retries: `larder-core` has the machines, `larder-transport` the sockets. What the service does with
//! a request is `larder-engine`'s.
//!
//! # How a message flows
//! ```text
//!              encode                                      route, open
//!  CreateUser ────────▶ head + JSON  ~~ your transport ~~▶ ───────────▶ Name, Request::CreateUser
//!  (validated            (PUT /api/reseller/v1/create_user)                │ your Handler, by `dispatch`
//!   as it is made)                                                         ▼
//!  UserCreated ◀─────── head + JSON  ◀~~ your transport ~~ ◀─────────── Answer::CreateUser, or a Fault
//!   or a Fault  decode                                     reply, refuse
//! ```
//! A value that breaks a rule is refused at the end where it is made, as a [`Reject`](larder_core::Reject) that names the
//! field, and at the other as the fault that the document lists for it.
//!
//! # An example
//! The types alone are enough to read and to write. Here a [`Call`](larder_core::Call) of the core says what to send:
//! ```
//! use larder_core::{Action, Call, Machine, Session, Settings, Shared, Target, Time};
//! use larder_proto_e2::{CreateUser, E2, EncodedPassword, Quota};
//!
//! let mut shared = Shared::<E2>::new(Session::with_token("the API key".into()), 1);
//! let user = CreateUser {
//!     email: "reseller+1@example.com".parse()?,
//!     password: EncodedPassword::encode("correct horse")?,
//!     first_name: "dev".parse()?,
//!     last_name: None,
//!     quota: Quota::gigabytes(1024),
//!     email_notification: Some(false),
//! };
//! let mut call = Call::new(user, Settings::new(Target::parse("https://api.idrivee2.com")?));
//! let Action::Open { head, .. } = call.poll(Time::ZERO, &mut shared) else { panic!("a call begins by opening an exchange") };
//! assert_eq!(head.0.uri(), "https://api.idrivee2.com/api/reseller/v1/create_user");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//! `schema` (off by default): JSON Schema of every operation, and the module `describe` with the OpenAPI document.

mod api;
mod codec;
#[cfg(feature = "schema")]
pub mod describe;
mod fault;
pub mod flow;
pub mod journal;
mod lenient;
mod open_enum;
mod operations;
mod values;

pub use api::{E2, Json, KEY, NoLogin, PREFIX};
pub use codec::{ANSWER_VALUES, FAULT_VALUES, REQUEST_VALUES, from_pairs};
pub use fault::{Details, Documented, ErrorCode, ErrorType, Fault, Headers, Raw};
pub use operations::*;
pub use values::{
    AccessKeyId, AccessKeyName, BucketName, Buckets, ByteCount, Cname, Date, Email, EncodedPassword, FileIndex, KeyDescription,
    Permissions, PersonName, PrivateKey, PublicKey, Quota, RegionKey, Said, StorageDn,
};
