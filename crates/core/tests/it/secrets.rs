//! Nothing that is secret is printed, whatever the state.

use larder_core::{Input, Machine, Session, Told};

use crate::drive::{Client, Server, data, end, head_with, request, wrote};
use crate::toy::{Answer, Enter, Fetch, Look, Said};

const SECRETS: [&str; 3] = ["sesame", "the-token", "fresh"];

fn check(what: &dyn core::fmt::Debug) {
    let shown = format!("{what:?}{what:#?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn of_a_call() {
    let session = Session::with_login(Enter { text: "sesame".to_owned() });
    let mut client = Client::new(Look::default(), session);
    check(&client.call);
    let _note = client.call.poll(client.now, &mut client.shared);
    check(&client.call);
    client.poll();
    for input in [wrote(2), head_with(2, 200, &[]), data(2, "fresh")] {
        client.tell(input);
        check(&client.call);
    }
    client.say(end(2));
    check(&client.call);
    client.poll();
    check(&client.call);
    check(&client.shared.budget);
}

#[test]
fn how_far_a_call_has_come_is_no_secret() {
    let mut client = Client::new(Look::default(), Session::with_login(Enter { text: "sesame".to_owned() }));
    let state = |client: &Client<Look>| {
        let shown = format!("{:?}", client.call);
        shown.split_once("state: ").map(|(_, state)| state.to_owned()).unwrap_or_default()
    };
    assert_eq!(state(&client), "Gate, phase: Idle, attempts: 0, .. })");
    client.poll().answered(2, 200, "fresh");
    let attempt =
        "Attempt Operation { epoch: Some(2) } #3 Cycle { request: Open, response: Idle } (None, true) Some(+0ns) over: false";
    assert_eq!(state(&client), format!("{attempt}, phase: Send, attempts: 1, .. }})"));
    client.tell(larder_core::Input::Cancel);
    assert_eq!(state(&client), "Reported, phase: Send, attempts: 1, .. })");
}

#[test]
fn of_a_place_that_a_download_was_sent_to() {
    let mut client = Client::new(Fetch::default(), Session::with_token("the-token".into()));
    client.poll().say(head_with(2, 302, &[("location", "http://node.test/the-token/x")])).tell(end(2));
    check(&client.call);
    client.tell(head_with(3, 200, &[])).say(data(3, "fresh"));
    check(&client.call);
    assert!(!client.log.contains("the-token"), "{}", client.log);
    client.poll().tell(Input::Cancel);
    check(&client.call);
}

#[test]
fn of_an_exchange() {
    let mut server = Server::new(request("POST", "/change?the-token", &[("token", "the-token")]));
    check(&server.exchange);
    server.poll().say_data(b"text=sesame".to_vec());
    check(&server.exchange);
    server.poll().tell(Told::End);
    check(&server.exchange);
    server.tell(Told::Identified).tell(Told::Reply(Ok(Answer::Change(Said { text: "fresh".to_owned() }))));
    check(&server.exchange);
}

#[test]
fn how_far_an_exchange_has_come_is_no_secret() {
    let mut server = Server::new(request("POST", "/ping", &[]));
    let stage = |server: &Server| {
        let shown = format!("{:?}", server.exchange);
        assert!(shown.starts_with("Exchange { cycle: Cycle { request: ") && shown.contains(" received: "), "{shown}");
        shown
            .split_once("stage: ")
            .and_then(|(_, stage)| stage.split_once(','))
            .map(|(stage, _)| stage.to_owned())
            .unwrap_or_default()
    };
    assert_eq!(stage(&server), "Read");
    server.poll().tell(Told::End);
    assert_eq!(stage(&server), "Identifying");
    server.tell(Told::Identified);
    assert_eq!(stage(&server), "Replying");
    server.tell(Told::Reply(Ok(Answer::Ping(Said { text: "pong".to_owned() }))));
    assert_eq!(stage(&server), "Body");
    server.tell(Told::Wrote);
    assert_eq!(stage(&server), "Done");
}
