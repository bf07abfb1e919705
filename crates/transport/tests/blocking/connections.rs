//! Connections that are kept, and how they end.

use std::io::Write;
use std::time::Duration;

use larder_core::{ErrorKind, Failure, Phase, Secret, Session};
use larder_transport::blocking::{Client, Options};

use crate::peer::{ANSWER, add, client, drain, echo, kind, peer, request, script};

#[test]
fn a_connection_is_used_again() {
    let peer = script(&[&[ANSWER, ANSWER, ANSWER]]);
    let client = client();
    for _ in 0..3 {
        assert_eq!(client.call(add(), peer.settings.clone()).unwrap().text, "a");
    }
    assert_eq!(peer.join(), [3]);
}

#[test]
fn a_connection_that_the_peer_closed_is_noticed_before_sending() {
    let peer = script(&[&[ANSWER], &[ANSWER]]);
    let client = client();
    client.call(add(), peer.settings.clone()).unwrap();
    // It has closed: what is unsafe to repeat was not sent into it.
    assert_eq!(peer.done.recv().unwrap(), 1);
    client.call(add(), peer.settings.clone()).unwrap();
    assert_eq!(peer.join(), [1]);
}

#[test]
fn a_connection_on_which_something_came_unasked_is_not_used_again() {
    let peer = peer(2, |mut tcp, number| {
        assert!(request(&mut tcp));
        let more = if number == 0 { ANSWER } else { "" };
        tcp.write_all([ANSWER, more].concat().as_bytes()).unwrap();
        drain(&mut tcp)
    });
    let client = client();
    client.call(add(), peer.settings.clone()).unwrap();
    client.call(add(), peer.settings.clone()).unwrap();
    drop(client);
    assert_eq!(peer.join(), [0, 0]);
}

#[test]
fn a_kept_connection_that_dies_as_we_send_is_retried_when_that_is_safe() {
    let peer = script(&[&[ANSWER, ""], &[ANSWER]]);
    let client = client();
    client.call(add(), peer.settings.clone()).unwrap();
    client.call(echo(), peer.settings.clone()).unwrap();
    assert_eq!(peer.join(), [2, 1]);
}

#[test]
fn a_kept_connection_that_dies_as_we_send_leaves_the_outcome_of_others_unknown() {
    let peer = script(&[&[ANSWER, ""]]);
    let client = client();
    client.call(echo(), peer.settings.clone()).unwrap();
    let (kind, phase) = kind(client.call(add(), peer.settings.clone()));
    assert_eq!(kind, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert!(phase >= Phase::Send);
    assert_eq!(peer.join(), [2], "it was not sent again");
}

/// Whoever loses the race between our request and the server's close, an unsafe operation is never carried out twice.
#[test]
fn an_idle_connection_that_is_closed_as_we_send_never_repeats_an_unsafe_operation() {
    let (mut fine, mut unknown) = (0, 0);
    for _ in 0..200 {
        let peer = script(&[&[ANSWER], &[ANSWER]]);
        let client = client();
        client.call(add(), peer.settings.clone()).unwrap();
        match client.call(add(), peer.settings.clone()) {
            Ok(_) => {
                fine += 1;
                assert_eq!(peer.join(), [1, 1]);
            }
            Err(error) => {
                unknown += 1;
                assert_eq!(error.kind, ErrorKind::OutcomeUnknown(Failure::Reset));
            }
        }
    }
    assert_eq!(fine + unknown, 200);
}

#[test]
fn connections_that_are_kept_have_an_age_and_a_count() {
    for options in [Options { idle: Duration::ZERO, ..Options::default() }, Options { idle_per_host: 0, ..Options::default() }] {
        let peer = script(&[&[ANSWER, ANSWER], &[ANSWER, ANSWER]]);
        let client = Client::new(Session::with_token(Secret::new("t")), options);
        client.call(add(), peer.settings.clone()).unwrap();
        client.call(add(), peer.settings.clone()).unwrap();
        drop(client);
        assert_eq!(peer.join(), [1, 1]);
    }
}

#[test]
fn the_head_of_an_answer_is_bounded() {
    let field = "x: 0123456789\r\n";
    let head = |fields: usize| format!("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n{}\r\n", field.repeat(fields));
    let options = Options { headers: 10, buffer: 1000, ..Options::default() };
    for (fields, length, is_fine) in [(9, 0, true), (10, 0, false), (0, 900, true), (0, 1000, false)] {
        let peer = peer(1, move |mut tcp, _| {
            assert!(request(&mut tcp));
            let pad = if length == 0 { String::new() } else { format!("y: {}\r\n", "y".repeat(length)) };
            let head = head(fields).replace("\r\n\r\n", &format!("\r\n{pad}\r\n"));
            let _ = tcp.write_all([&head, "{\"text\":\"a\"}"].concat().as_bytes());
            0
        });
        let client = Client::new(Session::with_token(Secret::new("t")), options.clone());
        let result = client.call(add(), peer.settings.clone());
        if is_fine {
            assert_eq!(result.unwrap().text, "a", "{fields} {length}");
        } else {
            assert_eq!(kind(result).0, ErrorKind::OutcomeUnknown(Failure::Protocol), "{fields} {length}");
        }
    }
}
