//! Where a download goes.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Where a download goes. The next piece is read from the network only when the last one is written.
///
/// `()` forgets it, `Vec<u8>` collects it, [`Writer`] passes it on to an [`AsyncWrite`], [`Positioned`](super::Positioned)
/// writes it into a local file from a place on.
pub trait Sink: Send {
    /// Takes a piece. Offsets count from the start of what was asked for, follow on each other, and never come again: a
    /// download that resumes goes on where it was.
    ///
    /// # Errors
    /// Any error ends the call with [`Sink`](super::CallError::Sink).
    fn write(&mut self, offset: u64, chunk: Bytes) -> impl Future<Output = io::Result<()>> + Send;
}

impl Sink for () {
    async fn write(&mut self, _offset: u64, _chunk: Bytes) -> io::Result<()> {
        Ok(())
    }
}

impl Sink for Vec<u8> {
    async fn write(&mut self, _offset: u64, chunk: Bytes) -> io::Result<()> {
        self.extend_from_slice(&chunk);
        Ok(())
    }
}

impl<K: Sink> Sink for &mut K {
    fn write(&mut self, offset: u64, chunk: Bytes) -> impl Future<Output = io::Result<()>> + Send {
        K::write(self, offset, chunk)
    }
}

/// Passes a download on to a writer, such as `tokio::fs::File`. Flushing it at the end is the caller's.
#[derive(Debug)]
pub struct Writer<W>(pub W);

impl<W: AsyncWrite + Unpin + Send> Sink for Writer<W> {
    async fn write(&mut self, _offset: u64, chunk: Bytes) -> io::Result<()> {
        self.0.write_all(&chunk).await
    }
}
