//! The IDrive e2 Reseller API without a runtime: [`Client`], and everything of `larder-proto-e2`. What a method does and comes to
//! is as with the client on tokio.

mod cancel;

pub use larder_proto_e2::flow::{LostKey, Orphans, OrphansRemoved};
pub use larder_proto_e2::*;
use larder_transport::blocking as transport;
pub use larder_transport::blocking::Report;

pub use self::client::Client;
pub use crate::both::e2::key_error::KeyError;
use crate::both::e2::value;

crate::both::e2::modules!([] []
    /// Each method takes the thread that calls it until it is over. Any number of threads may use a client at once.
);

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;
