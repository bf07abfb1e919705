//! Files that come in pieces, each in an upload of its own. They belong to a token and a path, live as long as the token,
//! and are kept in memory and temporary files: a restart forgets them, and the client begins anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use md5::{Digest, Md5};

use crate::blobs::{BlobFiles, BlobWriter, Mark};
use crate::env::Timestamp;
use crate::refusal::{Refusal, StoreError};
use crate::rules::places::Place;
use crate::token::TokenHash;

/// Unfinished files at once: each may hold an open file.
pub const MAX_PARTIAL: usize = 256;

/// A piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The bytes from `first` to `last`, both counted from zero and included, of `total`. The piece that ends at the total
    /// ends the file; the total may change from piece to piece.
    Range {
        /// The first byte's position.
        first: u64,
        /// The last byte's position.
        last: u64,
        /// The whole file's length, as far as is known.
        total: u64,
    },
    /// Whatever comes next; the last piece says so.
    Append {
        /// Whether this ends the file.
        end: bool,
    },
}

/// Whose file it is, and where it goes.
pub(super) type FileKey = (TokenHash, crate::types::AccountId, crate::types::ApplicationId, String);

pub(super) fn file_key(hash: TokenHash, place: &Place) -> FileKey {
    (hash, place.account, place.application, place.path.text())
}

/// All unfinished files that no upload is working on.
#[derive(Debug, Clone, Default)]
pub(super) struct Partials(Arc<Mutex<HashMap<FileKey, Partial>>>);

#[derive(Debug)]
struct Partial {
    writer: BlobWriter,
    /// The last piece: its first byte, its last byte, its MD5.
    latest: Option<(u64, u64, [u8; 16])>,
    expires: Timestamp,
}

/// The work on one piece. What is unfinished when it is dropped goes back without this piece.
#[derive(Debug)]
pub(super) struct Work {
    partials: Partials,
    key: FileKey,
    partial: Option<Partial>,
    start: Mark,
    piece: Piece,
    repeated: bool,
    md5: Md5,
    length: u64,
}

/// What a piece led to.
pub(super) enum Outcome {
    /// The file goes on after so many bytes.
    Kept(u64),
    /// The file is complete.
    Complete(BlobWriter),
}

impl Partials {
    /// Takes up the file for one more piece.
    pub(super) fn take(&self, key: FileKey, piece: Piece, expires: Timestamp, fresh: BlobWriter) -> Result<Work, Refusal> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_PARTIAL && !all.contains_key(&key) {
            return Err(Refusal::TooMany);
        }
        let partial = all.remove(&key).unwrap_or(Partial { writer: fresh, latest: None, expires });
        drop(all);
        let (there, latest) = (partial.writer.size(), partial.latest);
        let work = Work {
            partials: self.clone(),
            key,
            start: partial.writer.mark(),
            partial: Some(partial),
            piece,
            repeated: matches!((piece, latest), (Piece::Range { first, last, .. }, Some((a, b, _))) if (a, b) == (first, last)),
            md5: Md5::new(),
            length: 0,
        };
        match piece {
            Piece::Range { first, last, total } if first > last || last >= total => Err(Refusal::RangeNotSatisfiable),
            Piece::Range { first, .. } if first != there && !work.repeated => Err(Refusal::RangeNotSatisfiable),
            Piece::Range { .. } | Piece::Append { .. } => Ok(work),
        }
    }

    /// Drops the unfinished file, as a whole one takes its place.
    pub(super) fn forget(&self, key: &FileKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Drops files whose token has expired, and says how many.
    pub(super) fn sweep(&self, now: Timestamp) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = all.len();
        all.retain(|_, partial| partial.expires >= now);
        before - all.len()
    }
}

impl Work {
    pub(super) fn push(&mut self, data: &[u8], files: &dyn BlobFiles) -> Result<(), Refusal> {
        self.length += data.len() as u64;
        if let Piece::Range { first, last, .. } = self.piece
            && self.length > last - first + 1
        {
            return Err(Refusal::RangeNotSatisfiable);
        }
        self.md5.update(data);
        match &mut self.partial {
            Some(partial) if !self.repeated => Ok(partial.writer.push(data, files)?),
            Some(_) => Ok(()),
            None => Err(StoreError::Poisoned.into()),
        }
    }

    pub(super) fn end(mut self) -> Result<Outcome, Refusal> {
        let md5: [u8; 16] = std::mem::take(&mut self.md5).finalize().into();
        let Some(mut partial) = self.partial.take() else { return Err(StoreError::Poisoned.into()) };
        let (complete, fits) = match self.piece {
            Piece::Range { first, last, total } => {
                let same = !self.repeated || partial.latest.is_some_and(|(_, _, before)| before == md5);
                (last + 1 == total, same && self.length == last - first + 1)
            }
            Piece::Append { end } => (end, true),
        };
        if !fits {
            self.partial = Some(partial);
            return Err(Refusal::RangeNotSatisfiable);
        }
        if complete {
            return Ok(Outcome::Complete(partial.writer));
        }
        if let Piece::Range { first, last, .. } = self.piece {
            partial.latest = Some((first, last, md5));
        }
        let size = partial.writer.size();
        self.put_back(partial);
        Ok(Outcome::Kept(size))
    }

    fn put_back(&self, partial: Partial) {
        self.partials.0.lock().unwrap_or_else(PoisonError::into_inner).insert(self.key.clone(), partial);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(mut partial) = self.partial.take()
            && partial.writer.rewind(self.start.clone()).is_ok()
            && partial.writer.size() > 0
        {
            self.put_back(partial);
        }
    }
}
