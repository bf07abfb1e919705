//! How a command ends that did not succeed, and its status.

use std::fmt;

use larder::larder_core::{Error, ErrorKind, Fault, Reject};

/// A command that did not succeed: what to say of it, and the status of the process.
#[derive(Debug)]
pub(crate) struct Ended {
    status: u8,
    text: String,
}

impl Ended {
    /// Something here: a file, a setting.
    pub(super) const HERE: u8 = 1;
    /// A value that cannot be sent. As for arguments that clap refuses.
    pub(super) const VALUE: u8 = 2;
    /// The service said no.
    pub(super) const REFUSED: u8 = 3;
    /// The service was not reached in time, or made no sense.
    pub(super) const FAILED: u8 = 4;
    /// It may have been done, or not.
    pub(super) const UNKNOWN: u8 = 5;
    /// What is stored, or was fetched, is not what was sent.
    pub(super) const CONTENT: u8 = 6;

    pub(super) fn new(status: u8, text: impl fmt::Display) -> Self {
        Self { status, text: text.to_string() }
    }

    /// The status of the process.
    pub(crate) fn status(&self) -> u8 {
        self.status
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Ended {}

impl From<Reject> for Ended {
    fn from(reject: Reject) -> Self {
        Self::new(Self::VALUE, reject)
    }
}

impl<F: Fault> From<&Error<F>> for Ended {
    fn from(error: &Error<F>) -> Self {
        let status = match &error.kind {
            ErrorKind::Content(_) => Self::CONTENT,
            _ if error.is_outcome_unknown() => Self::UNKNOWN,
            ErrorKind::Fault(_) => Self::REFUSED,
            ErrorKind::Encode(_) => Self::VALUE,
            ErrorKind::NoSession | ErrorKind::Body(_) => Self::HERE,
            ErrorKind::Peer(_)
            | ErrorKind::Failure(_)
            | ErrorKind::OutcomeUnknown(_)
            | ErrorKind::Deadline(_)
            | ErrorKind::Cancelled
            | _ => Self::FAILED,
        };
        Self::new(status, error)
    }
}

impl<F: Fault> From<larder::Error<F>> for Ended {
    fn from(error: larder::Error<F>) -> Self {
        if let larder::Error::Call(error) = error {
            return Self::from(&*error);
        }
        let status = if let larder::Error::Value(_) = error { Self::VALUE } else { Self::HERE };
        Self::new(status, error)
    }
}

#[cfg(test)]
mod tests {
    use larder::larder_core::{ContentFlaw, Failure, Meta, Phase, Verb};
    use larder::nvx;

    use super::*;

    #[test]
    fn each_end_has_its_status() {
        const MOVE: Meta = Meta::unary("toy", "move", Verb::Post);
        let status = |kind: ErrorKind<nvx::Fault>, phase: Phase| {
            Ended::from(&Error { phase, ..Error::new(kind, MOVE, "toy.example") }).status()
        };
        let fault = nvx::Fault::from(nvx::Code::InvalidPath);
        assert_eq!(status(ErrorKind::Fault(fault), Phase::Receive), 3);
        assert_eq!(status(ErrorKind::Failure(Failure::Refused), Phase::Connect), 4);
        assert_eq!(status(ErrorKind::OutcomeUnknown(Failure::Reset), Phase::Send), 5);
        assert_eq!(status(ErrorKind::Content(ContentFlaw::Checksum), Phase::Receive), 6);
        assert_eq!(status(ErrorKind::Encode(Reject::new("x", larder::larder_core::Rule::Missing)), Phase::Idle), 2);
        assert_eq!(status(ErrorKind::NoSession, Phase::Idle), 1);
    }
}
