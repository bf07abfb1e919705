//! Certificates that no client accepts, and what is wrong with each.

use larder_core::{Budget, Secret, Session, Shared};
use larder_transport::server::Tls;
use larder_transport::tls::Roots;

use crate::api::Shelf;

pub struct Bad {
    pub tls: Tls,
    pub roots: Roots,
    /// Words of the error, in any case.
    pub says: &'static str,
}

pub fn bad() -> [Bad; 3] {
    let here = || params("127.0.0.1");
    let mut expired = here();
    expired.not_after = rcgen::date_time_ymd(2001, 1, 1);
    [
        made(&here(), false, "UnknownIssuer"),
        made(&params("elsewhere.example"), true, "not valid for name"),
        made(&expired, true, "expired"),
    ]
}

fn params(name: &str) -> rcgen::CertificateParams {
    rcgen::CertificateParams::new([name.to_owned()]).unwrap()
}

fn made(params: &rcgen::CertificateParams, is_trusted: bool, says: &'static str) -> Bad {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let tls = Tls::from_pem(certificate.as_bytes(), key.serialize_pem().as_bytes()).unwrap();
    let roots = if is_trusted { Roots::none().and_pem(certificate.as_bytes()).unwrap() } else { Roots::mozilla() };
    Bad { tls, roots, says }
}

/// A client's state whose budget is good for one retry and no more.
pub fn one_retry() -> Shared<Shelf> {
    Shared { budget: Budget::new(5), ..Shared::new(Session::with_token(Secret::new("t")), 1) }
}
