//! Uploads and downloads.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use larder_core::Serving;
use larder_transport::client::{CallError, Once, Seekable, Sink, Source, Writer};
use larder_transport::server::{Options, Plain};

use crate::api::{Fault, Fetch, Put, Stored};
use crate::shelf::{How, State, client, file, start, start_with, sum};

const SIZE: usize = 8 << 20;
/// More than all buffers between a source and a sink together: sockets that are read fast have some 33 MiB.
const BUFFERS: u64 = 48 << 20;

fn put(name: &str) -> Put {
    Put { name: name.to_owned() }
}

#[tokio::test]
async fn a_file_arrives_from_every_kind_of_source() {
    let (server, client) = (start().await, client());
    let whole = file(0, SIZE);
    let expected = Stored { length: SIZE as u64, sum: sum(0, &whole) };
    let cursor = || io::Cursor::new(whole.clone());
    assert_eq!(client.upload(put("a"), server.settings(), whole.clone()).await.unwrap(), expected);
    assert_eq!(client.upload(put("a"), server.settings(), Seekable::new(cursor(), Some(SIZE as u64))).await.unwrap(), expected);
    // Chunked, since nobody knows the length.
    assert_eq!(client.upload(put("a"), server.settings(), Once::new(cursor(), None)).await.unwrap(), expected);
    let empty = Stored { length: 0, sum: 0 };
    assert_eq!(client.upload(put("a"), server.settings(), Bytes::new()).await.unwrap(), empty);
}

#[tokio::test]
async fn a_file_arrives_in_every_kind_of_sink() {
    let (server, client) = (start().await, client());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    client.download(Fetch { length: SIZE as u64 }, server.settings(), &mut first).await.unwrap();
    client.download(Fetch { length: SIZE as u64 }, server.settings(), Writer(&mut second)).await.unwrap();
    assert!(first == file(0, SIZE) && second == first);
    client.download(Fetch { length: 0 }, server.settings(), ()).await.unwrap();
}

/// Checks that the server is never far ahead of it.
struct Slow {
    state: Arc<State>,
    taken: u64,
}

impl Sink for Slow {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        assert_eq!(offset, self.taken);
        self.taken += chunk.len() as u64;
        tokio::task::yield_now().await;
        assert!(self.state.read.load(Ordering::SeqCst) < self.taken + BUFFERS);
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_sink_holds_the_server_back() {
    let server = start().await;
    let sink = Slow { state: Arc::clone(&server.state), taken: 0 };
    client().download(Fetch { length: 128 << 20 }, server.settings(), sink).await.unwrap();
}

#[tokio::test]
async fn a_sink_that_fails_ends_the_download_with_its_error() {
    struct Full;
    impl Sink for Full {
        async fn write(&mut self, _: u64, _: Bytes) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }
    let mut server = start().await;
    let error = client().download(Fetch { length: 1 << 40 }, server.settings(), Full).await.unwrap_err();
    assert!(matches!(error, CallError::Sink(error) if error.kind() == io::ErrorKind::StorageFull));
    let outcome = loop {
        let outcome = server.ended.recv().await.unwrap();
        if outcome.sent > 1000 {
            break outcome;
        }
    };
    assert!(outcome.is_broken, "the connection was closed");
}

#[tokio::test]
async fn an_early_refusal_reaches_a_client_that_is_still_sending() {
    let (server, client) = (start().await, client());
    for _ in 0..10 {
        let error = client.upload(put("refuse"), server.settings(), file(0, 32 << 20)).await.unwrap_err();
        let CallError::Call(error) = error else { panic!("{error}") };
        assert_eq!(error.fault(), Some(&Fault::new(507, "full")));
        // Beside the login of the first one.
        assert_eq!(error.attempts.iter().filter(|attempt| attempt.operation == error.operation).count(), 1);
    }
}

#[tokio::test]
async fn an_early_refusal_is_not_hidden_by_a_slow_source() {
    struct Stuck(bool);
    impl Source for Stuck {
        async fn read(&mut self, _: u64, _: usize) -> io::Result<Option<Bytes>> {
            if core::mem::replace(&mut self.0, true) { pending().await } else { Ok(Some(Bytes::from_static(b"some"))) }
        }
    }
    let (server, client) = (start().await, client());
    let call = client.upload(put("refuse"), server.settings(), Stuck(false));
    let error = tokio::time::timeout(Duration::from_secs(10), call).await.unwrap().unwrap_err();
    assert!(matches!(error, CallError::Call(error) if error.fault().is_some()));
}

#[tokio::test]
async fn a_source_that_fails_ends_the_upload_and_the_server_keeps_nothing() {
    struct Torn(u32);
    impl Source for Torn {
        async fn read(&mut self, _: u64, max: usize) -> io::Result<Option<Bytes>> {
            self.0 += 1;
            if self.0 > 4 { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(Some(vec![7; max].into())) }
        }
    }
    let mut server = start().await;
    let error = client().upload(put("a"), server.settings(), Torn(0)).await.unwrap_err();
    assert!(matches!(error, CallError::Source(error) if error.kind() == io::ErrorKind::BrokenPipe));
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("upload over"));
    let outcome = loop {
        let outcome = server.ended.recv().await.unwrap();
        if outcome.received > 1000 {
            break outcome;
        }
    };
    assert!(outcome.is_broken, "a file that was cut off is no complete one");
}

#[tokio::test]
async fn an_uploader_that_goes_silent_is_cut_off() {
    struct Stuck;
    impl Source for Stuck {
        async fn read(&mut self, _: u64, _: usize) -> io::Result<Option<Bytes>> {
            pending().await
        }
    }
    let serving = Serving { stall: Duration::from_millis(100), ..Serving::default() };
    let mut server = start_with(How { serving, ..How::default() }, Plain).await;
    let settings = server.settings();
    let call = tokio::spawn(async move { client().upload(put("a"), settings, Stuck).await.map(|_| ()) });
    assert_eq!(server.entered.recv().await, Some("login"));
    assert_eq!(server.entered.recv().await, Some("upload over"));
    assert!(call.await.unwrap().is_err());
}

#[tokio::test]
async fn a_downloader_that_takes_nothing_is_cut_off() {
    struct Stuck;
    impl Sink for Stuck {
        async fn write(&mut self, _: u64, _: Bytes) -> io::Result<()> {
            pending().await
        }
    }
    let options = Options { stall: Duration::from_millis(100), ..Options::default() };
    let mut server = start_with(How { options, ..How::default() }, Plain).await;
    let settings = server.settings();
    let call = tokio::spawn(async move { client().download(Fetch { length: 1 << 40 }, settings, Stuck).await.map(|_| ()) });
    let outcome = loop {
        let outcome = server.ended.recv().await.unwrap();
        if outcome.sent > 1000 {
            break outcome;
        }
    };
    assert!(outcome.is_broken);
    call.abort();
}
