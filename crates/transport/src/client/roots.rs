//! Whom a client trusts.

use core::fmt;

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// The certificate authorities by which a client knows its servers.
#[derive(Clone)]
pub struct Roots {
    store: RootCertStore,
}

/// No certificate that could be trusted: neither PEM nor DER, or without a usable key or name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a usable certificate")]
pub struct BadCertificate;

impl Roots {
    /// Nobody is trusted until it is added.
    #[must_use]
    pub fn none() -> Self {
        Self { store: RootCertStore::empty() }
    }

    /// The authorities that Mozilla's browser trusts, as of this build.
    #[must_use]
    pub fn mozilla() -> Self {
        Self { store: webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect() }
    }

    /// Trusts this certificate too, given in DER.
    ///
    /// # Errors
    /// [`BadCertificate`]
    pub fn and_der(mut self, certificate: &[u8]) -> Result<Self, BadCertificate> {
        self.store.add(CertificateDer::from(certificate.to_vec())).map_err(|_| BadCertificate)?;
        Ok(self)
    }

    /// Trusts these certificates too, given in PEM: one or more.
    ///
    /// # Errors
    /// [`BadCertificate`], also when there is none.
    pub fn and_pem(mut self, certificates: &[u8]) -> Result<Self, BadCertificate> {
        let before = self.store.len();
        for certificate in CertificateDer::pem_slice_iter(certificates) {
            self.store.add(certificate.map_err(|_| BadCertificate)?).map_err(|_| BadCertificate)?;
        }
        if self.store.len() == before { Err(BadCertificate) } else { Ok(self) }
    }

    pub(super) fn into_store(self) -> RootCertStore {
        self.store
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.store.len())
    }
}
