//! Connections: those that are kept, and new ones.

use std::io;
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use larder_core::Time;

use super::cancel::Cancel;
use super::socket::Socket;
use crate::broken::Broken;
use crate::h1::{self, Connection};
use crate::idle::{Idle, Origin};
use crate::options::Options;

/// A connection with its framing.
pub(super) struct Line {
    pub(super) socket: Socket,
    pub(super) http: Connection,
}

/// All connections of a client that no call uses, and how new ones are made.
pub(super) struct Pool {
    /// [`Time::ZERO`]
    began: Instant,
    idle: Mutex<Idle<Line>>,
    limits: h1::Limits,
    #[cfg(feature = "tls")]
    tls: std::sync::Arc<rustls::ClientConfig>,
}

impl Pool {
    pub(super) fn new(options: Options) -> Self {
        Self {
            began: Instant::now(),
            idle: Mutex::new(Idle::new(options.idle, options.idle_per_host)),
            limits: h1::Limits { head: options.buffer, headers: options.headers, ..h1::Limits::default() },
            #[cfg(feature = "tls")]
            tls: crate::tls::config(options.roots),
        }
    }

    /// The time of a client and its connections.
    pub(super) fn now(&self) -> Time {
        Time(self.began.elapsed())
    }

    /// The moment in the system's own terms.
    pub(super) fn instant(&self, time: Time) -> Option<Instant> {
        self.began.checked_add(time.0)
    }

    /// A connection that was kept and whose peer has not closed it as far as can be seen.
    pub(super) fn take(&self, origin: &Origin) -> Option<Line> {
        loop {
            let mut line = self.idle().take(origin, self.now())?;
            if line.socket.is_silent() {
                return Some(line);
            }
        }
    }

    /// Nobody uses this one any more.
    pub(super) fn put(&self, origin: Origin, line: Line) {
        let over = self.idle().put(origin, line, self.now());
        // Closed here, where the lock is free again.
        drop(over);
    }

    /// A new connection. Resolving a name cannot be interrupted: the system's own limits hold for it, and what it took is
    /// missing afterwards.
    pub(super) fn connect(&self, origin: &Origin, until: Option<Instant>, cancels: &[Cancel]) -> Result<Line, Broken> {
        #[cfg(not(feature = "tls"))]
        if origin.is_secure() {
            return Err(Broken::without_tls());
        }
        let tcp = connect(origin, until)?;
        let socket = Socket::plain(tcp).map_err(|error| Broken::connecting(&error))?;
        let socket = if origin.is_secure() { self.secure(socket, origin, until, cancels)? } else { socket };
        Ok(Line { socket, http: Connection::new(self.limits) })
    }

    #[cfg(feature = "tls")]
    fn secure(&self, socket: Socket, origin: &Origin, until: Option<Instant>, cancels: &[Cancel]) -> Result<Socket, Broken> {
        let name = crate::tls::server_name(origin.host())?;
        let session = rustls::ClientConnection::new(std::sync::Arc::clone(&self.tls), name)
            .map_err(|error| Broken::new(larder_core::Failure::Tls, error))?;
        socket.secured(session, until, cancels).map_err(|error| Broken::shaking_hands(&error))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "with TLS it has the certificates")]
    fn secure(&self, _: Socket, _: &Origin, _: Option<Instant>, _: &[Cancel]) -> Result<Socket, Broken> {
        Err(Broken::without_tls())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Idle<Line>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tries one address of the host after the other. Each has its share of the time that is left, so that a dead one does not
/// take it all.
fn connect(origin: &Origin, until: Option<Instant>) -> Result<TcpStream, Broken> {
    let resolved = (origin.host(), origin.port()).to_socket_addrs().map_err(|error| Broken::resolving(&error))?;
    let addresses: Vec<_> = resolved.collect();
    let mut failed = Broken::nowhere();
    for (number, address) in addresses.iter().enumerate() {
        let share = until.map(|until| until.saturating_duration_since(Instant::now()) / (addresses.len() - number) as u32);
        match share {
            None => match TcpStream::connect(address) {
                Ok(tcp) => return Ok(tcp),
                Err(error) => failed = Broken::connecting(&error),
            },
            Some(Duration::ZERO) => return Err(Broken::connecting(&io::ErrorKind::TimedOut.into())),
            Some(share) => match TcpStream::connect_timeout(address, share) {
                Ok(tcp) => return Ok(tcp),
                Err(error) => failed = Broken::connecting(&error),
            },
        }
    }
    Err(failed)
}
