//! Nirvanix Web Services: [`Client`], and everything of `larder-proto-nvx`.
//!
//! Paths are texts such as `Photos/2009/a.jpg`, from the account's own root on; `//Application/User/path` names another
//! account's. What they may look like is with [`values::Path`].

mod local;
mod many;
mod parallel;
mod stream;

pub use larder_proto_nvx::*;
use larder_transport::client as transport;

pub use self::client::Client;
pub use self::listing::Listing;
pub use self::many::Uploads;
pub use self::stream::ListingStream;
pub use crate::both::nvx::credentials::Credentials;
pub use crate::both::nvx::downloads::Downloading;
use crate::both::nvx::place;

crate::both::nvx::modules!([async] [.await]
    /// Its methods must be called within a tokio runtime, and their futures may be dropped at any time.
);

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;
