//! The clocks, over sockets that would wait for ever.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use larder_core::{Clock, Clocks, ErrorKind, Failure, Phase, Settings, Why};
use larder_transport::blocking::CallError;

use crate::api::{Fetch, Shelf};
use crate::peer::{add, client, drain, echo, kind, peer, put, request};

const SHORT: Duration = Duration::from_millis(50);

fn with(settings: &Settings<Shelf>, clocks: Clocks) -> Settings<Shelf> {
    Settings { clocks, ..settings.clone() }
}

#[test]
fn a_silent_server_is_left() {
    let peer = peer(5, |mut tcp, _| {
        assert!(request(&mut tcp));
        drain(&mut tcp)
    });
    let settings = with(&peer.settings, Clocks { first_byte: SHORT.into(), ..Clocks::default() });
    let client = client();
    assert_eq!(kind(client.call(add(), settings.clone())), (ErrorKind::OutcomeUnknown(Failure::Silence), Phase::Await));
    let error = client.call(echo(), settings).unwrap_err();
    assert_eq!((&error.kind, error.attempts.len()), (&ErrorKind::Failure(Failure::Silence), 4));
    assert_eq!(peer.join(), [0; 5], "each was closed");
}

/// More than the kernel buffers on both sides, to a server that reads nothing.
#[test]
fn a_server_that_reads_nothing_ends_by_the_stall_clock() {
    let (over, wait) = std::sync::mpsc::channel::<()>();
    let peer = peer(1, move |_tcp, _| {
        let _ = wait.recv();
        0
    });
    let mut settings = with(&peer.settings, Clocks { stall: SHORT.into(), ..Clocks::default() });
    settings.policy.attempts = 1;
    let began = Instant::now();
    let CallError::Call(error) = client().upload(put(), settings, Bytes::from(vec![7; 64 << 20])).unwrap_err() else { panic!() };
    assert_eq!((&error.kind, error.phase), (&ErrorKind::Failure(Failure::Silence), Phase::Send));
    assert!(began.elapsed() >= SHORT && began.elapsed() < Duration::from_secs(20));
    drop(over);
    peer.join();
}

#[test]
fn an_answer_that_drips_ends_by_the_clocks_of_the_attempt_and_of_the_call() {
    let serve = |mut tcp: std::net::TcpStream, _: usize| {
        assert!(request(&mut tcp));
        tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n").unwrap();
        let mut count = 0;
        // The pause is the subject.
        while tcp.write_all(b" ").is_ok() {
            count += 1;
            thread::sleep(Duration::from_millis(5));
        }
        count
    };
    let limit = Clock::After(Duration::from_millis(200));
    // Never silent for as long as this.
    let stall = Clock::After(Duration::from_secs(20));
    let drip = peer(1, serve);
    let settings = with(&drip.settings, Clocks { attempt: limit, stall, ..Clocks::default() });
    let late = kind(client().call(add(), settings));
    assert_eq!(late, (ErrorKind::OutcomeUnknown(Failure::Late), Phase::Receive));
    assert!(drip.join()[0] > 1);
    let drip = peer(1, serve);
    let settings = with(&drip.settings, Clocks { total: limit, stall, ..Clocks::default() });
    assert!(matches!(kind(client().call(echo(), settings)).0, ErrorKind::Deadline(Why::Data | Why::Total)));
    drip.join();
}

#[test]
fn a_download_that_stops_ends_by_the_stall_clock() {
    let peer = peer(1, |mut tcp, _| {
        assert!(crate::peer::upto(&mut tcp, |all| all.ends_with(b"\r\n\r\n")));
        tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nsome").unwrap();
        drain(&mut tcp)
    });
    let settings = with(&peer.settings, Clocks { stall: SHORT.into(), ..Clocks::default() });
    let mut got = Vec::new();
    let error = client().download(Fetch { length: 1_000_000 }, settings, &mut got).unwrap_err();
    let CallError::Call(error) = error else { panic!() };
    assert_eq!((&error.kind, got), (&ErrorKind::Failure(Failure::Silence), b"some".to_vec()));
    peer.join();
}
