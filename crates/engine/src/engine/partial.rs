//! Files that come in pieces, each in an upload of its own. They belong to a token and a path, live as long as the token,
//! and are kept in memory and temporary files: a restart forgets them, and the client begins anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use md5::{Digest, Md5};

use crate::blobs::{BlobFiles, BlobWriter, Mark};
use crate::env::Timestamp;
use crate::refusal::{Refusal, StoreError};
use crate::rules::listing::Entry;
use crate::rules::places::Place;
use crate::token::TokenHash;
use crate::types::AccountId;

/// Unfinished files at once: each may hold an open file. Beyond them, the account that has most of them loses its oldest,
/// or whoever begins another, if that has as many.
pub const MAX_PARTIAL: usize = 256;
/// Unfinished files of one account at once. Beyond them, it loses its oldest.
pub const MAX_PARTIAL_PER_ACCOUNT: usize = 32;

/// Complete files whose last piece may come once more.
const MAX_FINISHED: usize = 1024;

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
pub(super) type FileKey = (TokenHash, AccountId, crate::types::ApplicationId, String);

pub(super) fn file_key(hash: TokenHash, place: &Place) -> FileKey {
    (hash, place.account, place.application, place.path.text())
}

/// All unfinished files.
#[derive(Debug, Clone, Default)]
pub(super) struct Partials(Arc<Mutex<All>>);

#[derive(Debug, Default)]
struct All {
    slots: HashMap<FileKey, Slot>,
    /// Files that are published, by a last piece that was a range. None of them has a slot.
    finished: HashMap<FileKey, Finished>,
    /// The number of the latest slot.
    latest: u64,
}

/// An unfinished file; the higher its number, the later it was taken up.
#[derive(Debug)]
struct Slot {
    number: u64,
    /// Absent while an upload works on it.
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    writer: BlobWriter,
    /// The last piece.
    latest: Option<Placed>,
    expires: Timestamp,
}

/// The work on one piece. What is unfinished when it is dropped goes back without this piece.
#[derive(Debug)]
pub(super) struct Work {
    partials: Partials,
    key: FileKey,
    /// That of the slot. Where another has taken its place, this work is for nothing.
    number: u64,
    partial: Option<Partial>,
    start: Mark,
    piece: Piece,
    repeated: bool,
    md5: Md5,
    length: u64,
}

/// A piece that has its place: its first byte, its last byte, its MD5.
pub(super) type Placed = (u64, u64, [u8; 16]);

#[derive(Debug)]
struct Finished {
    number: u64,
    last: Placed,
    entry: Entry,
    expires: Timestamp,
}

/// What may be the last piece of a published file once more: its sender missed the answer.
#[derive(Debug)]
pub(super) struct Repeat {
    last: Placed,
    entry: Entry,
    md5: Md5,
    length: u64,
}

/// What a piece led to.
pub(super) enum Outcome {
    /// The file goes on after so many bytes.
    Kept(u64),
    /// The file is complete, with this range as its end.
    Complete(Box<BlobWriter>, Option<Placed>),
}

impl All {
    /// The oldest unfinished file of an account that no upload works on.
    fn oldest(&self, account: AccountId) -> Option<FileKey> {
        let idle = self.slots.iter().filter(|(key, slot)| key.1 == account && slot.partial.is_some());
        idle.min_by_key(|(_, slot)| slot.number).map(|(key, _)| key.clone())
    }

    /// Makes room for one more of an account's files, at the cost of the one that is returned.
    fn make_room(&mut self, account: AccountId) -> Result<Option<Slot>, Refusal> {
        let mut counts = HashMap::<AccountId, usize>::new();
        for key in self.slots.keys() {
            *counts.entry(key.1).or_default() += 1;
        }
        let own = counts.get(&account).copied().unwrap_or(0);
        let loser = if own >= MAX_PARTIAL_PER_ACCOUNT {
            account
        } else if self.slots.len() >= MAX_PARTIAL {
            let most = counts.into_iter().max_by_key(|(account, count)| (*count, *account));
            most.filter(|(_, count)| *count > own + 1).map_or(account, |(other, _)| other)
        } else {
            return Ok(None);
        };
        let oldest = self.oldest(loser).ok_or(Refusal::TooMany)?;
        Ok(self.slots.remove(&oldest))
    }
}

impl Partials {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up the file for one more piece. Nobody else can until that is ended or dropped.
    pub(super) fn take(&self, key: FileKey, piece: Piece, expires: Timestamp, fresh: BlobWriter) -> Result<Work, Refusal> {
        if matches!(piece, Piece::Range { first, last, total } if first > last || last >= total) {
            return Err(Refusal::RangeNotSatisfiable);
        }
        let mut all = self.all();
        let (there, lost) = match all.slots.get_mut(&key) {
            Some(slot) => (Some(slot.partial.take().ok_or(Refusal::FileLocked)?), None),
            None if matches!(piece, Piece::Range { first: 1.., .. }) => return Err(Refusal::RangeNotSatisfiable),
            None => (None, all.make_room(key.1)?),
        };
        all.latest += 1;
        let number = all.latest;
        all.slots.insert(key.clone(), Slot { number, partial: None });
        all.finished.remove(&key);
        drop(all);
        // Its file is removed, which may take a while.
        drop(lost);
        let partial = there.unwrap_or(Partial { writer: fresh, latest: None, expires });
        let (there, latest) = (partial.writer.size(), partial.latest);
        let work = Work {
            partials: self.clone(),
            key,
            number,
            start: partial.writer.mark(),
            partial: Some(partial),
            piece,
            repeated: matches!((piece, latest), (Piece::Range { first, last, .. }, Some((a, b, _))) if (a, b) == (first, last)),
            md5: Md5::new(),
            length: 0,
        };
        match piece {
            Piece::Range { first, .. } if first != there && !work.repeated => Err(Refusal::RangeNotSatisfiable),
            Piece::Range { .. } | Piece::Append { .. } => Ok(work),
        }
    }

    /// Whether such a file is unfinished.
    pub(super) fn has(&self, key: &FileKey) -> bool {
        self.all().slots.contains_key(key)
    }

    /// Drops the unfinished file, as a whole one takes its place. Work on it is then for nothing.
    pub(super) fn forget(&self, key: &FileKey) {
        let mut all = self.all();
        let forgotten = all.slots.remove(key);
        all.finished.remove(key);
        drop(all);
        drop(forgotten);
    }

    /// Notes that a file was published with that last piece.
    pub(super) fn finish(&self, key: FileKey, last: Placed, entry: Entry, expires: Timestamp) {
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
    pub(super) fn repeat(&self, key: &FileKey, piece: Option<Piece>) -> Option<Repeat> {
        let Some(Piece::Range { first, last, total }) = piece else { return None };
        let all = self.all();
        let finished = all.finished.get(key)?;
        let same = (finished.last.0, finished.last.1) == (first, last) && last.checked_add(1) == Some(total);
        same.then(|| Repeat { last: finished.last, entry: finished.entry.clone(), md5: Md5::new(), length: 0 })
    }

    /// Drops files whose token has expired, and says how many.
    pub(super) fn sweep(&self, now: Timestamp) -> usize {
        let expired = |slot: &Slot| slot.partial.as_ref().is_some_and(|partial| partial.expires < now);
        let mut all = self.all();
        all.finished.retain(|_, finished| finished.expires >= now);
        let swept: Vec<_> = all.slots.extract_if(|_, slot| expired(slot)).collect();
        drop(all);
        swept.len()
    }
}

impl Repeat {
    pub(super) const fn entry(&self) -> &Entry {
        &self.entry
    }

    pub(super) fn push(&mut self, data: &[u8]) -> Result<(), Refusal> {
        self.length += data.len() as u64;
        self.md5.update(data);
        if self.length > self.last.1 - self.last.0 + 1 { Err(Refusal::RangeNotSatisfiable) } else { Ok(()) }
    }

    /// The file, if it was a repeat, and `other` if it was other content.
    pub(super) fn end(self, other: Refusal) -> Result<Entry, Refusal> {
        let (first, last, md5) = self.last;
        if self.length != last - first + 1 {
            return Err(Refusal::RangeNotSatisfiable);
        }
        let same = <[u8; 16]>::from(self.md5.finalize()) == md5;
        if same { Ok(self.entry) } else { Err(other) }
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
        let placed = if let Piece::Range { first, last, .. } = self.piece { Some((first, last, md5)) } else { None };
        partial.latest = placed.or(partial.latest);
        let size = partial.writer.size();
        let outcome = if complete {
            (None, Outcome::Complete(Box::new(partial.writer), placed))
        } else {
            (Some(partial), Outcome::Kept(size))
        };
        if self.put_back(outcome.0) { Ok(outcome.1) } else { Err(Refusal::FileLocked) }
    }

    /// Ends the work: says whether the slot was still this one's, and leaves in it what there is to leave.
    fn put_back(&self, partial: Option<Partial>) -> bool {
        let mut all = self.partials.all();
        let Some(slot) = all.slots.get_mut(&self.key).filter(|slot| slot.number == self.number) else { return false };
        if partial.is_some() {
            slot.partial = partial;
        } else {
            all.slots.remove(&self.key);
        }
        true
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(mut partial) = self.partial.take() {
            let kept = partial.writer.rewind(self.start.clone()).is_ok() && partial.writer.size() > 0;
            self.put_back(kept.then_some(partial));
        }
    }
}
