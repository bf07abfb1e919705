//! How a client connects.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::journal::Journals;
use crate::observe::Observer;
#[cfg(feature = "tls")]
use crate::tls::Roots;

/// How a client connects. How long that may take is the call's own: [`Clocks`](larder_core::Clocks).
#[derive(Clone)]
pub struct Options {
    /// How long a connection is kept for another call. Default 15 seconds: servers keep theirs for 20 or more, and who
    /// closes first does not lose a request to it.
    pub idle: Duration,
    /// Unused connections that are kept for each host. Default 32.
    pub idle_per_host: usize,
    /// Header fields that an answer may have. Default 100.
    pub headers: usize,
    /// Bytes that a connection buffers in each direction, and so the longest head of an answer. Default 256 KiB, at
    /// least 8 KiB.
    pub buffer: usize,
    /// The certificates that servers are trusted by. Default: Mozilla's.
    #[cfg(feature = "tls")]
    pub roots: Roots,
    /// Who hears of the calls; nobody by default.
    pub observer: Option<Arc<dyn Observer>>,
    /// Where the journals of calls go; there are none by default.
    pub journal: Option<Arc<dyn Journals>>,
}

impl Options {
    /// hyper's own default.
    pub(crate) const HEADERS: usize = 100;
}

impl Default for Options {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(15),
            idle_per_host: 32,
            headers: Self::HEADERS,
            buffer: 256 << 10,
            #[cfg(feature = "tls")]
            roots: Roots::mozilla(),
            observer: None,
            journal: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Options");
        shown.field("idle", &self.idle).field("idle_per_host", &self.idle_per_host);
        shown.field("headers", &self.headers).field("buffer", &self.buffer);
        #[cfg(feature = "tls")]
        shown.field("roots", &self.roots);
        shown.field("observer", &self.observer.is_some()).field("journal", &self.journal.is_some()).finish()
    }
}
