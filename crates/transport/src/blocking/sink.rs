//! Where a download goes.

use std::io::{self, Write};

use bytes::Bytes;

/// Where a download goes. The next piece is read from the network only when the last one is written.
///
/// `()` forgets it, `Vec<u8>` collects it, [`Writer`] passes it on to a [`Write`], [`Positioned`](super::Positioned) to a place in a file.
pub trait Sink {
    /// Takes a piece. Offsets count from the start of what was asked for, follow on each other, and never come again.
    ///
    /// # Errors
    /// Any error ends the call with [`Sink`](super::CallError::Sink).
    fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()>;
}

impl Sink for () {
    fn write(&mut self, _offset: u64, _chunk: Bytes) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Vec<u8> {
    fn write(&mut self, _offset: u64, chunk: Bytes) -> io::Result<()> {
        self.extend_from_slice(&chunk);
        Ok(())
    }
}

impl<K: Sink + ?Sized> Sink for &mut K {
    fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        K::write(self, offset, chunk)
    }
}

/// Passes a download on to a writer, such as `std::fs::File`. Flushing it at the end is the caller's.
#[derive(Debug)]
pub struct Writer<W>(pub W);

impl<W: Write> Sink for Writer<W> {
    fn write(&mut self, _offset: u64, chunk: Bytes) -> io::Result<()> {
        self.0.write_all(&chunk)
    }
}
