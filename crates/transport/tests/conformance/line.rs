//! A connection that is looked at without waiting.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use larder_transport::h1::Wire;
use larder_transport::idle::Origin;

/// A socket that never blocks, and what was read ahead.
pub(crate) struct Line {
    tcp: TcpStream,
    ahead: Vec<u8>,
}

impl Line {
    pub(crate) fn to(origin: &Origin) -> io::Result<Self> {
        let tcp = TcpStream::connect((origin.host(), origin.port()))?;
        tcp.set_nodelay(true)?;
        tcp.set_nonblocking(true)?;
        Ok(Self { tcp, ahead: Vec::new() })
    }

    pub(crate) fn send(&mut self, wire: &mut Wire) {
        wire.send(|parts| self.tcp.write_vectored(parts));
    }

    /// Whether anything came.
    pub(crate) fn receive(&mut self, wire: &mut Wire) -> bool {
        if !self.ahead.is_empty() {
            wire.received(&core::mem::take(&mut self.ahead));
            return true;
        }
        wire.receive(|room| self.tcp.read(room))
    }

    /// Everything that has come, wanted or not.
    pub(crate) fn read_ahead(&mut self) {
        let mut room = vec![0; 1 << 20];
        while let Ok(count @ 1..) = self.tcp.read(&mut room) {
            self.ahead.extend_from_slice(&room[..count]);
        }
    }

    /// The same, without the one of two lengths that does not fit.
    pub(crate) fn read_leniently(&mut self) {
        self.read_ahead();
        let text = b"content-length: 99\r\n";
        if let Some(at) = self.ahead.windows(text.len()).position(|window| window == text) {
            self.ahead.drain(at..at + text.len());
        }
    }

    /// Whether an interim answer is next.
    pub(crate) fn has_interim(&self) -> bool {
        let mut start = [0; 10];
        matches!(self.tcp.peek(&mut start), Ok(10)) && start == *b"HTTP/1.1 1"
    }

    /// Whether the peer has closed, or said something.
    pub(crate) fn is_quiet(&self) -> bool {
        self.tcp.peek(&mut [0]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}
