//! How a transfer ends when it does not succeed.

use std::io;

use larder_core::{Error, Fault};

/// How an upload or a download ended when it did not succeed. Exhaustive on purpose: the call, or one of the caller's two ends.
#[derive(Debug, thiserror::Error)]
pub enum CallError<F: Fault> {
    /// The call itself failed.
    #[error(transparent)]
    Call(#[from] Box<Error<F>>),
    /// The file to upload could not be read. Whether the service kept what it got is its own affair.
    #[error("the file could not be read: {0}")]
    Source(#[source] io::Error),
    /// The downloaded file could not be written.
    #[error("the file could not be written: {0}")]
    Sink(#[source] io::Error),
}

/// What went wrong on the caller's side.
pub(crate) enum Spoiled {
    Source(io::Error),
    Sink(io::Error),
}

impl<F: Fault> CallError<F> {
    pub(crate) fn new(error: Box<Error<F>>, spoiled: Option<Spoiled>) -> Self {
        match spoiled {
            Some(Spoiled::Source(error)) => Self::Source(error),
            Some(Spoiled::Sink(error)) => Self::Sink(error),
            None => Self::Call(error),
        }
    }
}
