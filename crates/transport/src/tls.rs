//! Whom a client trusts, and the TLS that follows from it: by rustls with ring, for either client.

use core::fmt;
use std::sync::Arc;

use larder_core::Failure;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, version};

use crate::broken::Broken;

/// TLS 1.2 and 1.3 with servers that these authorities vouch for. A config caches sessions: make one for each client.
pub(crate) fn config(roots: Roots) -> Arc<ClientConfig> {
    // The provider is handed over: a global one would be whatever another crate of the program chose.
    #[expect(clippy::expect_used, reason = "ring offers cipher suites of both versions")]
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .expect("ring speaks TLS 1.3 and 1.2")
        .with_root_certificates(roots.store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Arc::new(config)
}

/// What the server's certificate must be for.
pub(crate) fn server_name(host: &str) -> Result<ServerName<'static>, Broken> {
    ServerName::try_from(host.to_owned()).map_err(|error| Broken::new(Failure::Certificate, error))
}

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
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Roots({})", self.store.len())
    }
}
