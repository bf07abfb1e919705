//! Answers that are none.

use std::io::Write;
use std::net::Shutdown;

use larder_core::{ErrorKind, Failure, Phase};

use crate::peer::{Peer, add, client, drain, kind, peer, request};

/// Says this to one request.
fn once(answer: &'static str) -> Peer {
    peer(1, move |mut tcp, _| {
        assert!(request(&mut tcp));
        tcp.write_all(answer.as_bytes()).unwrap();
        0
    })
}

#[test]
fn an_answer_that_is_cut_short_is_truncated() {
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"te",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"t\r\n",
        "HTTP/1.1 200 OK\r\ncontent-le",
    ] {
        let peer = once(answer);
        let (kind, phase) = kind(client().call(add(), peer.settings.clone()));
        assert_eq!(kind, ErrorKind::OutcomeUnknown(Failure::Truncated));
        assert!(phase >= Phase::Send, "{phase:?}");
    }
}

#[test]
fn what_is_no_http_is_a_protocol_failure() {
    for answer in [
        "SSH-2.0-OpenSSH_9.2p1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 12\r\ntransfer-encoding: chunked\r\n\r\n{\"text\":\"a\"}",
    ] {
        let peer = once(answer);
        assert_eq!(kind(client().call(add(), peer.settings.clone())).0, ErrorKind::OutcomeUnknown(Failure::Protocol));
    }
}

#[test]
fn interim_answers_are_passed_over() {
    let peer = once("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"text\":\"a\"}");
    assert_eq!(client().call(add(), peer.settings.clone()).unwrap().text, "a");
}

#[test]
fn a_half_close_before_an_answer_is_the_end_of_it() {
    let peer = peer(1, |mut tcp, _| {
        assert!(request(&mut tcp));
        tcp.shutdown(Shutdown::Write).unwrap();
        drain(&mut tcp)
    });
    assert_eq!(kind(client().call(add(), peer.settings.clone())).0, ErrorKind::OutcomeUnknown(Failure::Reset));
    assert_eq!(peer.join(), [0], "we closed, too");
}

#[test]
fn a_half_close_after_an_answer_without_a_length_is_its_end() {
    let peer = peer(1, |mut tcp, _| {
        assert!(request(&mut tcp));
        tcp.write_all(b"HTTP/1.1 200 OK\r\n\r\n{\"text\":\"a\"}").unwrap();
        tcp.shutdown(Shutdown::Write).unwrap();
        drain(&mut tcp)
    });
    assert_eq!(client().call(add(), peer.settings.clone()).unwrap().text, "a");
    assert_eq!(peer.join(), [0]);
}
