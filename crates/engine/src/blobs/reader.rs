//! Gives out content, every byte of it checked.

use bytes::Bytes;

use super::checksum::{BLOCK, crc32c};
use super::{BlobFiles, BlobPlace, BlobSource, StoredBlob};
use crate::refusal::StoreError;

/// Open content. It stays readable when the file that led to it is deleted or replaced.
pub struct BlobReader {
    pub(super) size: u64,
    pub(super) sums: Vec<u32>,
    pub(super) from: From,
}

pub(super) enum From {
    Memory(Bytes),
    File(Box<dyn BlobSource>),
}

impl BlobReader {
    /// Opens `blob`.
    ///
    /// # Errors
    /// Its file is missing, or the storage failed.
    pub fn open(blob: StoredBlob, files: &dyn BlobFiles) -> Result<Self, StoreError> {
        let from = match blob.place {
            BlobPlace::Inline(content) => From::Memory(content),
            BlobPlace::Named(name) => From::File(files.open(name)?),
        };
        Ok(Self { size: blob.size, sums: blob.sums, from })
    }

    /// The length in bytes.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// At most `len` bytes from `offset` on; fewer at the end, none behind it. Whole blocks of [`BLOCK`] bytes are read
    /// and checked, so that reading in steps aligned to them reads each byte once.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if a block is not what was written; or the storage failed.
    pub fn read_at(&mut self, offset: u64, len: usize) -> Result<Bytes, StoreError> {
        let end = self.size.min(offset.saturating_add(len as u64));
        if offset >= end {
            return Ok(Bytes::new());
        }
        let first = offset / BLOCK * BLOCK;
        let covered = self.size.min(end.div_ceil(BLOCK) * BLOCK);
        let blocks = match &mut self.from {
            From::Memory(content) => content.slice(index(first)?..index(covered)?),
            From::File(source) => {
                let mut buffer = vec![0; index(covered - first)?];
                source.read_exact_at(&mut buffer, first)?;
                Bytes::from(buffer)
            }
        };
        for (block, sum) in blocks.chunks(index(BLOCK)?).zip(self.sums.iter().skip(index(first / BLOCK)?)) {
            if crc32c(0, block) != *sum {
                return Err(StoreError::Damaged("a block's checksum differs"));
            }
        }
        Ok(blocks.slice(index(offset - first)?..index(end - first)?))
    }
}

fn index(number: u64) -> Result<usize, StoreError> {
    usize::try_from(number).map_err(|_| StoreError::Damaged("a length beyond this machine's memory"))
}

impl std::fmt::Debug for BlobReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlobReader").field("size", &self.size).finish_non_exhaustive()
    }
}
