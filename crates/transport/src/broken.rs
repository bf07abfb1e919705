//! What a broken connection means in the words of the core, and in the system's own: for either client.

use std::fmt::Display;
use std::io;

use larder_core::{ExchangeId, Failure, Input, Phase};

/// A failure, and what the system said of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) failure: Failure,
    detail: Option<Box<str>>,
}

impl Broken {
    pub(crate) fn new(failure: Failure, cause: impl Display) -> Self {
        Self { failure, detail: Some(cause.to_string().into()) }
    }

    /// A name was not resolved.
    pub(crate) fn resolving(error: &io::Error) -> Self {
        Self::new(Failure::Resolve, error)
    }

    /// A name was resolved to nothing.
    pub(crate) fn nowhere() -> Self {
        Self::new(Failure::Resolve, "no address")
    }

    /// No address of a host was reached: of several, this is the last one's error.
    pub(crate) fn connecting(error: &io::Error) -> Self {
        let is_refused = error.kind() == io::ErrorKind::ConnectionRefused;
        Self::new(if is_refused { Failure::Refused } else { Failure::Connect }, error)
    }

    /// The TLS handshake failed, or the peer went away in the middle of it.
    #[cfg(feature = "tls")]
    pub(crate) fn shaking_hands(error: &io::Error) -> Self {
        use rustls::Error::{InvalidCertificate, NoCertificatesPresented};
        let failure = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(InvalidCertificate(_) | NoCertificatesPresented) => Failure::Certificate,
            Some(_) => Failure::Tls,
            None => Failure::Connect,
        };
        Self::new(failure, error)
    }

    /// `https` in a build that has none.
    #[cfg(not(feature = "tls"))]
    pub(crate) fn without_tls() -> Self {
        Self::new(Failure::Tls, "built without TLS")
    }

    pub(crate) fn input(self, at: ExchangeId, phase: Phase) -> Input {
        Input::Failed { at, failure: self.failure, phase, detail: self.detail }
    }
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self { failure, detail: None }
    }
}
