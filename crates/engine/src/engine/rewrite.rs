//! Files that are changed in part: what stays is copied, and what is new is taken from what came.

use std::net::IpAddr;
use std::sync::Arc;

use super::partial::file_key;
use super::transfer::Publication;
use super::{Engine, Upload};
use crate::blobs::{BLOCK, BlobReader, BlobWriter};
use crate::refusal::Refusal;
use crate::rules::files;
use crate::rules::listing::Entry;
use crate::rules::places::{Place, find};
use crate::types::{BlobId, Kind, UploadRight};

/// A file that is about to be changed. Dropped before [`Self::finish`] it changes nothing and leaves nothing.
pub struct Rewrite {
    engine: Arc<Engine>,
    right: UploadRight,
    peer: IpAddr,
    place: Place,
    base: BlobId,
    old: BlobReader,
    new: BlobWriter,
}

/// Where the next bytes of the changed file come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The file as it was: so many bytes from there on.
    Kept {
        /// The first byte's position in the old file.
        offset: u64,
        /// How many, in bytes.
        length: u64,
    },
    /// What came: so many bytes from there on.
    Sent {
        /// The first byte's position in all that came.
        offset: u64,
        /// How many, in bytes.
        length: u64,
    },
}

impl Upload {
    /// Whether a file is there that no upload in pieces by the same token is about to replace.
    ///
    /// # Errors
    /// Those of the file's name; the storage failed.
    pub fn would_change(&self, folders: &[&str], name: &str) -> Result<bool, Refusal> {
        let place = self.place(folders, name)?;
        let there = self.engine.store.read(|view| find(view, &place))?;
        Ok(there.is_some_and(|node| node.kind() == Kind::File) && !self.engine.partial.has(&file_key(self.right.hash, &place)))
    }

    /// Takes up a file to change it.
    ///
    /// # Errors
    /// Those of [`crate::path::check_name`]; [`Refusal::PathTooLong`]; [`Refusal::AlreadyExists`] unless the token allows
    /// overwriting; [`Refusal::InvalidPath`] if no file is there.
    pub fn rewrite(&self, folders: &[&str], name: &str) -> Result<Rewrite, Refusal> {
        let place = self.place(folders, name)?;
        let blob = self.engine.store.read(|view| {
            let base = files::base(view, &place)?;
            if self.overwrites() { Ok(base) } else { Err(Refusal::AlreadyExists) }
        })?;
        Ok(Rewrite {
            engine: self.engine.clone(),
            right: self.right.clone(),
            peer: self.peer,
            place,
            base: blob.id,
            old: BlobReader::open(blob.stored, &*self.engine.blobs)?,
            new: BlobWriter::new(&*self.engine.random)?,
        })
    }
}

impl Rewrite {
    /// The length of the file as it was, in bytes.
    #[must_use]
    pub const fn old_length(&self) -> u64 {
        self.old.size()
    }

    /// How many bytes came.
    #[must_use]
    pub const fn sent(&self) -> u64 {
        self.new.size()
    }

    /// Takes some bytes.
    ///
    /// # Errors
    /// The storage failed.
    pub fn push(&mut self, data: &[u8]) -> Result<(), Refusal> {
        Ok(self.new.push(data, &*self.engine.blobs)?)
    }

    /// Makes the changed file of its sources, one behind the other, and puts it in place of the old one: durable first, then
    /// visible, at once and whole. Blocks for as long as it takes to copy all of it. With `md5`, the changed file must have
    /// that digest.
    ///
    /// # Errors
    /// [`Refusal::Integrity`]; [`Refusal::RangeNotSatisfiable`] for bytes that a source does not have;
    /// [`Refusal::FileLocked`] if the file has got other content since it was taken up; [`Refusal::ExpiredUploadToken`]; the
    /// storage failed. The file is as it was then.
    pub fn finish(self, sources: &[Source], md5: Option<[u8; 16]>) -> Result<Entry, Refusal> {
        let Self { engine, right, peer, place, base, mut old, new } = self;
        let mut new = new.into_reader()?;
        let mut changed = BlobWriter::new(&*engine.random)?;
        for source in sources {
            let (from, offset, length) = match *source {
                Source::Kept { offset, length } => (&mut old, offset, length),
                Source::Sent { offset, length } => (&mut new, offset, length),
            };
            copy(&engine, from, offset, length, &mut changed)?;
        }
        if md5.is_some_and(|md5| md5 != changed.md5()) {
            return Err(Refusal::Integrity);
        }
        let new = Publication { place, stored: changed.finish()?, base: Some(base), unfinished: None };
        engine.publish(&right, peer, new)
    }
}

/// Copies, block by block of what is read: each block is read and checked once.
fn copy(engine: &Engine, from: &mut BlobReader, offset: u64, length: u64, to: &mut BlobWriter) -> Result<(), Refusal> {
    let end = offset.checked_add(length).filter(|end| *end <= from.size()).ok_or(Refusal::RangeNotSatisfiable)?;
    let mut at = offset;
    while at < end {
        let step = (BLOCK - at % BLOCK).min(end - at);
        let data = from.read_at(at, usize::try_from(step).unwrap_or(usize::MAX))?;
        to.push(&data, &*engine.blobs)?;
        at += step;
    }
    Ok(())
}

impl std::fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rewrite").field("place", &self.place).field("sent", &self.sent()).finish_non_exhaustive()
    }
}
