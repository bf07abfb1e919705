//! Where an upload comes from.

use std::io::{self, Read, Seek, SeekFrom};

use bytes::{Bytes, BytesMut};

/// A file to upload. A call that is tried again asks for offset zero again.
///
/// `()` is no file, [`Bytes`] one in memory, [`Seekable`] one that can be read again, [`Once`] one that cannot,
/// [`Positioned`](super::Positioned) a part of a file on disk.
pub trait Source {
    /// At most `max` bytes from `offset` on; none at the end. Offsets follow on each other, except that an upload
    /// goes back to zero or to the end of the last piece that was acknowledged, and begins there if another process began it.
    ///
    /// It is called by the thread that makes the call. While it takes its time, no answer of the service is looked at; no clock
    /// but the whole call's runs.
    ///
    /// # Errors
    /// [`NotSeekable`](io::ErrorKind::NotSeekable) when the file cannot be had again: the call then ends with what went
    /// wrong the first time. Any other error ends the call with [`Source`](super::CallError::Source).
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>>;

    /// Its length in bytes, if known: it is then sent with `Content-Length`, and checked.
    fn length(&self) -> Option<u64> {
        None
    }
}

impl Source for () {
    fn read(&mut self, _offset: u64, _max: usize) -> io::Result<Option<Bytes>> {
        Ok(None)
    }

    fn length(&self) -> Option<u64> {
        Some(0)
    }
}

impl Source for Bytes {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.len());
        let end = start.saturating_add(max).min(self.len());
        Ok(Some(self.slice(start..end)).filter(|piece| !piece.is_empty()))
    }

    fn length(&self) -> Option<u64> {
        Some(self.len() as u64)
    }
}

impl<S: Source + ?Sized> Source for &mut S {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        S::read(self, offset, max)
    }

    fn length(&self) -> Option<u64> {
        S::length(self)
    }
}

/// A file that can be read from any place, such as `std::fs::File`. It begins at the reader's own beginning.
#[derive(Debug)]
pub struct Seekable<R> {
    reader: R,
    length: Option<u64>,
    /// Where the reader stands, unless that is not known.
    at: Option<u64>,
}

impl<R: Read + Seek> Seekable<R> {
    /// `length` in bytes, if known.
    pub fn new(reader: R, length: Option<u64>) -> Self {
        Self { reader, length, at: None }
    }
}

impl<R: Read + Seek> Source for Seekable<R> {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.at.take() != Some(offset) {
            self.reader.seek(SeekFrom::Start(offset))?;
        }
        let piece = piece(max, |room| self.reader.read(room))?;
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

impl<R: Read> Once<R> {
    /// `length` in bytes, if known.
    pub fn new(reader: R, length: Option<u64>) -> Self {
        Self { reader, length, at: 0 }
    }
}

impl<R: Read> Source for Once<R> {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.at != offset {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        let piece = piece(max, |room| self.reader.read(room))?;
        self.at += piece.as_ref().map_or(0, Bytes::len) as u64;
        Ok(piece)
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

/// What one read brings, at most `max` bytes; none at the end.
pub(super) fn piece(max: usize, mut read: impl FnMut(&mut [u8]) -> io::Result<usize>) -> io::Result<Option<Bytes>> {
    let mut piece = BytesMut::zeroed(max);
    loop {
        match read(&mut piece) {
            Ok(count) => {
                piece.truncate(count);
                return Ok((count > 0).then(|| piece.freeze()));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
