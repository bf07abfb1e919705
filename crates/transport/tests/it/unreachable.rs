//! Services that are not there: what is told of each.

use larder_core::{Error, ErrorKind, Failure, Phase, Secret, Session};
use larder_transport::Client;
use larder_transport::client::Options;

use crate::api::{Add, Fault, Shelf};
use crate::shelf::settings;

async fn fails(target: &str) -> Box<Error<Fault>> {
    let client: Client<Shelf> = Client::new(Session::with_token(Secret::new("t")), Options::default());
    client.call(Add { text: String::new() }, settings(target)).await.unwrap_err()
}

fn closed() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_closed_port_is_no_typo_in_the_host() {
    let refused = fails(&format!("http://{}", closed())).await;
    assert_eq!(
        (&refused.kind, refused.phase, refused.attempts.len()),
        (&ErrorKind::Failure(Failure::Refused), Phase::Connect, 4)
    );
    assert!(refused.to_string().contains("was refused: Connection refused (os error"), "{refused}");
    let unknown = fails("http://nowhere.invalid").await;
    assert_eq!(
        (&unknown.kind, unknown.phase, unknown.attempts.len()),
        (&ErrorKind::Failure(Failure::Resolve), Phase::Connect, 4)
    );
    assert!(unknown.to_string().contains("could not be resolved: failed to lookup address"), "{unknown}");
    assert!(refused.is_retryable() && unknown.is_retryable());
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn a_certificate_that_is_not_accepted_costs_one_attempt_and_no_budget() {
    use crate::certificates::{bad, one_retry};

    for bad in bad() {
        let server = crate::shelf::start_with(crate::shelf::How::default(), bad.tls).await;
        let options = Options { roots: bad.roots, ..Options::default() };
        let client: Client<Shelf> = Client::with_shared(one_retry(), options);
        let add = || Add { text: String::new() };
        let error = client.call(add(), settings(&format!("https://{}", server.address))).await.unwrap_err();
        assert_eq!((&error.kind, error.phase), (&ErrorKind::Failure(Failure::Certificate), Phase::Connect));
        assert!(error.to_string().contains(bad.says), "{error}");
        assert!(error.attempts.len() == 1 && !error.is_retryable(), "{error:?}");
        let refused = client.call(add(), settings(&format!("http://{}", closed()))).await.unwrap_err();
        assert_eq!(refused.attempts.len(), 2, "the one retry was still there");
    }
}
