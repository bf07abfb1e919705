//! The same over TLS.

use std::time::Duration;

use larder_core::{Clocks, ErrorKind, Failure, Policy, Settings};
use larder_transport::client::{BadCertificate, Options, Roots};
use larder_transport::server::{BadIdentity, Tls};
use tokio::net::TcpListener;

use crate::api::{Echo, Fetch, Shelf};
use crate::shelf::{How, Running, client, client_with, file, settings, start_with};

struct Identity {
    certificate: String,
    key: String,
}

fn identity() -> Identity {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    Identity { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() }
}

async fn serve(identity: &Identity) -> (Running, Settings<Shelf>) {
    let tls = Tls::from_pem(identity.certificate.as_bytes(), identity.key.as_bytes()).unwrap();
    let server = start_with(How::default(), tls).await;
    let settings = settings(&format!("https://{}", server.address));
    (server, settings)
}

#[tokio::test]
async fn a_trusted_server_is_spoken_to() {
    let identity = identity();
    let (_server, settings) = serve(&identity).await;
    let roots = Roots::none().and_pem(identity.certificate.as_bytes()).unwrap();
    let client = client_with(Options { roots, ..Options::default() });
    assert_eq!(client.call(Echo { text: "hello".to_owned() }, settings.clone()).await.unwrap().text, "hello");
    let mut got = Vec::new();
    client.download(Fetch { length: 4 << 20 }, settings, &mut got).await.unwrap();
    assert!(got == file(0, 4 << 20));
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_no_connection() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(&format!("https://{}", silent.local_addr().unwrap()));
    let settings = Settings { policy: Policy { attempts: 1, ..settings.policy }, ..settings };
    let clocks = Clocks { connect: Duration::from_millis(100).into(), ..Clocks::default() };
    let settings = Settings { clocks, ..settings };
    let error = client().call(Echo { text: String::new() }, settings).await.unwrap_err();
    assert_eq!((&error.kind, error.detail.as_deref()), (&ErrorKind::Failure(Failure::Connect), Some("timed out")));
}

#[test]
fn what_is_no_certificate_is_refused() {
    assert_eq!(Roots::none().and_pem(b"").unwrap_err(), BadCertificate);
    assert_eq!(Roots::none().and_der(b"nonsense").unwrap_err(), BadCertificate);
    let (one, other) = (identity(), identity());
    assert_eq!(Tls::from_pem(one.certificate.as_bytes(), other.key.as_bytes()).unwrap_err(), BadIdentity);
}
