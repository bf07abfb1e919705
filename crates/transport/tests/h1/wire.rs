//! Between a machine and bytes: the same inputs, however the bytes are cut up, in both directions.

use std::io::ErrorKind;

use bytes::Bytes;
use http::Request;
use larder_core::wire::RequestHead;
use larder_core::{ExchangeId, Failure, Input, Length, Phase};
use larder_transport::h1::{Connection, Wire};
use proptest::prelude::*;

const AT: ExchangeId = ExchangeId(7);

fn head() -> RequestHead {
    RequestHead(Request::post("http://a.example:81/x").body(()).unwrap())
}

/// A connected one, whose sign of life was heard.
fn begun(length: Length) -> Wire {
    let mut wire = Wire::default();
    wire.open(AT, head(), length);
    let wanted = wire.wants().unwrap();
    assert_eq!((wanted.host(), wanted.port()), ("a.example", 81));
    wire.connected(Connection::default());
    assert!(matches!(wire.next(true), Some(Input::Connected { at: AT })));
    wire
}

/// What goes out when at most so many bytes are taken at once.
fn sent(wire: &mut Wire, at_once: usize) -> Vec<u8> {
    let mut sent = Vec::new();
    while wire.send(|parts| {
        let all: Vec<u8> = parts.iter().flat_map(|part| part.to_vec()).collect();
        let taken = &all[..all.len().min(at_once)];
        sent.extend_from_slice(taken);
        Ok(taken.len())
    }) {}
    sent
}

/// What it says, with pieces that follow each other put together.
fn said(wire: &mut Wire, seen: &mut Vec<String>, body: &mut Vec<u8>) {
    while let Some(input) = wire.next(true) {
        if let Input::Data { at: AT, chunk } = &input {
            body.extend_from_slice(chunk);
        } else if let Input::Failed { detail: Some(detail), .. } = &input {
            seen.push(format!("{input:?}: {detail}"));
        } else {
            seen.push(format!("{input:?}"));
        }
    }
}

const ANSWERS: &[&[u8]] = &[
    b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\r\n\r\nto the end",
    b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut short",
    b"HTTP/1.1 200 OK\r\ncontent-len",
    b"SSH-2.0-OpenSSH\r\n",
    b"",
];

fn answered(answer: &[u8], cuts: &[usize]) -> (Vec<String>, Vec<u8>, bool) {
    let mut wire = begun(Length::Known(0));
    sent(&mut wire, usize::MAX);
    let (mut seen, mut body, mut start) = (Vec::new(), Vec::new(), 0);
    for end in cuts.iter().copied().chain([answer.len()]).filter(|end| *end <= answer.len()) {
        if end > start {
            wire.received(&answer[start..end]);
            said(&mut wire, &mut seen, &mut body);
            start = end;
        }
    }
    let is_kept = wire.kept().is_some();
    wire.received(b"");
    said(&mut wire, &mut seen, &mut body);
    assert!(!wire.is_open());
    (seen, body, is_kept)
}

proptest! {
    #[test]
    fn an_answer_in_any_pieces_is_the_same_inputs(which in 0..ANSWERS.len(), mut cuts in prop::collection::vec(0_usize..90, 0..9)) {
        cuts.sort_unstable();
        prop_assert_eq!(answered(ANSWERS[which], &cuts), answered(ANSWERS[which], &[]));
    }

    #[test]
    fn a_request_is_the_same_bytes_however_few_are_taken_at_once(
        at_once in 1_usize..70_000,
        size in 1_usize..100_000,
        is_chunked: bool,
    ) {
        let length = if is_chunked { Length::Unknown } else { Length::Known(size as u64) };
        let make = |at_once| {
            let mut wire = begun(length);
            let mut bytes = sent(&mut wire, at_once);
            wire.write(vec![9; size].into());
            bytes.extend(sent(&mut wire, at_once));
            let wrote = matches!(wire.next(false), Some(Input::Wrote { at: AT }));
            wire.finish();
            bytes.extend(sent(&mut wire, at_once));
            (bytes, wrote, wire.has_more())
        };
        let (bytes, wrote, has_more) = make(at_once);
        prop_assert!(wrote && !has_more);
        prop_assert_eq!(bytes, make(usize::MAX).0);
    }
}

#[test]
fn answers_come_to_what_they_are() {
    let ends: Vec<_> =
        ANSWERS.iter().map(|answer| answered(answer, &[])).map(|(seen, _, kept)| (seen[seen.len() - 1].clone(), kept)).collect();
    let failed = |failure: &str| (format!("Failed #7 {failure}"), false);
    assert_eq!(ends[0], ("End #7".to_owned(), true));
    assert_eq!(ends[1], ("End #7".to_owned(), true));
    assert_eq!(ends[2], ("End #7".to_owned(), false));
    assert_eq!(ends[3], failed("Truncated in Send: the answer was cut short"));
    assert_eq!(ends[4], failed("Truncated in Send: the answer was cut short"));
    assert_eq!(ends[5], failed("Protocol in Send: no HTTP/1 answer"));
    assert_eq!(ends[6], failed("Reset in Send: the connection was closed before an answer"));
}

#[test]
fn a_large_piece_is_acknowledged_when_it_is_out_and_each_bit_is_a_sign_of_life() {
    let mut wire = begun(Length::Known(40_000));
    wire.write(Bytes::from(vec![1; 40_000]));
    assert!(wire.next(true).is_none());
    assert!(wire.send(|_| Ok(10_000)) && !wire.send(|_| Err(ErrorKind::WouldBlock.into())));
    assert!(wire.has_more());
    assert!(matches!(wire.next(true), Some(Input::Connected { .. })));
    assert!(wire.next(true).is_none());
    sent(&mut wire, usize::MAX);
    assert!(matches!(wire.next(true), Some(Input::Wrote { .. })));
    assert!(wire.next(true).is_none());
}

#[test]
fn nothing_of_an_answer_is_said_unless_the_machine_waits_for_its_peer() {
    let mut wire = begun(Length::Known(0));
    sent(&mut wire, usize::MAX);
    wire.received(ANSWERS[0]);
    assert!(wire.next(false).is_none());
    assert!(matches!(wire.next(true), Some(Input::Head { .. })));
    assert!(wire.next(false).is_none());
    assert!(matches!(wire.next(true), Some(Input::Data { .. })));
}

#[test]
fn an_answer_that_came_before_the_peer_went_deaf_is_heard() {
    let mut wire = begun(Length::Known(40_000));
    wire.write(Bytes::from(vec![1; 40_000]));
    wire.send(|_| Err(ErrorKind::BrokenPipe.into()));
    assert!(!wire.has_more() && wire.next(true).is_none());
    wire.received(ANSWERS[0]);
    wire.broke(&ErrorKind::ConnectionReset.into());
    let (mut seen, mut body) = (Vec::new(), Vec::new());
    said(&mut wire, &mut seen, &mut body);
    assert_eq!((seen.last().map(String::as_str), &body[..]), (Some("End #7"), &b"hello"[..]));
    assert!(wire.kept().is_none());
}

#[test]
fn what_broke_is_told_apart() {
    let failed = |wire: &mut Wire| {
        let input = wire.next(false).or_else(|| wire.next(true));
        let Some(Input::Failed { at: AT, failure, phase, .. }) = input else { panic!("{input:?}") };
        (failure, phase)
    };
    let mut wire = Wire::default();
    let unconnected = |wire: &mut Wire, kind: ErrorKind| {
        wire.open(AT, head(), Length::Known(0));
        wire.broke(&kind.into());
    };
    unconnected(&mut wire, ErrorKind::ConnectionRefused);
    assert_eq!(failed(&mut wire), (Failure::Refused, Phase::Connect));
    unconnected(&mut wire, ErrorKind::TimedOut);
    assert_eq!(failed(&mut wire), (Failure::Connect, Phase::Connect));
    wire.open(AT, head(), Length::Known(0));
    wire.fail(Failure::Resolve, "no such name");
    assert_eq!(failed(&mut wire), (Failure::Resolve, Phase::Connect));

    let broken = |has_sent: bool, kind: ErrorKind| {
        let mut wire = begun(Length::Known(0));
        if has_sent {
            sent(&mut wire, usize::MAX);
        }
        assert!(wire.receive(|_| Err(kind.into())));
        failed(&mut wire)
    };
    assert_eq!(broken(false, ErrorKind::ConnectionReset), (Failure::Reset, Phase::Connect));
    assert_eq!(broken(true, ErrorKind::ConnectionReset), (Failure::Reset, Phase::Send));
    assert_eq!(broken(true, ErrorKind::UnexpectedEof), (Failure::Reset, Phase::Send));
    assert_eq!(broken(true, ErrorKind::InvalidData), (Failure::Protocol, Phase::Send));
}

#[test]
fn waiting_is_no_failure() {
    let mut wire = begun(Length::Known(0));
    for kind in [ErrorKind::WouldBlock, ErrorKind::TimedOut, ErrorKind::Interrupted] {
        assert!(!wire.receive(|_| Err(kind.into())));
        assert!(wire.next(true).is_none());
        assert!(!wire.send(|_| Err(kind.into())) && wire.has_more());
    }
}

#[test]
fn a_connection_that_is_kept_takes_the_next_exchange() {
    let mut wire = begun(Length::Known(0));
    sent(&mut wire, usize::MAX);
    wire.received(ANSWERS[0]);
    said(&mut wire, &mut Vec::new(), &mut Vec::new());
    let kept = wire.kept().unwrap();
    wire.open(AT, head(), Length::Known(0));
    wire.connected(kept);
    assert!(String::from_utf8(sent(&mut wire, 3)).unwrap().starts_with("POST /x HTTP/1.1\r\n"));
    wire.abort();
    assert!(!wire.is_open() && !wire.has_more() && wire.next(true).is_none() && wire.kept().is_none());
}
