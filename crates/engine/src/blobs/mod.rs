//! Content: written durably, named by random numbers, verified when read.
//!
//! A [`BlobWriter`] keeps the first [`INLINE_LIMIT`] bytes in memory. Content that ends there lives in the metadata and
//! needs no file. Anything longer goes through [`BlobFiles::create`] and is on the disk for good when
//! [`BlobWriter::finish`] returns.
//!
//! Content that comes in several pieces is kept after each of them: durable, and named by a metadata row, but not finished.
//!
//! What a crash leaves behind is either a temporary file, or a finished file, that no metadata row names. Opening removes
//! both: all of the former, and the latter by walking the finished files if the last shutdown was not an orderly one. Of a
//! temporary file that a row names, what is behind the row's length goes.

mod checksum;
mod files;
mod memory;
mod reader;
mod writer;

pub use checksum::{BLOCK, crc32c};
pub use files::DiskBlobs;
pub use memory::MemoryBlobs;
pub use reader::BlobReader;
pub use writer::{BlobWriter, Mark};

use bytes::Bytes;

use crate::refusal::StoreError;

/// The most bytes that are kept in the metadata itself: one or two pages' worth of overflow, against three syncs.
pub const INLINE_LIMIT: usize = 16 * 1024;

/// The random name of a blob's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobName(pub [u8; 16]);

impl BlobName {
    /// 32 hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        crate::token::hex(&self.0)
    }

    /// Reads what [`Self::text`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()))
            .then(|| u128::from_str_radix(text, 16).ok())??;
        Some(Self(number.to_be_bytes()))
    }
}

/// Where content is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// In the metadata.
    Inline(Bytes),
    /// In a file of its own.
    Named(BlobName),
}

/// Content that is durable but not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    /// The length in bytes.
    pub size: u64,
    /// The MD5 of all of it.
    pub md5: [u8; 16],
    /// The CRC-32C of each block of [`BLOCK`] bytes; the last block may be shorter.
    pub sums: Vec<u32>,
    /// Where it is.
    pub place: BlobPlace,
}

/// Keeps the files of blobs.
pub trait BlobFiles: Send + Sync {
    /// Begins a file that nobody can see yet.
    ///
    /// # Errors
    /// The storage failed or is poisoned.
    fn create(&self, name: BlobName) -> Result<Box<dyn BlobSink>, StoreError>;

    /// Takes up an unfinished file that was kept, to go on behind its first `size` bytes; also one that was finished since
    /// and not published.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it does not exist or is shorter; or the storage failed or is poisoned.
    fn reopen(&self, name: BlobName, size: u64) -> Result<Box<dyn BlobSink>, StoreError>;

    /// Puts in order what an earlier process left: of unfinished files, only these stay, each as long as told. Calls
    /// `missing` with those that are not there or are shorter.
    ///
    /// # Errors
    /// The storage failed.
    fn recover(&self, unfinished: &[(BlobName, u64)], missing: &mut dyn FnMut(BlobName)) -> Result<(), StoreError>;

    /// Removes an unfinished file that was kept, also if it was finished since; it must not have been published. One that is
    /// gone already is no error.
    ///
    /// # Errors
    /// The storage failed.
    fn discard(&self, name: BlobName) -> Result<(), StoreError>;

    /// Opens a finished file.
    ///
    /// # Errors
    /// It does not exist, or the storage failed.
    fn open(&self, name: BlobName) -> Result<Box<dyn BlobSource>, StoreError>;

    /// Removes a finished file; one that is gone already is no error.
    ///
    /// # Errors
    /// The storage failed.
    fn remove(&self, name: BlobName) -> Result<(), StoreError>;

    /// Calls `visit` with the name of every finished file.
    ///
    /// # Errors
    /// The storage failed, or `visit` did.
    fn each(&self, visit: &mut dyn FnMut(BlobName) -> Result<(), StoreError>) -> Result<(), StoreError>;
}

/// A file being written, which can be read meanwhile. Dropping it before [`Self::finish`] removes what was written, unless it
/// was kept.
pub trait BlobSink: BlobSource {
    /// Appends.
    ///
    /// # Errors
    /// The storage failed.
    fn write(&mut self, data: &[u8]) -> Result<(), StoreError>;

    /// Cuts off all that was written behind the first `length` bytes.
    ///
    /// # Errors
    /// The storage failed.
    fn truncate(&mut self, length: u64) -> Result<(), StoreError>;

    /// Makes the file durable under its name. It is there after a power cut once this has returned.
    ///
    /// # Errors
    /// The storage failed. A sync that failed is never repeated.
    fn finish(self: Box<Self>) -> Result<(), StoreError>;

    /// Makes what was written so far durable, still unfinished. From then on it is there after a power cut, and stays when
    /// this is dropped.
    ///
    /// # Errors
    /// The storage failed. A sync that failed is never repeated.
    fn keep(&mut self) -> Result<(), StoreError>;

    /// Removes it, kept or not.
    fn discard(self: Box<Self>);
}

/// A file being read.
pub trait BlobSource: Send {
    /// Fills `buffer` from byte `offset` on.
    ///
    /// # Errors
    /// The file is shorter, or the storage failed.
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError>;
}
