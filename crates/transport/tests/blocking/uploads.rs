//! Uploads that end before their end.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use larder_core::journal::{End, Journal, Out};
use larder_core::{ErrorKind, Failure, Meta, PeerFlaw, Permits, Secret, Session, Settings};
use larder_transport::blocking::{CallError, Client, Once, Options, Sink, Source};

use crate::api::{Fault, Fetch, Shelf, Stored};
use crate::peer::{STORED, client, drain, peer, put, upto};

/// The journals of several calls.
type Files = Arc<Mutex<Vec<Arc<Mutex<Vec<u8>>>>>>;

/// Never ends.
struct Endless;

impl Source for Endless {
    fn read(&mut self, _: u64, max: usize) -> io::Result<Option<Bytes>> {
        Ok(Some(vec![b'x'; max].into()))
    }
}

fn has(part: &'static [u8]) -> impl Fn(&[u8]) -> bool {
    move |all| all.windows(part.len()).any(|window| window == part)
}

/// The server reads little and answers; it reads no more before we have closed.
#[test]
fn an_early_answer_ends_an_upload_that_would_never_end() {
    const FULL: &str = "HTTP/1.1 507 Full\r\ncontent-length: 28\r\n\r\n{\"status\":507,\"text\":\"full\"}";
    for length in [Some(1 << 40), None] {
        let peer = peer(1, |mut tcp, _| {
            assert!(upto(&mut tcp, has(b"xxxx")));
            tcp.write_all(FULL.as_bytes()).unwrap();
            drain(&mut tcp).min(1)
        });
        let settings = Settings { length, ..peer.settings.clone() };
        let CallError::Call(error) = client().upload(put(), settings, Endless).unwrap_err() else { panic!() };
        assert_eq!((error.fault(), error.attempts.len()), (Some(&Fault::new(507, "full")), 1));
        peer.join();
    }
}

/// Also one that comes while nothing can be sent, as nobody reads.
#[test]
fn an_early_answer_is_seen_while_the_peer_reads_nothing() {
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let peer = peer(1, move |mut tcp, _| {
        assert!(upto(&mut tcp, has(b"xxxx")));
        tcp.write_all(STORED.as_bytes()).unwrap();
        // Nothing is read before the client is through.
        let _ = wait.recv();
        0
    });
    let result = client().upload(put(), Settings { length: Some(1 << 40), ..peer.settings.clone() }, Endless);
    // It cannot have stored what it has not seen.
    let Err(CallError::Call(error)) = result else { panic!("a success") };
    assert_eq!(error.kind, ErrorKind::Peer(PeerFlaw::Early));
    drop(done);
    peer.join();
}

/// A server that lets go of the first connection when it has seen a byte, and answers on the second.
fn forgetful() -> crate::peer::Peer {
    peer(2, |mut tcp, number| {
        if number == 1 {
            assert!(upto(&mut tcp, |all| all.ends_with(b"--\r\n") && has(b"file")(all)));
            tcp.write_all(STORED.as_bytes()).unwrap();
        } else {
            assert!(upto(&mut tcp, |all| !all.is_empty()));
        }
        number
    })
}

#[test]
fn an_upload_that_is_tried_again_begins_at_its_beginning() {
    let peer = forgetful();
    let stored = client().upload(put(), peer.settings.clone(), Bytes::from_static(b"file")).unwrap();
    assert_eq!(stored, Stored { length: 4, sum: 0 });
    assert_eq!(peer.join(), [0, 1]);
}

#[test]
fn an_upload_that_cannot_begin_again_ends_with_what_went_wrong_first() {
    let peer = forgetful();
    let source = Once::new(&b"file"[..], Some(4));
    let CallError::Call(error) = client().upload(put(), peer.settings.clone(), source).unwrap_err() else { panic!() };
    assert_eq!(error.kind, ErrorKind::Failure(Failure::Reset));
}

#[test]
fn a_source_that_fails_ends_the_upload_and_closes_the_connection() {
    struct Torn(u32);
    impl Source for Torn {
        fn read(&mut self, _: u64, max: usize) -> io::Result<Option<Bytes>> {
            self.0 += 1;
            if self.0 > 4 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(Some(vec![7; max].into())) }
        }
    }
    let peer = peer(1, |mut tcp, _| drain(&mut tcp).min(1));
    let error = client().upload(put(), peer.settings.clone(), Torn(0)).unwrap_err();
    assert!(matches!(error, CallError::Source(error) if error.kind() == io::ErrorKind::BrokenPipe));
    assert_eq!(peer.join(), [1]);
}

struct Panics;

impl Source for Panics {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        assert!(offset == 0, "a source that panics, on purpose");
        Ok(Some(vec![7; max].into()))
    }
}

impl Sink for Panics {
    fn write(&mut self, _: u64, _: Bytes) -> io::Result<()> {
        panic!("a sink that panics, on purpose")
    }
}

/// More often than there are permits: if one were kept, the last uploads would wait for ever.
#[test]
fn a_panic_leaves_no_permit_and_no_connection() {
    let peer = peer(2 * Permits::DEFAULT + 3, |mut tcp, number| {
        if number > 2 * Permits::DEFAULT {
            assert!(upto(&mut tcp, |all| all.ends_with(b"--\r\n")));
            tcp.write_all(STORED.as_bytes()).unwrap();
            return 0;
        }
        if number % 2 == 1 {
            let _ = tcp.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nsome");
        }
        drain(&mut tcp).min(1)
    });
    let files: Files = Files::default();
    let kept = files.clone();
    let journal = move |_: &Meta, _: &str| -> Option<Out> {
        let file = Arc::<Mutex<Vec<u8>>>::default();
        kept.lock().unwrap().push(Arc::clone(&file));
        Some(Box::new(move |line: &[u8]| file.lock().unwrap().extend_from_slice(line)))
    };
    let options = Options { journal: Some(Arc::new(journal)), ..Options::default() };
    let client = Client::new(Session::with_token(Secret::new("t")), options);
    for number in 0..=2 * Permits::DEFAULT {
        let call = AssertUnwindSafe(|| match number % 2 {
            0 => client.upload(put(), peer.settings.clone(), Panics).map(drop),
            _ => client.download(Fetch { length: 9999 }, peer.settings.clone(), Panics).map(drop),
        });
        assert!(catch_unwind(call).is_err());
        assert_eq!(peer.done.recv().unwrap(), 1, "it is closed");
    }
    for _ in 0..2 {
        client.upload(put(), peer.settings.clone(), Bytes::from_static(b"file")).unwrap();
    }
    peer.join();
    for (number, file) in files.lock().unwrap().iter().enumerate() {
        let replayed = Journal::read(&*file.lock().unwrap()).unwrap().replay_call::<Shelf>().unwrap();
        assert_eq!(replayed.end, if number > 2 * Permits::DEFAULT { End::Done } else { End::Abandoned });
    }
}
