//! Ends calls from another thread.

use core::fmt;
use std::io;
#[cfg(not(unix))]
use std::net::TcpStream as Stream;
#[cfg(unix)]
use std::os::unix::net::UnixStream as Stream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Ends calls from another thread: those that are under way, and those that begin later, of every client that
/// [has it](super::Client::with_cancel). They end with [`Cancelled`](larder_core::ErrorKind::Cancelled). Clones are the same one.
///
/// It ends what waits for the peer, for a login, for room or for the next attempt. It does not interrupt the resolution of a
/// name, the making of a TCP connection (the call's own clock does), or a [`Source`](super::Source) and a [`Sink`](super::Sink):
/// the call ends when that is over.
///
/// ```no_run
/// # use larder_core::{Session, Settings, Target};
/// # use larder_proto_e2::{E2, ListUsers};
/// # use larder_transport::blocking::{Cancel, Client};
/// # fn run(client: Client<E2>, settings: Settings<E2>) -> std::io::Result<()> {
/// let cancel = Cancel::new()?;
/// let client = client.with_cancel(&cancel);
/// let call = std::thread::spawn(move || client.call(ListUsers {}, settings));
/// cancel.cancel(); // say, when somebody presses a key
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cancel {
    inner: Arc<Inner>,
}

struct Inner {
    is_cancelled: AtomicBool,
    /// Nothing is ever written. The other end is closed when it is cancelled: from then on this one can be read.
    near: Stream,
    far: Stream,
    /// The clients whose calls may wait for each other.
    clients: Mutex<Vec<Weak<dyn Wake>>>,
}

/// Who has threads that sleep.
pub(super) trait Wake: Send + Sync {
    /// Wakes them all.
    fn wake(&self);
}

impl Cancel {
    /// One that nobody has used yet. It holds two file descriptors.
    ///
    /// # Errors
    /// That there are none left.
    pub fn new() -> io::Result<Self> {
        let (near, far) = pair()?;
        let (is_cancelled, clients) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { inner: Arc::new(Inner { is_cancelled, near, far, clients }) })
    }

    /// Ends the calls. There is no way back: calls that are to be made afterwards need another client.
    pub fn cancel(&self) {
        self.inner.is_cancelled.store(true, Ordering::SeqCst);
        // It fails only when it is closed already.
        let _ = self.inner.far.shutdown(std::net::Shutdown::Both);
        let clients = std::mem::take(&mut *self.clients());
        for client in clients {
            if let Some(client) = client.upgrade() {
                client.wake();
            }
        }
    }

    /// Whether it was.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.inner.is_cancelled.load(Ordering::SeqCst)
    }

    /// Wakes this one too.
    pub(super) fn add(&self, client: Weak<dyn Wake>) {
        let mut clients = self.clients();
        clients.retain(|client| client.strong_count() > 0);
        clients.push(client);
    }

    /// What can be read once it is cancelled.
    pub(super) fn signal(&self) -> &Stream {
        &self.inner.near
    }

    fn clients(&self) -> std::sync::MutexGuard<'_, Vec<Weak<dyn Wake>>> {
        self.inner.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cancel({})", self.is_cancelled())
    }
}

#[cfg(unix)]
fn pair() -> io::Result<(Stream, Stream)> {
    Stream::pair()
}

#[cfg(not(unix))]
fn pair() -> io::Result<(Stream, Stream)> {
    let listener = std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))?;
    let near = Stream::connect(listener.local_addr()?)?;
    Ok((near, listener.accept()?.0))
}
