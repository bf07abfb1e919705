//! Calls that another thread ends, wherever they wait. No clock is near: what does not end is seen as a test that hangs.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use larder_core::{Clock, Clocks, ErrorKind, Note, Permits, Phase, Policy, Secret, Session, Settings, Shared};
use larder_transport::blocking::{CallError, Cancel, Client, Options};
use larder_transport::observe::{Event, What};

use crate::api::{Fetch, Shelf};
use crate::peer::{ANSWER, add, client, drain, echo, kind, peer, put, request, settings, upto};

/// No clock ends these.
fn endless(settings: &Settings<Shelf>) -> Settings<Shelf> {
    let (off, clocks) = (Clock::Off, Clocks::default());
    Settings { clocks: Clocks { first_byte: off, attempt: off, stall: off, total: off, ..clocks }, ..settings.clone() }
}

#[test]
fn a_call_that_waits_for_an_answer_is_ended_and_its_connection_closed() {
    let (came, has_come) = channel();
    let peer = peer(2, move |mut tcp, number| {
        assert!(request(&mut tcp));
        if number == 1 {
            tcp.write_all(ANSWER.as_bytes()).unwrap();
        }
        came.send(()).unwrap();
        drain(&mut tcp)
    });
    let (client, cancel) = (client(), Cancel::new().unwrap());
    let (cancelled, settings) = (client.clone().with_cancel(&cancel), endless(&peer.settings));
    let call = thread::spawn(move || cancelled.call(echo(), settings));
    has_come.recv().unwrap();
    cancel.cancel();
    assert_eq!(kind(call.join().unwrap()), (ErrorKind::Cancelled, Phase::Await));
    assert_eq!(peer.done.recv().unwrap(), 0, "it is closed");
    assert_eq!(client.call(add(), peer.settings.clone()).unwrap().text, "a", "another clone goes on");
}

#[test]
fn what_is_cancelled_before_sends_nothing() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.set_nonblocking(true).unwrap();
    let cancel = Cancel::new().unwrap();
    let client = client().with_cancel(&Cancel::new().unwrap()).with_cancel(&cancel);
    cancel.cancel();
    cancel.cancel();
    assert!(cancel.is_cancelled());
    let settings = settings(&format!("http://{}", free.local_addr().unwrap()));
    assert_eq!(client.call(add(), settings).unwrap_err().kind, ErrorKind::Cancelled);
    assert!(free.accept().is_err(), "nobody came");
}

#[test]
fn transfers_are_ended_in_the_middle() {
    let (came, has_come) = channel();
    let (over, wait) = channel::<()>();
    let peer = peer(2, move |mut tcp, number| {
        if number == 0 {
            assert!(request_head(&mut tcp));
            tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nsome").unwrap();
        }
        came.send(()).unwrap();
        if number == 0 { drain(&mut tcp) } else { usize::from(wait.recv().is_err()) }
    });
    let client = client();
    for number in 0..2 {
        let cancel = Cancel::new().unwrap();
        let (client, settings) = (client.clone().with_cancel(&cancel), endless(&peer.settings));
        let call = thread::spawn(move || match number {
            0 => client.download(Fetch { length: 9999 }, settings, Vec::new()).map(drop),
            // To a server that reads nothing: more than the kernel buffers.
            _ => client.upload(put(), settings, Bytes::from(vec![7; 64 << 20])).map(drop),
        });
        has_come.recv().unwrap();
        cancel.cancel();
        let CallError::Call(error) = call.join().unwrap().unwrap_err() else { panic!() };
        assert_eq!(error.kind, ErrorKind::Cancelled, "{number}");
    }
    drop(over);
    assert_eq!(peer.join(), [0, 1]);
}

fn request_head(tcp: &mut std::net::TcpStream) -> bool {
    upto(tcp, |all| all.ends_with(b"\r\n\r\n"))
}

/// In the pause between two attempts: there is no socket then, and the thread sleeps.
#[test]
fn who_sleeps_is_woken() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = settings(&format!("http://{gone}"));
    let hour = Duration::from_secs(3600);
    let pause = Policy { base: hour, cap: hour, ..nobody.policy };
    let (tell, told) = channel();
    let observer = move |event: &Event<'_>| {
        if let What::Note(Note::Retrying { .. }) = event.what {
            let _ = tell.send(());
        }
    };
    let options = Options { observer: Some(Arc::new(observer)), ..Options::default() };
    let cancel = Cancel::new().unwrap();
    let client = Client::<Shelf>::new(Session::with_token(Secret::new("t")), options).with_cancel(&cancel);
    let settings = Settings { policy: pause, ..endless(&nobody) };
    let call = thread::spawn(move || client.call(echo(), settings));
    told.recv().unwrap();
    cancel.cancel();
    assert_eq!(call.join().unwrap().unwrap_err().kind, ErrorKind::Cancelled);
}

/// In the line for a permit.
#[test]
fn who_waits_for_room_is_woken() {
    let (came, has_come) = channel();
    let peer = peer(1, move |mut tcp, _| {
        assert!(request_head(&mut tcp));
        came.send(()).unwrap();
        drain(&mut tcp)
    });
    let shared = Shared { permits: Permits::new(1), ..Shared::new(Session::with_token(Secret::new("t")), 0) };
    let client = Client::<Shelf>::with_shared(shared, Options::default());
    let [first, second] = [(); 2].map(|()| {
        let cancel = Cancel::new().unwrap();
        let (client, settings) = (client.clone().with_cancel(&cancel), endless(&peer.settings));
        let call = thread::spawn(move || client.download(Fetch { length: 9 }, settings, ()).map_err(|error| error.to_string()));
        (cancel, call)
    });
    has_come.recv().unwrap();
    // One of them has the only permit, and nobody answers.
    for (cancel, call) in [second, first] {
        cancel.cancel();
        assert!(call.join().unwrap().unwrap_err().contains("cancelled"));
    }
}
