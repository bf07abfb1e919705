//! Where an upload comes from.

use std::collections::VecDeque;
use std::io::{self, SeekFrom};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};

/// A file to upload. A call that is tried again asks for offset zero again, an upload that resumes for any place that it came
/// to before: the end of the last piece that the service has acknowledged.
///
/// `()` is no file, [`Bytes`] one in memory, [`Seekable`] one that can be read again, [`Positioned`](super::Positioned) a part
/// of a local file, [`Once`] one that can be read only once.
pub trait Source: Send {
    /// At most `max` bytes from `offset` on; none at the end. An offset follows on what was read before, or goes back to any
    /// place before that; it never skips one, but where an upload that another process began goes on: that asks for what is left.
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

/// A stream that can be read only once. A call that sent some of it is not tried again, unless it remembers what it sent.
#[derive(Debug)]
pub struct Once<R> {
    reader: R,
    length: Option<u64>,
    at: u64,
    /// Bytes that are remembered, at least.
    memory: usize,
    /// The last pieces, up to `at`.
    kept: VecDeque<Bytes>,
}

impl<R: AsyncRead + Unpin + Send> Once<R> {
    /// `length` in bytes, if known.
    pub fn new(reader: R, length: Option<u64>) -> Self {
        Self { reader, length, at: 0, memory: 0, kept: VecDeque::new() }
    }

    /// Remembers the last `bytes` bytes, so that they can be sent again: as many as one piece of an upload that resumes. It
    /// takes that much memory and one read more.
    #[must_use]
    pub fn with_memory(self, bytes: usize) -> Self {
        Self { memory: bytes, ..self }
    }

    /// What was read from `offset` on, at most `max` bytes of it.
    fn remembered(&self, offset: u64, max: usize) -> Option<Bytes> {
        let mut end = self.at;
        for piece in self.kept.iter().rev() {
            let start = end - piece.len() as u64;
            if (start..end).contains(&offset) {
                let from = usize::try_from(offset - start).ok()?;
                return Some(piece.slice(from..from.saturating_add(max).min(piece.len())));
            }
            end = start;
        }
        None
    }

    fn remember(&mut self, piece: &Bytes) {
        self.at += piece.len() as u64;
        if self.memory == 0 {
            return;
        }
        self.kept.push_back(piece.clone());
        let mut bytes: usize = self.kept.iter().map(Bytes::len).sum();
        while let Some(oldest) = self.kept.front().map(Bytes::len).filter(|oldest| bytes - oldest >= self.memory) {
            bytes -= oldest;
            self.kept.pop_front();
        }
    }
}

impl<R: AsyncRead + Unpin + Send> Source for Once<R> {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.at != offset {
            return self.remembered(offset, max).map(Some).ok_or_else(|| io::ErrorKind::NotSeekable.into());
        }
        let piece = piece(&mut self.reader, max).await?;
        if let Some(piece) = &piece {
            self.remember(piece);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(once: &mut Once<&[u8]>, offset: u64, max: usize) -> io::Result<String> {
        let piece = once.read(offset, max).await?;
        Ok(piece.map_or_else(String::new, |piece| String::from_utf8(piece.to_vec()).unwrap()))
    }

    #[tokio::test]
    async fn a_stream_remembers_what_it_was_asked_to_and_little_more() {
        let mut once = Once::new(&b"abcdefghij"[..], None).with_memory(4);
        for (offset, max, piece) in [(0, 3, "abc"), (3, 3, "def"), (6, 3, "ghi")] {
            assert_eq!(text(&mut once, offset, max).await.unwrap(), piece);
        }
        for (offset, max, piece) in [(3, 9, "def"), (5, 9, "f"), (5, 1, "f"), (6, 2, "gh"), (8, 9, "i"), (9, 9, "j"), (10, 9, "")]
        {
            assert_eq!(text(&mut once, offset, max).await.unwrap(), piece, "{offset}");
        }
        for gone in [0, 2, 11] {
            assert_eq!(text(&mut once, gone, 9).await.unwrap_err().kind(), io::ErrorKind::NotSeekable, "{gone}");
        }
        assert!(once.kept.iter().map(Bytes::len).sum::<usize>() < 4 + 3);
        let mut forgetful = Once::new(&b"abcdef"[..], None);
        assert_eq!(text(&mut forgetful, 0, 3).await.unwrap(), "abc");
        assert_eq!(text(&mut forgetful, 2, 3).await.unwrap_err().kind(), io::ErrorKind::NotSeekable);
        assert_eq!(text(&mut forgetful, 3, 3).await.unwrap(), "def");
    }
}
