//! A part of a file on disk, to send or to fill.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::source::piece;
use super::{Sink, Source};

/// A local file from a place on, to send or to fetch. It neither uses nor moves the file's own position (on Unix; elsewhere it
/// does both), so that transfers of several ranges share one open file: clone the [`Arc`], not the file.
#[derive(Debug, Clone)]
pub struct Positioned {
    file: Arc<File>,
    start: u64,
    length: Option<u64>,
}

impl Positioned {
    /// From `start` on, to the end of the file as it is when it is read.
    #[must_use]
    pub fn new(file: Arc<File>, start: u64) -> Self {
        Self { file, start, length: None }
    }

    /// So many bytes and no more, when it is sent.
    #[must_use]
    pub fn with_length(self, length: u64) -> Self {
        Self { length: Some(length), ..self }
    }
}

impl Source for Positioned {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let left = self.length.map_or(u64::MAX, |length| length.saturating_sub(offset));
        let max = max.min(usize::try_from(left).unwrap_or(usize::MAX));
        let at = self.start.checked_add(offset).ok_or(io::ErrorKind::InvalidInput)?;
        if max == 0 { Ok(None) } else { piece(max, |room| read_at(&self.file, room, at)) }
    }

    fn length(&self) -> Option<u64> {
        let to_the_end = || Some(self.file.metadata().ok()?.len().saturating_sub(self.start));
        self.length.or_else(to_the_end)
    }
}

impl Sink for Positioned {
    fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        let at = self.start.checked_add(offset).ok_or(io::ErrorKind::InvalidInput)?;
        write_at(&self.file, &chunk, at)
    }
}

#[cfg(unix)]
fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, at)
}

#[cfg(unix)]
fn write_at(file: &File, chunk: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, chunk, at)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, room: &mut [u8], at: u64) -> io::Result<usize> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    io::Read::read(&mut file, room)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, chunk: &[u8], at: u64) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(at))?;
    io::Write::write_all(&mut file, chunk)
}
