//! A connected socket that never blocks by itself, with TLS or without, and the one place that waits for it.

use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
#[cfg(feature = "tls")]
use rustls::ClientConnection;

use super::cancel::Cancel;
#[cfg(feature = "tls")]
use super::secure::Tls;

/// A connection. It is in non-blocking mode.
pub(super) struct Socket {
    tcp: TcpStream,
    #[cfg(feature = "tls")]
    tls: Option<Box<Tls>>,
}

/// What a socket is ready for; neither when time ran out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ready {
    pub(super) read: bool,
    pub(super) write: bool,
}

impl Socket {
    pub(super) fn plain(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        tcp.set_nonblocking(true)?;
        Ok(Self {
            tcp,
            #[cfg(feature = "tls")]
            tls: None,
        })
    }

    /// Shakes hands until `until`. A [`rustls::Error`] is within the error when TLS is what failed.
    #[cfg(feature = "tls")]
    pub(super) fn secured(mut self, session: ClientConnection, until: Option<Instant>, cancels: &[Cancel]) -> io::Result<Self> {
        let mut tls = Box::new(Tls::new(session));
        while tls.is_shaking_hands() {
            let is_flushed = tls.flush(&mut self.tcp)?;
            match tls.take_in(&mut self.tcp) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(_) => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => {
                    // The peer is told why, if it still listens.
                    let _ = tls.flush(&mut self.tcp);
                    return Err(error);
                }
            }
            let ready = self.wait(true, !is_flushed, until, cancels)?;
            if !ready.read && !ready.write {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        self.tls = Some(tls);
        Ok(self)
    }

    /// What has come; 0 when the peer sends no more. `WouldBlock` when nothing has.
    pub(super) fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &mut self.tls {
            return tls.read(&mut self.tcp, room);
        }
        uninterrupted(|| self.tcp.read(room))
    }

    /// Hands over some of this. `WouldBlock` when there is no room.
    pub(super) fn write(&mut self, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &mut self.tls {
            return tls.write(&mut self.tcp, parts);
        }
        uninterrupted(|| self.tcp.write_vectored(parts))
    }

    /// Sends what TLS holds back; `WouldBlock` when there is no room for all of it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        #[cfg(feature = "tls")]
        if let Some(tls) = &mut self.tls
            && !tls.flush(&mut self.tcp)?
        {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(())
    }

    /// Whether TLS holds something back that is to go out.
    pub(super) fn must_flush(&self) -> bool {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return tls.must_flush();
        }
        false
    }

    /// Whether more may have come already than the kernel knows of.
    pub(super) fn may_hold_back(&self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return true;
        }
        false
    }

    /// Whether the peer has said nothing, nor closed: what is expected of one that nobody spoke to.
    pub(super) fn is_silent(&mut self) -> bool {
        matches!(self.read(&mut [0]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// Waits until it is ready for one of these, or broken: then for both. Neither at `until`, or when it is cancelled.
    pub(super) fn wait(&self, read: bool, write: bool, until: Option<Instant>, cancels: &[Cancel]) -> io::Result<Ready> {
        let mut wanted = PollFlags::empty();
        wanted.set(PollFlags::IN, read);
        wanted.set(PollFlags::OUT, write);
        let (mut one, mut several);
        let fds: &mut [PollFd<'_>] = if cancels.is_empty() {
            one = [PollFd::new(&self.tcp, wanted)];
            &mut one
        } else {
            let signals = cancels.iter().map(|cancel| PollFd::new(cancel.signal(), PollFlags::IN));
            several = core::iter::once(PollFd::new(&self.tcp, wanted)).chain(signals).collect::<Vec<_>>();
            &mut several
        };
        loop {
            match poll(fds, left(until).as_ref()) {
                Ok(0) if until.is_none_or(|until| Instant::now() < until) => {}
                Ok(0) => return Ok(Ready::default()),
                Ok(_) => {
                    let found = fds[0].revents();
                    let is_broken = found.intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL);
                    let [can_read, can_write] = [PollFlags::IN, PollFlags::OUT].map(|flag| is_broken || found.contains(flag));
                    return Ok(Ready { read: read && can_read, write: write && can_write });
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// A connection of TLS says that it ends, so that what was sent before is known to be all.
#[cfg(feature = "tls")]
impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.close(&mut self.tcp);
        }
    }
}

/// At most a day: longer ones are too long for some systems, and the loop comes back for the rest.
fn left(until: Option<Instant>) -> Option<Timespec> {
    let left = until?.saturating_duration_since(Instant::now());
    let seconds = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
    Some(Timespec { tv_sec: seconds.min(86_400), tv_nsec: left.subsec_nanos().into() })
}

/// Again, as long as a signal comes between.
pub(super) fn uninterrupted<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match work() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
