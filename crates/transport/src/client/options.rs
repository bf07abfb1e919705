//! How a client connects.

use std::time::Duration;

#[cfg(feature = "tls")]
use super::Roots;

/// How a client connects. Time limits of a call itself are [`Clocks`](larder_core::Clocks).
#[derive(Debug, Clone)]
pub struct Options {
    /// The longest time for name resolution, TCP and TLS together. Default 10 seconds.
    pub connect: Duration,
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
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            idle_per_host: 32,
            headers: 100,
            buffer: 256 << 10,
            #[cfg(feature = "tls")]
            roots: Roots::mozilla(),
        }
    }
}
