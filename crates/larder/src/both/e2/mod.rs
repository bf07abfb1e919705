//! The IDrive e2 Reseller API.

pub(crate) mod access_keys;
pub(crate) mod client;
pub(crate) mod cnames;
pub(crate) mod key_error;
pub(crate) mod regions;
pub(crate) mod users;

/// Makes the modules of a client.
macro_rules! modules {
    ($async:tt $await:tt $(#[$about:meta])*) => {
        $crate::both::e2::access_keys::access_keys!($async $await);
        $crate::both::e2::client::client!($async $await $(#[$about])*);
        $crate::both::e2::cnames::cnames!($async $await);
        $crate::both::e2::regions::regions!($async $await);
        $crate::both::e2::users::users!($async $await);
    };
}
pub(crate) use modules;

/// A value of a method, or the field that it is not good for.
pub(crate) fn value<T: core::str::FromStr<Err = larder_core::Rule>>(field: &str, text: &str) -> Result<T, larder_core::Reject> {
    text.parse().map_err(|rule| larder_core::Reject::new(field, rule))
}
