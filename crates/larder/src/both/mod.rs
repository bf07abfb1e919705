//! What the client on tokio and the client without a runtime have in common: nearly everything. The core makes the calls, so a
//! method of one is a method of the other but for two words, and each is written once.
//!
//! A file here is a macro that makes a module: `folders!([async] [.await])` is that of the client on tokio, `folders!([] [])`
//! that of the other. What differs comes from the module around it: `transport`, whose `Client`, `Source` and `Sink` they are;
//! `local`, how local files are used; `range` and `many`, what does several things at once.

#[cfg(feature = "e2")]
pub(crate) mod e2;
#[cfg(feature = "nvx")]
pub(crate) mod nvx;
