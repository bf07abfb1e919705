//! The client: calls over pooled HTTP/1.1 connections.
//!
//! The pool is our own, and no task drives a connection: the call that uses it does. So a call that is dropped has closed its
//! connection when its future is gone, nothing runs when no call does, and no wake goes from one task to another.
//!
//! # The driver
//! Whoever brings another runtime writes this function anew, and what it calls: the rest is the core's. `call` is a
//! [`ClientMachine`] that is abandoned when it is dropped, `wire` one exchange of hyper's, `files` a [`Source`] and a
//! [`Sink`].
//!
//! ```text
#![doc = include_str!("drive.rs")]
//! ```

mod connect;
mod drive;
mod failure;
mod files;
mod link;
mod pool;
mod positioned;
mod running;
mod sink;
mod source;
mod stream;
mod timer;
mod wire;

use core::fmt;
use std::collections::hash_map::RandomState;
use std::future::pending;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use larder_core::journal::Recorded;
use larder_core::{Api, Call, ClientMachine, Error, Operation, Plan, Reject, Session, Settings, Shared, Time};
use tokio::sync::watch;
use tokio::time::Instant;

use self::files::Files;
use self::pool::Pool;
pub use self::positioned::Positioned;
pub use self::sink::{Sink, Writer};
pub use self::source::{Once, Seekable, Source};
pub use crate::error::CallError;
use crate::journal::Journals;
use crate::observe::{Observer, Watch};
pub use crate::options::Options;
use crate::report::Log;
pub use crate::report::Report;
#[cfg(feature = "tls")]
pub use crate::tls::{BadCertificate, Roots};

/// A client of one API: a session and a pool of connections that all of its calls share. Clones are the same client.
///
/// Its calls must be made within a tokio runtime. A future of a call may be dropped at any time: its connection closes,
/// and calls that wait for its login go on.
///
/// Without the feature `tls`, an `https` target fails with [`Failure::Connect`](larder_core::Failure::Connect).
pub struct Client<A: Api> {
    inner: Arc<Inner<A>>,
}

struct Inner<A: Api> {
    pool: Arc<Pool>,
    shared: Mutex<Shared<A>>,
    /// [`Shared::epoch`] as of the last change.
    epoch: watch::Sender<u64>,
    /// [`Time::ZERO`]
    began: Instant,
    observer: Option<Arc<dyn Observer>>,
    journal: Option<Arc<dyn Journals>>,
    /// Calls that the observer was told of.
    calls: AtomicU64,
}

impl<A: Api> Client<A> {
    /// A client that opens its session with the first call that needs it.
    #[must_use]
    pub fn new(session: Session<A>, options: Options) -> Self {
        // Keyed by the operating system's randomness; it decides jitter and boundaries, no secret.
        Self::with_shared(Shared::new(session, RandomState::new().hash_one(0)), options)
    }

    /// A client whose shared state has a seed, a budget of retries or room for transfers of its own.
    #[must_use]
    pub fn with_shared(shared: Shared<A>, options: Options) -> Self {
        let epoch = watch::Sender::new(shared.epoch());
        let (observer, journal) = (options.observer.clone(), options.journal.clone());
        let (pool, began, calls) = (Pool::new(options), Instant::now(), AtomicU64::new(0));
        let inner = Inner { pool, shared: Mutex::new(shared), epoch, began, observer, journal, calls };
        Self { inner: Arc::new(inner) }
    }

    /// Makes a call without a file.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub async fn call<O: Operation<Api = A>>(
        &self,
        operation: O,
        settings: Settings<A>,
    ) -> Result<O::Answer, Box<Error<A::Fault>>> {
        drive::drive(self, Call::new(operation, settings), &mut Files::new((), ()), None).await
    }

    /// Makes a call without a file, and tells how it went: the attempts that it took, and whether its outcome had to be found
    /// out after a lost reply. An error tells the same by itself.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub async fn report<O: Operation<Api = A>>(
        &self,
        operation: O,
        settings: Settings<A>,
    ) -> Result<Report<O::Answer>, Box<Error<A::Fault>>> {
        let (call, mut log) = (Call::new(operation, settings), Log::default());
        let answer = drive::drive(self, call, &mut Files::new((), ()), Some(&mut log)).await?;
        Ok(log.into_report(answer))
    }

    /// Makes a call that sends a file. Its length is that of the settings, or else the source's own.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind); or the file cannot be read.
    pub async fn upload<O, S>(&self, operation: O, settings: Settings<A>, source: S) -> Result<O::Answer, CallError<A::Fault>>
    where
        O: Operation<Api = A>,
        S: Source,
    {
        let settings = Settings { length: settings.length.or(source.length()), ..settings };
        self.drive(Call::new(operation, settings), source, ()).await
    }

    /// Makes a call that fetches a file.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind); or the file cannot be written. The sink may have some of it.
    pub async fn download<O, K>(&self, operation: O, settings: Settings<A>, sink: K) -> Result<O::Answer, CallError<A::Fault>>
    where
        O: Operation<Api = A>,
        K: Sink,
    {
        self.drive(Call::new(operation, settings), (), sink).await
    }

    /// The request that [`call`](Self::call) would send first, without secrets. Nothing is sent or changed.
    ///
    /// # Errors
    /// As [`Plan::of`].
    pub fn plan<O: Operation<Api = A>>(&self, operation: &O, settings: &Settings<A>) -> Result<Plan, Reject> {
        self.share(|shared| Plan::of(operation, settings, &shared.session))
    }

    /// Drives a machine of your own to its end, or one that makes several calls. It may have one exchange open at a time.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind); or either file cannot be used.
    pub async fn drive<M, S, K>(&self, machine: M, source: S, sink: K) -> Result<M::Answer, CallError<A::Fault>>
    where
        M: ClientMachine<A>,
        S: Source,
        K: Sink,
    {
        let mut files = Files::new(source, sink);
        let result = drive::drive(self, machine, &mut files, None).await;
        result.map_err(|error| CallError::new(error, files.into_spoiled()))
    }

    /// Drives a machine like [`drive`](Self::drive), and tells how it went like [`report`](Self::report).
    ///
    /// # Errors
    /// As [`drive`](Self::drive).
    pub async fn drive_report<M, S, K>(&self, machine: M, source: S, sink: K) -> Result<Report<M::Answer>, CallError<A::Fault>>
    where
        M: ClientMachine<A>,
        S: Source,
        K: Sink,
    {
        let (mut files, mut log) = (Files::new(source, sink), Log::default());
        match drive::drive(self, machine, &mut files, Some(&mut log)).await {
            Ok(answer) => Ok(log.into_report(answer)),
            Err(error) => Err(CallError::new(error, files.into_spoiled())),
        }
    }

    /// The machine, recorded where somebody wishes it.
    fn recorded<M: ClientMachine<A>>(&self, machine: M) -> Recorded<A, M> {
        let (operation, host) = machine.about();
        let out = self.inner.journal.as_ref().and_then(|journal| journal.begin(operation, host));
        Recorded::perhaps(machine, out)
    }

    /// Begins to tell of a call.
    fn watch(&self, machine: &impl ClientMachine<A>) -> Watch {
        let number = || self.inner.calls.fetch_add(1, Ordering::Relaxed) + 1;
        Watch::begin(self.inner.observer.as_ref(), number, machine.about())
    }

    fn pool(&self) -> Arc<Pool> {
        Arc::clone(&self.inner.pool)
    }

    /// Works on the shared state, and wakes the calls that wait for it to change.
    fn share<T>(&self, work: impl FnOnce(&mut Shared<A>) -> T) -> T {
        let mut shared = self.inner.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let before = shared.epoch();
        let result = work(&mut shared);
        let epoch = shared.epoch();
        if epoch != before {
            // Within the lock, so that they come in order.
            self.inner.epoch.send_replace(epoch);
        }
        result
    }

    /// Ready when the epoch is another than this; never, if none is given.
    async fn epoch_past(&self, seen: Option<u64>) {
        let Some(seen) = seen else { return pending().await };
        // It cannot fail: the sender is ours.
        let _ = self.inner.epoch.subscribe().wait_for(|epoch| *epoch != seen).await;
    }

    fn now(&self) -> Time {
        Time(self.inner.began.elapsed())
    }

    /// This moment by the runtime's clock; none, if it is too far off to come.
    fn moment(&self, time: Option<Time>) -> Option<Instant> {
        self.inner.began.checked_add(time?.0)
    }
}

impl<A: Api> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<A: Api> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", A::NAME)
    }
}
