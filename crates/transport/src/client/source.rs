//! Where an upload comes from.

use std::io::{self, SeekFrom};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};

/// A file to upload. A call that is tried again asks for offset zero again.
///
/// `()` is no file, [`Bytes`] one in memory, [`Seekable`] one that can be read again, [`Once`] one that cannot.
pub trait Source: Send {
    /// At most `max` bytes from `offset` on; none at the end. Offsets follow on each other, except that zero may come
    /// again.
    ///
    /// The future may be dropped before it is ready; the same offset is then asked for again.
    ///
    /// # Errors
    /// [`NotSeekable`](io::ErrorKind::NotSeekable) when the file cannot be had again: the call then ends with what went
    /// wrong the first time. Any other error ends the call with [`Source`](super::CallError::Source).
    fn read(&mut self, offset: u64, max: usize) -> impl Future<Output = io::Result<Option<Bytes>>> + Send;

    /// Its length in bytes, if known: it is then sent with `Content-Length`, and checked.
    fn length(&self) -> Option<u64> {
        None
    }
}

impl Source for () {
    async fn read(&mut self, _offset: u64, _max: usize) -> io::Result<Option<Bytes>> {
        Ok(None)
    }

    fn length(&self) -> Option<u64> {
        Some(0)
    }
}

impl Source for Bytes {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let end = start.saturating_add(max).min(self.len());
        Ok(Some(self.slice(start..end)).filter(|piece| !piece.is_empty()))
    }

    fn length(&self) -> Option<u64> {
        Some(self.len() as u64)
    }
}

impl<S: Source> Source for &mut S {
    fn read(&mut self, offset: u64, max: usize) -> impl Future<Output = io::Result<Option<Bytes>>> + Send {
        S::read(self, offset, max)
    }

    fn length(&self) -> Option<u64> {
        S::length(self)
    }
}

/// A file that can be read from any place, such as `tokio::fs::File`. It begins at the reader's own beginning.
#[derive(Debug)]
pub struct Seekable<R> {
    reader: R,
    length: Option<u64>,
    /// Where the reader stands, unless that is not known.
    at: Option<u64>,
}

impl<R: AsyncRead + AsyncSeek + Unpin + Send> Seekable<R> {
    /// `length` in bytes, if known.
    pub fn new(reader: R, length: Option<u64>) -> Self {
        Self { reader, length, at: None }
    }
}

impl<R: AsyncRead + AsyncSeek + Unpin + Send> Source for Seekable<R> {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.at != Some(offset) {
            self.at = None;
            self.reader.seek(SeekFrom::Start(offset)).await?;
            self.at = Some(offset);
        }
        let piece = piece(&mut self.reader, max).await?;
        self.at = Some(offset + piece.as_ref().map_or(0, Bytes::len) as u64);
        Ok(piece)
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

/// A stream that can be read only once: a call that sent some of it is not tried again.
#[derive(Debug)]
pub struct Once<R> {
    reader: R,
    length: Option<u64>,
    at: u64,
}

impl<R: AsyncRead + Unpin + Send> Once<R> {
    /// `length` in bytes, if known.
    pub fn new(reader: R, length: Option<u64>) -> Self {
        Self { reader, length, at: 0 }
    }
}

impl<R: AsyncRead + Unpin + Send> Source for Once<R> {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.at != offset {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        let piece = piece(&mut self.reader, max).await?;
        self.at += piece.as_ref().map_or(0, Bytes::len) as u64;
        Ok(piece)
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

async fn piece<R: AsyncRead + Unpin>(reader: &mut R, max: usize) -> io::Result<Option<Bytes>> {
    let mut piece = BytesMut::with_capacity(max);
    // A buffer with a limit: a plain one would grow beyond its capacity.
    let count = reader.take(max as u64).read_buf(&mut piece).await?;
    Ok((count > 0).then(|| piece.freeze()))
}
