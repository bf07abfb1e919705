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
//! ```
//! use larder_core::{Call, Session, Settings, Shared, Target};
//! use larder_proto_e2::{CreateUser, E2, Email, EncodedPassword, PersonName, Quota};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let shared = Shared::<E2>::new(Session::with_token("the API key".into()), 1);
//! let user = CreateUser {
//!     email: "reseller+1@example.com".parse()?,
//!     password: EncodedPassword::encode("correct horse")?,
//!     first_name: "dev".parse()?,
//!     last_name: None,
//!     quota: Quota::gigabytes(1024),
//!     email_notification: Some(false),
//! };
//! let call = Call::new(user, Settings::new(Target::parse("https://api.idrivee2.com")?));
//! # let _ = (shared, call);
//! # Ok(())
//! # }
//! ```

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
