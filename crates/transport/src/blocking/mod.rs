//! The client without a runtime: calls over `std::net`, each driven by the thread that makes it.
//!
//! **In scope:** the same calls as the async client makes, by the same machines: one session, one login for all threads, retries,
//! clocks, transfers, a pool of connections. No thread is started and no runtime is hidden.
//!
//! **Out of scope:** waiting for the caller's file and for the peer at once. While a [`Source`] or a [`Sink`] takes its time,
//! nothing is read. Interrupting the resolution of a name: the system's own limit holds for it. What [`Cancel`] does not end.
//!
//! # The driver
//! `call` is a [`ClientMachine`] that is abandoned when it is dropped, `wire` one exchange by [`h1`](crate::h1), `files` a
//! [`Source`] and a [`Sink`].
//!
//! ```text
#![doc = include_str!("drive.rs")]
//! ```
//!
//! # An example
//! ```no_run
//! use larder_core::{Session, Settings, Target};
//! use larder_proto_e2::{E2, ListUsers};
//! use larder_transport::blocking::Client;
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::<E2>::new(Session::with_token("the API key".into()), Default::default());
//! let settings = Settings::new(Target::parse("https://api.idrivee2.com")?);
//! for user in client.call(ListUsers {}, settings)?.users {
//!     println!("{}", user.email);
//! }
//! # Ok(())
//! # }
//! ```

mod cancel;
mod drive;
mod files;
mod pool;
mod positioned;
mod running;
#[cfg(feature = "tls")]
mod secure;
mod sink;
mod socket;
mod source;
mod wire;

use core::fmt;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use larder_core::journal::Recorded;
use larder_core::{Api, Call, ClientMachine, Error, Input, Operation, Plan, Reject, Session, Settings, Shared, Time};

pub use self::cancel::Cancel;
use self::cancel::Wake;
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

/// A client of one API: a session and a pool of connections that all of its calls share. Clones are the same client, and any
/// number of threads may use it at once: each call takes the thread that makes it until it is over.
///
/// When a [`Source`], a [`Sink`] or an observer panics, the call's connection closes and other calls go on.
///
/// Without the feature `tls`, an `https` target fails with [`Failure::Connect`](larder_core::Failure::Connect).
pub struct Client<A: Api> {
    inner: Arc<Inner<A>>,
    /// Each of them ends its calls.
    cancels: Vec<Cancel>,
}

struct Inner<A: Api> {
    pool: Pool,
    shared: Mutex<Shared<A>>,
    /// [`Shared::epoch`] has moved.
    moved: Condvar,
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
        let (shared, observer, calls) = (Mutex::new(shared), options.observer.clone(), AtomicU64::new(0));
        let journal = options.journal.clone();
        let inner = Inner { pool: Pool::new(options), shared, moved: Condvar::new(), observer, journal, calls };
        Self { inner: Arc::new(inner), cancels: Vec::new() }
    }

    /// The same client, whose calls `cancel` ends too; those of other clones go on.
    #[must_use]
    pub fn with_cancel(mut self, cancel: &Cancel) -> Self {
        let inner: Arc<dyn Wake> = Arc::<Inner<A>>::clone(&self.inner);
        cancel.add(Arc::downgrade(&inner));
        self.cancels.push(cancel.clone());
        self
    }

    /// Makes a call without a file.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn call<O: Operation<Api = A>>(&self, operation: O, settings: Settings<A>) -> Result<O::Answer, Box<Error<A::Fault>>> {
        drive::drive(self, Call::new(operation, settings), &mut Files::new((), ()), None)
    }

    /// Makes a call without a file, and tells how it went: the attempts that it took, and whether its outcome had to be found
    /// out after a lost reply. An error tells the same by itself.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind).
    pub fn report<O: Operation<Api = A>>(
        &self,
        operation: O,
        settings: Settings<A>,
    ) -> Result<Report<O::Answer>, Box<Error<A::Fault>>> {
        let (call, mut log) = (Call::new(operation, settings), Log::default());
        let answer = drive::drive(self, call, &mut Files::new((), ()), Some(&mut log))?;
        Ok(log.into_report(answer))
    }

    /// Makes a call that sends a file. Its length is that of the settings, or else the source's own.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind); or the file cannot be read.
    pub fn upload<O, S>(&self, operation: O, settings: Settings<A>, source: S) -> Result<O::Answer, CallError<A::Fault>>
    where
        O: Operation<Api = A>,
        S: Source,
    {
        let settings = Settings { length: settings.length.or(source.length()), ..settings };
        self.drive(Call::new(operation, settings), source, ())
    }

    /// Makes a call that fetches a file.
    ///
    /// # Errors
    /// See [`ErrorKind`](larder_core::ErrorKind); or the file cannot be written. The sink may have some of it.
    pub fn download<O, K>(&self, operation: O, settings: Settings<A>, sink: K) -> Result<O::Answer, CallError<A::Fault>>
    where
        O: Operation<Api = A>,
        K: Sink,
    {
        self.drive(Call::new(operation, settings), (), sink)
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
    pub fn drive<M, S, K>(&self, machine: M, source: S, sink: K) -> Result<M::Answer, CallError<A::Fault>>
    where
        M: ClientMachine<A>,
        S: Source,
        K: Sink,
    {
        let mut files = Files::new(source, sink);
        let result = drive::drive(self, machine, &mut files, None);
        result.map_err(|error| CallError::new(error, files.into_spoiled()))
    }

    /// Drives a machine like [`drive`](Self::drive), and tells how it went like [`report`](Self::report).
    ///
    /// # Errors
    /// As [`drive`](Self::drive).
    pub fn drive_report<M, S, K>(&self, machine: M, source: S, sink: K) -> Result<Report<M::Answer>, CallError<A::Fault>>
    where
        M: ClientMachine<A>,
        S: Source,
        K: Sink,
    {
        let (mut files, mut log) = (Files::new(source, sink), Log::default());
        match drive::drive(self, machine, &mut files, Some(&mut log)) {
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

    fn pool(&self) -> &Pool {
        &self.inner.pool
    }

    fn cancels(&self) -> &[Cancel] {
        &self.cancels
    }

    /// Works on the shared state, and wakes the calls that wait for it to change.
    fn share<T>(&self, work: impl FnOnce(&mut Shared<A>) -> T) -> T {
        let mut shared = self.shared();
        let before = shared.epoch();
        let result = work(&mut shared);
        if shared.epoch() != before {
            self.inner.moved.notify_all();
        }
        result
    }

    /// Does nothing until `until`, until the epoch is another than this, or until it is cancelled.
    fn rest(&self, seen: Option<u64>, until: Option<Instant>, cancels: &[Cancel]) -> Option<Input> {
        let mut shared = self.shared();
        while seen.is_none_or(|seen| shared.epoch() == seen) && !cancels.iter().any(Cancel::is_cancelled) {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            shared = match left {
                Some(left) if left.is_zero() => break,
                Some(left) => self.inner.moved.wait_timeout(shared, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.inner.moved.wait(shared).unwrap_or_else(PoisonError::into_inner),
            };
        }
        None
    }

    fn shared(&self) -> MutexGuard<'_, Shared<A>> {
        self.inner.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Time {
        self.inner.pool.now()
    }

    /// The moment in the system's own terms; none for one that never comes.
    fn instant(&self, time: Option<Time>) -> Option<Instant> {
        self.inner.pool.instant(time?)
    }
}

impl<A: Api> Wake for Inner<A> {
    fn wake(&self) {
        // Who looked before and does not sleep yet has the lock.
        drop(self.shared.lock().unwrap_or_else(PoisonError::into_inner));
        self.moved.notify_all();
    }
}

impl<A: Api> Clone for Client<A> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cancels: self.cancels.clone() }
    }
}

impl<A: Api> fmt::Debug for Client<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", A::NAME)
    }
}
