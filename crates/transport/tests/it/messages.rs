//! Calls without files.

use std::sync::atomic::Ordering;

use larder_core::{ErrorKind, Failure, Phase};
use larder_transport::server::Plain;

use crate::api::{Add, Echo, Fault};
use crate::shelf::{How, client, settings, start, start_with};

fn echo(text: &str) -> Echo {
    Echo { text: text.to_owned() }
}

#[tokio::test]
async fn a_call_logs_in_by_itself_and_is_answered() {
    let mut server = start().await;
    let answer = client().call(echo("hello"), server.settings()).await.unwrap();
    assert_eq!(answer.text, "hello");
    assert_eq!(server.state.logins.load(Ordering::SeqCst), 1);
    for name in ["Login", "Echo"] {
        let outcome = server.ended.recv().await.unwrap();
        assert_eq!((format!("{:?}", outcome.name.unwrap()), outcome.status, outcome.is_broken), (name.to_owned(), 200, false));
    }
}

#[tokio::test]
async fn a_large_message_comes_whole_both_ways() {
    let server = start().await;
    let text = "x".repeat(900 << 10);
    assert_eq!(client().call(echo(&text), server.settings()).await.unwrap().text, text);
}

#[tokio::test]
async fn what_the_machine_finds_wrong_is_answered_before_the_body_is_read() {
    let server = start().await;
    let text = "x".repeat(3 << 20);
    let error = client().call(echo(&text), server.settings()).await.unwrap_err();
    assert_eq!(error.fault(), Some(&Fault::new(400, "the request is too large")));
}

#[tokio::test]
async fn a_refused_connection_is_told() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = client().call(Add { text: String::new() }, settings(&format!("http://{free}"))).await.unwrap_err();
    assert_eq!((error.kind, error.phase), (ErrorKind::Failure(Failure::Refused), Phase::Idle), "the login failed");
}

#[tokio::test]
async fn one_connection_serves_many_calls() {
    let options = larder_transport::server::Options { connections: 1, ..Default::default() };
    let server = start_with(How { options, ..How::default() }, Plain).await;
    let client = client();
    for round in 0..20 {
        let text = round.to_string();
        assert_eq!(client.call(echo(&text), server.settings()).await.unwrap().text, text);
    }
}
