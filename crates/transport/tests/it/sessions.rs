//! One login for all.

use std::sync::atomic::Ordering;
use std::time::Duration;

use larder_transport::server::Plain;
use tokio::task::JoinSet;

use crate::api::Echo;
use crate::shelf::{How, client, start, start_with};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_calls_share_one_login() {
    let server = start().await;
    let client = client();
    let mut calls = JoinSet::new();
    for number in 0..200 {
        let (client, settings) = (client.clone(), server.settings());
        calls.spawn(async move { client.call(Echo { text: number.to_string() }, settings).await.map(|_| ()) });
    }
    while let Some(result) = calls.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(server.state.logins.load(Ordering::SeqCst), 1);
    assert_eq!(server.state.echoes.load(Ordering::SeqCst), 200);
}

#[tokio::test]
async fn a_call_that_is_dropped_in_mid_login_lets_the_others_go_on() {
    let mut server = start_with(How { logins_wait: true, ..How::default() }, Plain).await;
    let client = client();
    let settings = server.settings();
    let call = |text: &str| {
        let (client, settings, text) = (client.clone(), settings.clone(), text.to_owned());
        tokio::spawn(async move { client.call(Echo { text }, settings).await.map(|answer| answer.text) })
    };
    let leader = call("leader");
    assert_eq!(server.entered.recv().await, Some("login"));
    let follower = call("follower");
    tokio::task::yield_now().await;
    leader.abort();
    assert_eq!(server.entered.recv().await, Some("login"), "the other took over");
    // The first login goes on at the server, since its request was complete: it takes a permit too.
    server.state.gate.add_permits(2);
    let answer = tokio::time::timeout(Duration::from_secs(10), follower).await.unwrap().unwrap();
    assert_eq!(answer.unwrap(), "follower");
}
