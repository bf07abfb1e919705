//! How a listener treats its connections.

use std::time::Duration;

/// How a listener treats its connections. How an exchange is treated is [`Serving`](larder_core::Serving).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Connections in all; beyond that, further ones wait in the system's queue. Default 1024.
    pub connections: usize,
    /// Connections of one address; further ones are closed at once. Default 256: many clients may share an address.
    pub per_address: usize,
    /// The longest time from the connection, or from the first byte of a later request, to the end of the request's
    /// head; and for a TLS handshake. Default 10 seconds.
    pub head: Duration,
    /// How long a connection is kept between requests. Default 30 seconds: more than clients keep theirs, so that they
    /// close first.
    pub idle: Duration,
    /// The longest time in which a client takes not a single byte of ours. Default 30 seconds.
    pub stall: Duration,
    /// Bytes of a request's head. Default 64 KiB: paths travel in it.
    pub head_size: usize,
    /// Header fields of a request. Default 100.
    pub headers: usize,
    /// Bytes that a connection buffers in each direction. Default 256 KiB, at least 8 KiB.
    pub buffer: usize,
    /// Whether a client that closes its sending half still gets its answer. Default true; then a client that is gone is
    /// noticed only when it is owed or owes bytes.
    pub half_close: bool,
    /// How long a connection that we close is kept open for reading, so that the last answer is not lost to a TCP reset
    /// while the client is still sending. Default 1 second.
    pub linger: Duration,
    /// Bytes that are read and thrown away meanwhile. Default 256 KiB.
    pub linger_size: usize,
    /// The longest time for exchanges under way to end at shutdown. Default 30 seconds.
    pub drain: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 1024,
            per_address: 256,
            head: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            stall: Duration::from_secs(30),
            head_size: 64 << 10,
            headers: 100,
            buffer: 256 << 10,
            half_close: true,
            linger: Duration::from_secs(1),
            linger_size: 256 << 10,
            drain: Duration::from_secs(30),
        }
    }
}
