//! Services that are not there: what is told of each.

use std::net::TcpListener;

use larder_core::{Error, ErrorKind, Failure, Phase};

use crate::api::Fault;
use crate::peer::{add, client, settings};

fn fails(target: &str) -> Box<Error<Fault>> {
    client().call(add(), settings(target)).unwrap_err()
}

fn closed() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_closed_port_is_no_typo_in_the_host() {
    let refused = fails(&format!("http://{}", closed()));
    assert_eq!(
        (&refused.kind, refused.phase, refused.attempts.len()),
        (&ErrorKind::Failure(Failure::Refused), Phase::Connect, 4)
    );
    assert!(refused.to_string().contains("was refused: Connection refused (os error"), "{refused}");
    let unknown = fails("http://nowhere.invalid");
    assert_eq!(
        (&unknown.kind, unknown.phase, unknown.attempts.len()),
        (&ErrorKind::Failure(Failure::Resolve), Phase::Connect, 4)
    );
    assert!(unknown.to_string().contains("could not be resolved: failed to lookup address"), "{unknown}");
    assert!(refused.is_retryable() && unknown.is_retryable());
}

#[cfg(not(feature = "tls"))]
#[test]
fn a_build_without_tls_says_so() {
    let error = fails("https://127.0.0.1:1");
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Tls), 1));
    assert_eq!(error.detail.as_deref(), Some("built without TLS"));
}

#[cfg(all(feature = "hyper", feature = "tls"))]
#[test]
fn a_certificate_that_is_not_accepted_costs_one_attempt_and_no_budget() {
    use larder_transport::blocking::{Client, Options};

    use crate::certificates::{bad, one_retry};

    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for bad in bad() {
        let server = runtime.block_on(crate::shelf::start_with(crate::shelf::How::default(), bad.tls));
        let client = Client::with_shared(one_retry(), Options { roots: bad.roots, ..Options::default() });
        let error = client.call(add(), settings(&format!("https://{}", server.address))).unwrap_err();
        assert_eq!((&error.kind, error.phase), (&ErrorKind::Failure(Failure::Certificate), Phase::Connect));
        assert!(error.to_string().contains(bad.says), "{error}");
        assert!(error.attempts.len() == 1 && !error.is_retryable(), "{error:?}");
        let refused = client.call(add(), settings(&format!("http://{}", closed()))).unwrap_err();
        assert_eq!(refused.attempts.len(), 2, "the one retry was still there");
    }
}

/// Whoever takes the connection in the middle of the handshake is as good as away: a service that restarts does so.
#[cfg(feature = "tls")]
#[test]
fn who_goes_in_the_middle_of_a_handshake_may_come_back() {
    use std::io::Read;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("https://{}", listener.local_addr().unwrap());
    let peer = std::thread::spawn(move || {
        for _ in 0..4 {
            let (mut tcp, _) = listener.accept().unwrap();
            let _ = tcp.read(&mut [0; 4096]);
        }
    });
    let error = fails(&target);
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Connect), 4));
    assert!(error.detail.is_some(), "{error}");
    peer.join().unwrap();
}
