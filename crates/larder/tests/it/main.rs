//! The clients against services that a test makes up.

#![cfg_attr(feature = "nvx", expect(clippy::unwrap_used, reason = "helpers of tests"))]

#[cfg(feature = "nvx")]
mod blocking;
#[cfg(feature = "nvx")]
mod double;
#[cfg(feature = "nvx")]
mod files;
#[cfg(feature = "nvx")]
mod listings;
#[cfg(feature = "nvx")]
mod sessions;
