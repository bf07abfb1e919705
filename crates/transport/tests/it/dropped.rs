//! A call that is dropped, at each of its awaits: nothing of it is left.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use larder_core::journal::{End, Journal, Out};
use larder_core::{Meta, Permits, Session, Settings, Shared};
use larder_transport::Client;
use larder_transport::client::Options;
use larder_transport::journal::Journals;
use larder_transport::server::Accept;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::api::{Echo, Fetch, Login, Put, Shelf};
use crate::shelf::{How, Running, file, start_with};

const LONG: Duration = Duration::from_secs(10);
const SIZE: usize = 3 << 20;

/// Counts the connections that the server has open.
#[derive(Clone)]
struct Counting(Arc<watch::Sender<usize>>);

struct Counted(TcpStream, Arc<watch::Sender<usize>>);

impl Accept for Counting {
    type Io = Counted;
    const IS_SECURE: bool = false;

    async fn accept(&self, tcp: TcpStream) -> io::Result<Counted> {
        self.0.send_modify(|open| *open += 1);
        Ok(Counted(tcp, Arc::clone(&self.0)))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.send_modify(|open| *open -= 1);
    }
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// Polls a future this many times, each when it was woken; whether it came to its end.
async fn polled(future: impl Future<Output = ()>, times: usize) -> bool {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            // Once more only when it is woken: by its own doing, or by the server's.
            Poll::Pending if left > 0 => Poll::Pending,
            Poll::Pending => Poll::Ready(false),
        }
    })
    .await
}

/// One transfer at a time, so that a permit which does not come back is missed by the next one.
fn client(files: &Files) -> Client<Shelf> {
    let session = Session::with_login(Login { user: "u".to_owned() });
    let options = Options { journal: Some(Arc::new(files.clone())), ..Options::default() };
    Client::with_shared(Shared { permits: Permits::new(1), ..Shared::new(session, 7) }, options)
}

/// The journals of its calls.
#[derive(Clone, Default)]
struct Files(Arc<Mutex<Vec<File>>>);

type File = Arc<Mutex<Vec<u8>>>;

impl Journals for Files {
    fn begin(&self, operation: &Meta, _host: &str) -> Option<Out> {
        let file = File::default();
        // What is dropped before it is polled has none.
        self.0.lock().unwrap().push(Arc::clone(&file));
        assert!(!operation.name.is_empty());
        Some(Box::new(move |line: &[u8]| file.lock().unwrap().extend_from_slice(line)))
    }
}

impl Files {
    /// Each can be read to the end of its call, and done again. The last was not dropped.
    fn check(&self) {
        let files = self.0.lock().unwrap();
        for (nth, file) in (1..).zip(files.iter()) {
            let journal = Journal::read(&*file.lock().unwrap()).unwrap();
            let end = journal.replay_call::<Shelf>().unwrap().end;
            assert!(end == End::Done || end == End::Abandoned && nth < files.len(), "{end:?}");
        }
        assert!(!files.is_empty());
    }
}

/// Drops calls after 0, 1, 2, … polls until one comes to its end; after each, the client must be as good as new, and when the
/// client is dropped, nothing of it may be left.
fn at_every_await<C>(call: C)
where
    C: AsyncFn(&Client<Shelf>, Settings<Shelf>),
{
    let open = Arc::new(watch::Sender::new(0));
    // The server has threads and tasks of its own, so that those here are the client's.
    let theirs = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server: Running = theirs.block_on(start_with(How::default(), Counting(Arc::clone(&open))));
    let ours = Runtime::new().unwrap();
    let mut is_over = false;
    let mut times = 0;
    while !is_over {
        ours.block_on(async {
            let files = Files::default();
            let client = client(&files);
            is_over = polled(call(&client, server.settings()), times).await;
            // A file is sent, so that it takes the one permit; whoever led a login must have let go.
            let next = client.upload(Put { name: "next".to_owned() }, server.settings(), file(0, 10));
            timeout(LONG, next).await.unwrap_or_else(|_| panic!("after {times} polls: stuck")).unwrap();
            assert_eq!(Handle::current().metrics().num_alive_tasks(), 0, "after {times} polls");
            drop(client);
            files.check();
            let closed = timeout(LONG, open.subscribe().wait_for(|open| *open == 0)).await.map(drop);
            assert!(closed.is_ok(), "after {times} polls: {} connections are open", *open.borrow());
        });
        times += 1;
    }
    // How often it waits depends on how fast the server is; it does at least once.
    assert!(times > 1, "{times}");
}

#[test]
fn a_message() {
    at_every_await(async |client, settings| {
        client.call(Echo { text: "a".to_owned() }, settings).await.unwrap();
    });
}

#[test]
fn an_upload() {
    at_every_await(async |client, settings| {
        client.upload(Put { name: "a".to_owned() }, settings, file(0, SIZE)).await.unwrap();
    });
}

#[test]
fn a_download() {
    at_every_await(async |client, settings| {
        let mut got = Vec::new();
        client.download(Fetch { length: SIZE as u64 }, settings, &mut got).await.unwrap();
        assert_eq!(got.len(), SIZE);
    });
}

/// Two at once: the one that waits for the other's login, or for its permit, goes on when that is dropped, and both may be.
#[test]
fn two_uploads_at_once() {
    at_every_await(async |client, settings| {
        let put = || client.upload(Put { name: "a".to_owned() }, settings.clone(), file(0, 1000));
        let (first, second) = tokio::join!(put(), put());
        first.unwrap();
        second.unwrap();
    });
}
