//! TLS over a socket that never blocks. Early data and the resumption of sessions are as rustls has them by default.

use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;

use rustls::ClientConnection;

use super::socket::uninterrupted;

/// Bytes that are read from the socket at once: rustls alone asks for 4 KiB.
const BUFFER: usize = 32 << 10;

/// A TLS session, and what was read ahead of it.
pub(super) struct Tls {
    session: ClientConnection,
    ahead: Box<[u8]>,
    /// What of it the session has not taken yet.
    start: usize,
    end: usize,
}

impl Tls {
    pub(super) fn new(session: ClientConnection) -> Self {
        Self { session, ahead: vec![0; BUFFER].into(), start: 0, end: 0 }
    }

    /// Whether it cannot be used yet.
    pub(super) fn is_shaking_hands(&self) -> bool {
        self.session.is_handshaking()
    }

    /// Whether it holds something that is to go out.
    pub(super) fn must_flush(&self) -> bool {
        self.session.wants_write()
    }

    /// Takes in what has come; 0 at the end.
    pub(super) fn take_in(&mut self, tcp: &mut TcpStream) -> io::Result<usize> {
        if self.start == self.end {
            (self.start, self.end) = (0, uninterrupted(|| tcp.read(&mut self.ahead))?);
        }
        let count = self.session.read_tls(&mut &self.ahead[self.start..self.end])?;
        self.start += count;
        self.session.process_new_packets().map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        Ok(count)
    }

    /// What has come; 0 when the peer said that there is no more, `UnexpectedEof` when it did not.
    pub(super) fn read(&mut self, tcp: &mut TcpStream, room: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.session.reader().read(room) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return result,
            }
            self.take_in(tcp)?;
            // What TLS itself has to say, such as a new key.
            self.flush(tcp)?;
        }
    }

    /// Takes some of this, and sends what it can.
    pub(super) fn write(&mut self, tcp: &mut TcpStream, parts: &[IoSlice<'_>]) -> io::Result<usize> {
        let count = self.session.writer().write_vectored(parts)?;
        let is_flushed = self.flush(tcp)?;
        if count == 0 && !is_flushed { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }

    /// Says that no more comes, if there is room to say so.
    pub(super) fn close(&mut self, tcp: &mut TcpStream) {
        self.session.send_close_notify();
        // The peer may be gone: then nobody needs to know.
        let _ = self.flush(tcp);
    }

    /// Whether all that it took is sent; if not, tries again.
    pub(super) fn flush(&mut self, tcp: &mut TcpStream) -> io::Result<bool> {
        while self.session.wants_write() {
            match uninterrupted(|| self.session.write_tls(tcp)) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
