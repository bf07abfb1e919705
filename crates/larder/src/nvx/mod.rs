//! Nirvanix Web Services: [`Client`], and everything of `larder-proto-nvx`.
//!
//! Paths are texts such as `Photos/2009/a.jpg`, from the account's own root on; `//Application/User/path` names another
//! account's. What they may look like is with [`values::Path`].

mod accounts;
mod client;
mod downloads;
mod folders;
mod listing;
mod local;
mod many;
mod parallel;
mod uploads;

pub use larder_proto_nvx::*;

pub use self::client::Client;
pub use self::downloads::Downloading;
pub use self::listing::{Listing, ListingStream};
pub use self::many::Uploads;
pub use crate::credentials::Credentials;
use crate::place;

/// How a method of a [`Client`] ends when it does not succeed.
pub type Error = crate::Error<Fault>;

/// What the methods of a [`Client`] come to.
pub type Result<T> = core::result::Result<T, Error>;
