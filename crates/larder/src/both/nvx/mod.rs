//! Nirvanix Web Services.

pub(crate) mod accounts;
pub(crate) mod checkpoint;
pub(crate) mod client;
pub(crate) mod credentials;
pub(crate) mod downloads;
pub(crate) mod folders;
pub(crate) mod listing;
pub(crate) mod part;
pub(crate) mod place;
pub(crate) mod range;
pub(crate) mod resumable;
pub(crate) mod target;
pub(crate) mod total;
pub(crate) mod uploads;

/// Makes the modules of a client.
macro_rules! modules {
    ($async:tt $await:tt $(#[$about:meta])*) => {
        $crate::both::nvx::accounts::accounts!($async $await);
        $crate::both::nvx::client::client!($async $await $(#[$about])*);
        $crate::both::nvx::downloads::downloads!($async $await);
        $crate::both::nvx::folders::folders!($async $await);
        $crate::both::nvx::listing::listing!($async $await);
        $crate::both::nvx::range::range!($async $await);
        $crate::both::nvx::resumable::resumable!($async $await);
        $crate::both::nvx::uploads::uploads!($async $await);
    };
}
pub(crate) use modules;
