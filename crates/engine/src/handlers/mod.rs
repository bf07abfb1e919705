//! The operations of both APIs, served by the [`Engine`](crate::Engine): typed in, typed out, no HTTP.
//!
//! A server and a simulation use these same handlers. Some block for a while: see [`Effort`].

pub mod e2;
mod fault;
pub mod nvx;

pub use fault::nvx_fault;

/// What serving a request takes, so that a server can keep the slow from the quick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// A short read, or a change that is awaited.
    Quick,
    /// A read that may block for long.
    Reads,
    /// It blocks while a file is written that came within the message, and holds the file in memory.
    Writes,
    /// It blocks while a password is hashed.
    Hashes,
}
