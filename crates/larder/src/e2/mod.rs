//! The IDrive e2 Reseller API: [`Client`], and everything of `larder-proto-e2`.
//!
//! A call that changes something and whose reply is lost is asked for again where the service's second answer tells whether
//! the first attempt was carried out; the method then comes to a [`Report`] that [says so](Report::recovered). Making an access
//! key is not: see [`Client::create_access_key`].

mod access_keys;
mod client;
mod cnames;
mod regions;
mod users;

pub use larder_proto_e2::flow::{LostKey, Orphans, OrphansRemoved};
pub use larder_proto_e2::*;
pub use larder_transport::client::Report;

pub use self::access_keys::KeyError;
pub use self::client::Client;

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;

/// A value of a method, or the field that it is not good for.
fn value<T: core::str::FromStr<Err = larder_core::Rule>>(field: &str, text: &str) -> Result<T> {
    text.parse().map_err(|rule| larder_core::Reject::new(field, rule).into())
}
