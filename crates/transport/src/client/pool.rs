//! The connections of one client.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::client::conn::http1::Builder;
use larder_core::{Failure, Time};
use tokio::time::Instant;

use super::Options;
use super::connect::{self, Tls};
use super::link::Link;
use crate::broken::Broken;
use crate::idle::{Idle, Origin};

/// Makes connections, and keeps those that nobody uses.
///
/// A connection that is kept is looked at by nobody. When the service closes it, that is noticed when it would be used again;
/// what is too old goes when another is put back, and all of them with the client.
pub(super) struct Pool {
    idle: Mutex<Idle<Box<Link>>>,
    http: Builder,
    tls: Tls,
    /// [`Time::ZERO`]
    began: Instant,
}

impl Pool {
    pub(super) fn new(options: Options) -> Arc<Self> {
        let mut http = Builder::new();
        http.max_buf_size(options.buffer.max(8 << 10));
        if options.headers != Options::HEADERS {
            // To be told hyper's own default costs more than a tenth of what hyper does for a call.
            http.max_headers(options.headers);
        }
        Arc::new(Self {
            idle: Mutex::new(Idle::new(options.idle, options.idle_per_host)),
            http,
            #[cfg(feature = "tls")]
            tls: crate::tls::config(options.roots),
            #[cfg(not(feature = "tls"))]
            tls: (),
            began: Instant::now(),
        })
    }

    /// A kept connection that is still good, as far as one can know.
    pub(super) fn take(&self, origin: &Origin) -> Option<Box<Link>> {
        loop {
            let mut link = self.idle().take(origin, self.now())?;
            if link.is_free() {
                return Some(link);
            }
        }
    }

    /// Keeps a connection whose exchange is over, if it is good for another.
    pub(super) fn put(&self, mut link: Box<Link>) {
        if link.is_idle() || link.is_free() {
            let over = self.idle().put(link.origin().clone(), link, self.now());
            // Closed outside of the lock.
            drop(over);
        }
    }

    /// A new connection.
    pub(super) async fn connect(self: Arc<Self>, origin: Origin) -> Result<Box<Link>, Broken> {
        let stream = connect::connect(&origin, &self.tls).await?;
        Link::new(origin, stream, &self.http).await.map_err(|error| Broken::new(Failure::Connect, error))
    }

    fn idle(&self) -> MutexGuard<'_, Idle<Box<Link>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Time {
        Time(self.began.elapsed())
    }
}
