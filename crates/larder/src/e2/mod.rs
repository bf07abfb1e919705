//! The IDrive e2 Reseller API: [`Client`], and everything of `larder-proto-e2`.
//!
//! A call that changes something and whose reply is lost is asked for again where the service's second answer tells whether
//! the first attempt was carried out; the method then comes to a [`Report`] that [says so](Report::recovered). Making an access
//! key is not: see [`Client::create_access_key`].
//!
//! # A key whose reply was lost
//! ```no_run
//! use larder::e2::{Client, CreateAccessKey, KeyError, KeyPair, OrphansRemoved};
//!
//! async fn key(client: &Client, wanted: CreateAccessKey) -> Result<KeyPair, KeyError> {
//!     loop {
//!         let lost = match client.create_access_key(wanted.clone()).await {
//!             Err(KeyError::Lost(lost)) => lost,
//!             result => return Ok(result?.data),
//!         };
//!         println!("{lost}");
//!         match client.remove_orphans(&lost.orphans).await? {
//!             // Now another can be made.
//!             OrphansRemoved::Removed(keys) => println!("removed: {keys:?}"),
//!             // Nothing was removed: other keys of that name are there, and somebody has to say which is whose.
//!             OrphansRemoved::LookAgain(_) => return Err(KeyError::Lost(lost)),
//!         }
//!     }
//! }
//! ```

pub use larder_proto_e2::flow::{LostKey, Orphans, OrphansRemoved};
pub use larder_proto_e2::*;
use larder_transport::client as transport;
pub use larder_transport::client::Report;

pub use self::client::Client;
pub use crate::both::e2::key_error::KeyError;
use crate::both::e2::value;

crate::both::e2::modules!([async] [.await]
    /// Its methods must be called within a tokio runtime, and their futures may be dropped at any time.
);

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;
