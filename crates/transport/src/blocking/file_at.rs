//! A part of a file on disk, to send or to fill.

use std::fs::File;
use std::io;

use bytes::Bytes;

use super::source::piece;
use super::{Sink, Source};

/// The bytes of a file from `start` on. Several may share one file (`File::try_clone`): none uses the file's own position on
/// Unix; elsewhere each needs a handle that was opened for it.
#[derive(Debug)]
pub struct FileAt {
    file: File,
    start: u64,
    length: Option<u64>,
}

impl FileAt {
    /// From `start` on, to the end of the file as it is when it is read.
    #[must_use]
    pub fn new(file: File, start: u64) -> Self {
        Self { file, start, length: None }
    }

    /// So many bytes and no more, when it is sent.
    #[must_use]
    pub fn with_length(self, length: u64) -> Self {
        Self { length: Some(length), ..self }
    }
}

impl Source for FileAt {
    fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let left = self.length.map_or(u64::MAX, |length| length.saturating_sub(offset));
        let max = max.min(usize::try_from(left).unwrap_or(usize::MAX));
        let at = self.start.checked_add(offset).ok_or(io::ErrorKind::InvalidInput)?;
        if max == 0 { Ok(None) } else { piece(max, |room| read_at(&mut self.file, room, at)) }
    }

    fn length(&self) -> Option<u64> {
        let to_the_end = || Some(self.file.metadata().ok()?.len().saturating_sub(self.start));
        self.length.or_else(to_the_end)
    }
}

impl Sink for FileAt {
    fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        let at = self.start.checked_add(offset).ok_or(io::ErrorKind::InvalidInput)?;
        write_at(&mut self.file, &chunk, at)
    }
}

#[cfg(unix)]
fn read_at(file: &mut File, room: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, at)
}

#[cfg(unix)]
fn write_at(file: &mut File, chunk: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, chunk, at)
}

#[cfg(not(unix))]
fn read_at(file: &mut File, room: &mut [u8], at: u64) -> io::Result<usize> {
    io::Seek::seek(file, io::SeekFrom::Start(at))?;
    io::Read::read(file, room)
}

#[cfg(not(unix))]
fn write_at(file: &mut File, chunk: &[u8], at: u64) -> io::Result<()> {
    io::Seek::seek(file, io::SeekFrom::Start(at))?;
    io::Write::write_all(file, chunk)
}
