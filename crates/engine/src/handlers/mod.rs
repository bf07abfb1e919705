//! The operations of both APIs, served by the [`Engine`](crate::Engine): typed in, typed out, no HTTP.
//!
//! A server and a simulation use these same handlers. Those that hash passwords block for as long as that takes: see
//! [`blocks`](self::nvx::blocks).

pub mod e2;
mod fault;
pub mod nvx;

pub use fault::nvx_fault;
