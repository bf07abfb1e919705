//! Published files whose last piece may come once more: its sender missed the answer. They are kept in memory; after a restart
//! the sender looks for the file.

use md5::{Digest, Md5};

use super::{FileKey, Partials, Piece};
use crate::env::Timestamp;
use crate::refusal::Refusal;
use crate::rules::listing::Entry;
use crate::types::Placed;

/// Complete files whose last piece may come once more.
const MAX_FINISHED: usize = 1024;

#[derive(Debug)]
pub(super) struct Finished {
    number: u64,
    last: Placed,
    entry: Entry,
    pub(super) expires: Timestamp,
}

/// What may be the last piece of a published file once more.
#[derive(Debug)]
pub(in crate::engine) struct Repeat {
    last: Placed,
    entry: Entry,
    md5: Md5,
    length: u64,
}

impl Partials {
    /// Notes that a file was published with that last piece.
    pub(in crate::engine) fn finish(&self, key: FileKey, last: Placed, entry: Entry, expires: Timestamp) {
        let mut all = self.all();
        // Another may have been begun meanwhile.
        if all.slots.contains_key(&key) {
            return;
        }
        if all.finished.len() >= MAX_FINISHED {
            let oldest = all.finished.iter().min_by_key(|(_, finished)| finished.number).map(|(key, _)| key.clone());
            oldest.and_then(|key| all.finished.remove(&key));
        }
        all.latest += 1;
        let number = all.latest;
        all.finished.insert(key, Finished { number, last, entry, expires });
    }

    /// What a piece with that range may repeat.
    pub(in crate::engine) fn repeat(&self, key: &FileKey, piece: Option<Piece>) -> Option<Repeat> {
        let Some(Piece::Range { first, last, total }) = piece else { return None };
        let all = self.all();
        let finished = all.finished.get(key)?;
        let same = (finished.last.first, finished.last.last) == (first, last) && last.checked_add(1) == Some(total);
        same.then(|| Repeat { last: finished.last, entry: finished.entry.clone(), md5: Md5::new(), length: 0 })
    }
}

impl Repeat {
    pub(in crate::engine) const fn entry(&self) -> &Entry {
        &self.entry
    }

    pub(in crate::engine) fn push(&mut self, data: &[u8]) -> Result<(), Refusal> {
        self.length += data.len() as u64;
        self.md5.update(data);
        if self.length > self.last.last - self.last.first + 1 { Err(Refusal::RangeNotSatisfiable) } else { Ok(()) }
    }

    /// The file, if it was a repeat, and `other` if it was other content.
    pub(in crate::engine) fn end(self, other: Refusal) -> Result<Entry, Refusal> {
        let Placed { first, last, md5 } = self.last;
        if self.length != last - first + 1 {
            return Err(Refusal::RangeNotSatisfiable);
        }
        let same = <[u8; 16]>::from(self.md5.finalize()) == md5;
        if same { Ok(self.entry) } else { Err(other) }
    }
}
