//! A part of a local file, from a place on: several can be read and written at once.

use std::fs::File;
use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::{Sink, Source};

/// A local file from a place on, to send or to fetch. It neither uses nor moves the file's own position, so that transfers of
/// several ranges share one open file: clone the [`Arc`], not the file.
///
/// Reading and writing happen on the runtime's threads for blocking work. A write that has begun is finished also when its
/// transfer is dropped. Syncing the file is the caller's.
///
/// ```no_run
/// # use std::sync::Arc;
/// # use larder_transport::client::Positioned;
/// # fn halves() -> std::io::Result<[Positioned; 2]> {
/// let file = Arc::new(std::fs::File::create("copy")?);
/// Ok([Positioned::new(Arc::clone(&file), 0), Positioned::new(file, 1 << 30)])
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Positioned {
    file: Arc<File>,
    start: u64,
    length: Option<u64>,
}

impl Positioned {
    /// The file from `start` on, in bytes, without an end of its own.
    #[must_use]
    pub fn new(file: Arc<File>, start: u64) -> Self {
        Self { file, start, length: None }
    }

    /// The same, but no more than `length` bytes of it.
    #[must_use]
    pub fn with_length(self, length: u64) -> Self {
        Self { length: Some(length), ..self }
    }

    /// What is left of it from `offset` on, at most `max` bytes.
    fn room(&self, offset: u64, max: usize) -> usize {
        let left = self.length.map_or(u64::MAX, |length| length.saturating_sub(offset));
        usize::try_from(left).unwrap_or(usize::MAX).min(max)
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&File) -> io::Result<T> + Send + 'static) -> io::Result<T> {
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || work(&file)).await.map_err(io::Error::other)?
    }
}

impl Source for Positioned {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let (at, room) = (self.start + offset, self.room(offset, max));
        self.blocking(move |file| {
            let mut piece = BytesMut::zeroed(room);
            let count = read_at(file, &mut piece, at)?;
            piece.truncate(count);
            Ok((count > 0).then(|| piece.freeze()))
        })
        .await
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

/// Beyond its length, if it has one, it fails with [`StorageFull`](io::ErrorKind::StorageFull): what comes next is another's.
impl Sink for Positioned {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        if self.room(offset, chunk.len()) < chunk.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let at = self.start + offset;
        self.blocking(move |file| write_at(file, &chunk, at)).await
    }
}

#[cfg(unix)]
fn read_at(file: &File, piece: &mut [u8], at: u64) -> io::Result<usize> {
    retried(|| std::os::unix::fs::FileExt::read_at(file, piece, at))
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, piece: &mut [u8], at: u64) -> io::Result<usize> {
    retried(|| std::os::windows::fs::FileExt::seek_read(file, piece, at))
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = retried(|| std::os::windows::fs::FileExt::seek_write(file, bytes, at))?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        (bytes, at) = (&bytes[count..], at + count as u64);
    }
    Ok(())
}

fn retried(mut work: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match work() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
