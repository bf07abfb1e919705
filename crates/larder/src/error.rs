//! How a client's method ends when it does not succeed.

use std::io;

use larder_core::{Fault, Reject};
use larder_transport::blocking::CallError;

/// How a client's method ended when it did not succeed: by blame, as a service's refusals (`F`) are typed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error<F: Fault> {
    /// A value that the service would refuse. Nothing was sent.
    #[error(transparent)]
    Value(#[from] Reject),
    /// The call failed: the service said no, or it could not be reached, or made no sense. See
    /// [`ErrorKind`](larder_core::ErrorKind).
    #[error(transparent)]
    Call(#[from] Box<larder_core::Error<F>>),
    /// The file to send could not be read.
    #[error("the file could not be read: {0}")]
    Read(#[source] io::Error),
    /// The fetched file could not be written.
    #[error("the file could not be written: {0}")]
    Write(#[source] io::Error),
    /// The local files of a transfer that survives its process are of no use here, and stay as they are. Nothing was sent.
    #[cfg(feature = "nvx")]
    #[error(transparent)]
    Kept(#[from] crate::KeptFlaw),
    /// The service sends the same page of a listing again before the listing is complete.
    #[error("page {page} of the listing is the one before it again, and the listing is not complete")]
    NoProgress {
        /// The page that was asked for, from 1 on.
        page: u32,
    },
}

impl<F: Fault> Error<F> {
    /// The service's own refusal, if that is what it was.
    pub fn fault(&self) -> Option<&F> {
        match self {
            Self::Call(error) => error.fault(),
            Self::Value(_) | Self::Read(_) | Self::Write(_) | Self::NoProgress { .. } => None,
            #[cfg(feature = "nvx")]
            Self::Kept(_) => None,
        }
    }

    /// Whether the same call may be made again without risk, and it may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Call(error) => error.is_retryable(),
            Self::Value(_) | Self::Read(_) | Self::Write(_) | Self::NoProgress { .. } => false,
            #[cfg(feature = "nvx")]
            Self::Kept(_) => false,
        }
    }
}

#[cfg(feature = "nvx")]
impl Error<larder_proto_nvx::Fault> {
    /// The code of the service's refusal, if that is what it was.
    #[must_use]
    pub fn code(&self) -> Option<larder_proto_nvx::Code> {
        self.fault().map(|fault| fault.code)
    }
}

#[cfg(feature = "e2")]
impl Error<larder_proto_e2::Fault> {
    /// The code of the service's refusal, if that is what it was.
    #[must_use]
    pub fn code(&self) -> Option<&larder_proto_e2::ErrorCode> {
        self.fault().map(|fault| &fault.code)
    }
}

#[cfg(feature = "nvx")]
impl<F: Fault> Error<F> {
    /// The error of a file that is kept, if that is what is within, or else what `other` makes of it.
    pub(crate) fn kept(error: io::Error, other: fn(io::Error) -> Self) -> Self {
        error.downcast::<crate::KeptFlaw>().map_or_else(other, Self::Kept)
    }
}

impl<F: Fault> From<CallError<F>> for Error<F> {
    fn from(error: CallError<F>) -> Self {
        match error {
            CallError::Call(error) => Self::Call(error),
            CallError::Source(error) => Self::Read(error),
            CallError::Sink(error) => Self::Write(error),
        }
    }
}
