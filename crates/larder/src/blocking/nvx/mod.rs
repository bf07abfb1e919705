//! Nirvanix Web Services without a runtime: [`Client`], and everything of `larder-proto-nvx`. What a method does and comes to is
//! as with the client on tokio; so are paths.

mod cancel;
mod many;
mod pages;
mod parallel;

pub use larder_proto_nvx::*;
use larder_transport::blocking as transport;

pub use self::client::Client;
pub use self::listing::Listing;
pub use self::pages::ListingPages;
pub use crate::both::nvx::credentials::Credentials;
pub use crate::both::nvx::downloads::Downloading;
use crate::both::nvx::{part as local, place};

crate::both::nvx::modules!([] []
    /// Each method takes the thread that calls it until it is over. Any number of threads may use a client at once.
);

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;
