//! Takes content in pieces of any size.

use bytes::Bytes;
use md5::{Digest, Md5};

use super::checksum::{BLOCK, BlockSums};
use super::reader::From;
use super::{BlobFiles, BlobName, BlobPlace, BlobReader, BlobSink, INLINE_LIMIT, StoredBlob};
use crate::env::Random;
use crate::refusal::StoreError;

/// Content on its way in: digests run along, and a file is begun only when the content outgrows [`INLINE_LIMIT`].
/// Dropping it leaves nothing behind, unless it was kept.
pub struct BlobWriter {
    md5: Md5,
    sums: BlockSums,
    size: u64,
    place: Growing,
}

/// Where some content ended, to go back to.
#[derive(Clone)]
pub struct Mark {
    md5: Md5,
    sums: BlockSums,
    size: u64,
}

enum Growing {
    Small { buffer: Vec<u8>, name: BlobName },
    Large { sink: Box<dyn BlobSink>, name: BlobName },
    Failed,
}

impl Mark {
    /// The bytes before it.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The MD5 of the content before it.
    #[must_use]
    pub fn md5(&self) -> [u8; 16] {
        self.md5.clone().finalize().into()
    }
}

impl BlobWriter {
    /// Begins empty content.
    ///
    /// # Errors
    /// The random source failed.
    pub fn new(random: &dyn Random) -> Result<Self, StoreError> {
        let name = BlobName(crate::token::bytes(random)?);
        Ok(Self { md5: Md5::new(), sums: BlockSums::default(), size: 0, place: Growing::Small { buffer: Vec::new(), name } })
    }

    /// Takes up content that was kept: its first `size` bytes, whose MD5 must be that. Reads all of them.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if they are not there or not the same; or the storage failed.
    pub fn reopen(name: BlobName, size: u64, md5: [u8; 16], files: &dyn BlobFiles) -> Result<Self, StoreError> {
        let mut sink = files.reopen(name, size)?;
        let (mut digest, mut sums, mut at) = (Md5::new(), BlockSums::default(), 0);
        let mut buffer = vec![0; usize::try_from(BLOCK.min(size)).unwrap_or(usize::MAX)];
        while at < size {
            let step = usize::try_from(BLOCK.min(size - at)).unwrap_or(usize::MAX);
            sink.read_exact_at(&mut buffer[..step], at)?;
            digest.update(&buffer[..step]);
            sums.push(&buffer[..step]);
            at += step as u64;
        }
        if <[u8; 16]>::from(digest.clone().finalize()) != md5 {
            return Err(StoreError::Damaged("an unfinished blob has changed"));
        }
        // Reading has moved the place where writing goes on.
        sink.truncate(size)?;
        Ok(Self { md5: digest, sums, size, place: Growing::Large { sink, name } })
    }

    /// Makes the content so far durable, in a file of that name, to go on with it after a restart.
    ///
    /// # Errors
    /// The storage failed; every later call then fails too.
    pub fn keep(&mut self, files: &dyn BlobFiles) -> Result<BlobName, StoreError> {
        let (mut sink, name) = match std::mem::replace(&mut self.place, Growing::Failed) {
            Growing::Failed => return Err(StoreError::Poisoned),
            Growing::Small { buffer, name } => {
                let mut sink = files.create(name)?;
                sink.write(&buffer)?;
                (sink, name)
            }
            Growing::Large { sink, name } => (sink, name),
        };
        sink.keep()?;
        self.place = Growing::Large { sink, name };
        Ok(name)
    }

    /// Removes it, kept or not.
    pub fn discard(self) {
        if let Growing::Large { sink, .. } = self.place {
            sink.discard();
        }
    }

    /// The bytes taken so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Appends `data`.
    ///
    /// # Errors
    /// The storage failed; every later call then fails too.
    pub fn push(&mut self, data: &[u8], files: &dyn BlobFiles) -> Result<(), StoreError> {
        match std::mem::replace(&mut self.place, Growing::Failed) {
            Growing::Failed => return Err(StoreError::Poisoned),
            Growing::Small { mut buffer, name } => {
                self.place = if buffer.len() + data.len() <= INLINE_LIMIT {
                    buffer.extend_from_slice(data);
                    Growing::Small { buffer, name }
                } else {
                    let mut sink = files.create(name)?;
                    sink.write(&buffer)?;
                    sink.write(data)?;
                    Growing::Large { sink, name }
                };
            }
            Growing::Large { mut sink, name } => {
                sink.write(data)?;
                self.place = Growing::Large { sink, name };
            }
        }
        self.md5.update(data);
        self.sums.push(data);
        self.size += data.len() as u64;
        Ok(())
    }

    /// The MD5 of the content so far.
    #[must_use]
    pub fn md5(&self) -> [u8; 16] {
        self.md5.clone().finalize().into()
    }

    /// The present end of the content.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark { md5: self.md5.clone(), sums: self.sums.clone(), size: self.size }
    }

    /// Forgets all that came behind `mark`, which must be one of this content.
    ///
    /// # Errors
    /// The storage failed; every later call then fails too.
    pub fn rewind(&mut self, mark: Mark) -> Result<(), StoreError> {
        match &mut self.place {
            Growing::Failed => return Err(StoreError::Poisoned),
            Growing::Small { buffer, .. } => buffer.truncate(usize::try_from(mark.size).unwrap_or(usize::MAX)),
            Growing::Large { sink, .. } => {
                if let Err(error) = sink.truncate(mark.size) {
                    self.place = Growing::Failed;
                    return Err(error);
                }
            }
        }
        Mark { md5: self.md5, sums: self.sums, size: self.size } = mark;
        Ok(())
    }

    /// Ends the content, to read it, checked like any other. It is gone when the reader is dropped.
    ///
    /// # Errors
    /// Writing failed before.
    pub fn into_reader(self) -> Result<BlobReader, StoreError> {
        let from = match self.place {
            Growing::Failed => return Err(StoreError::Poisoned),
            Growing::Small { buffer, .. } => From::Memory(Bytes::from(buffer)),
            Growing::Large { sink, .. } => From::File(sink),
        };
        Ok(BlobReader { size: self.size, sums: self.sums.finish(), from })
    }

    /// Makes the content durable. Only a metadata transaction publishes it.
    ///
    /// # Errors
    /// The storage failed.
    pub fn finish(self) -> Result<StoredBlob, StoreError> {
        let place = match self.place {
            Growing::Failed => return Err(StoreError::Poisoned),
            Growing::Small { buffer, .. } => BlobPlace::Inline(Bytes::from(buffer)),
            Growing::Large { sink, name } => {
                sink.finish()?;
                BlobPlace::Named(name)
            }
        };
        Ok(StoredBlob { size: self.size, md5: self.md5.finalize().into(), sums: self.sums.finish(), place })
    }
}

impl std::fmt::Debug for BlobWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobWriter").field("size", &self.size).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mark").field("size", &self.size).finish_non_exhaustive()
    }
}
