//! Files that come in pieces, each in an upload of its own. They belong to a token and a path, and live as long as the token.
//!
//! A piece that was acknowledged is durable: its bytes are synced, and a row of the store says how many are there, before the
//! answer. Opening the engine takes up what the rows say; the content is read again, and checked, when the next piece comes.
//! What is not acknowledged is forgotten. Where the storage fails, and nobody doubts what it has, the file goes on without the
//! piece that failed, the last one too: its content is then opened again as after a restart.
//!
//! The row goes in the transaction that publishes the file. Where a row and its content's file part otherwise, as when room
//! is made, opening settles it: a row without its file goes, and so does a file without a row.

mod finished;
mod work;

pub(super) use finished::Repeat;
pub(super) use work::{Outcome, Work};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::blobs::{BlobFiles, BlobName, BlobWriter};
use crate::env::Timestamp;
use crate::refusal::Refusal;
use crate::rules::places::Place;
use crate::token::TokenHash;
use crate::types::{AccountId, ApplicationId, Placed, UnfinishedFile};
use finished::Finished;

/// Unfinished files at once: each may hold an open file. Beyond them, the account that has most of them loses its oldest,
/// or whoever begins another, if that has as many.
pub const MAX_PARTIAL: usize = 256;
/// Unfinished files of one account at once. Beyond them, it loses its oldest.
pub const MAX_PARTIAL_PER_ACCOUNT: usize = 32;

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
pub(super) type FileKey = (TokenHash, AccountId, ApplicationId, String);

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
    /// Contents that belong to none of them any more.
    leftovers: Vec<BlobName>,
    /// The number of the latest slot.
    latest: u64,
}

/// An unfinished file; the higher its number, the later it was taken up.
#[derive(Debug)]
struct Slot {
    number: u64,
    /// The name of its row, if it has one.
    row: Option<BlobName>,
    /// Absent while an upload works on it.
    partial: Option<Partial>,
}

/// What there is of an unfinished file.
#[derive(Debug)]
struct Partial {
    content: Content,
    /// The name of its row, if it has one.
    row: Option<BlobName>,
    /// The last piece, if it was a range.
    latest: Option<Placed>,
    expires: Timestamp,
}

#[derive(Debug)]
enum Content {
    Open(BlobWriter),
    /// As an earlier process left it, or a failure of the storage: so many bytes, with that MD5, and perhaps more.
    Closed(BlobName, u64, [u8; 16]),
    /// None, and none that was acknowledged.
    Gone,
}

impl Partial {
    const fn size(&self) -> u64 {
        match &self.content {
            Content::Open(writer) => writer.size(),
            Content::Closed(_, size, _) => *size,
            Content::Gone => 0,
        }
    }

    const fn writer(&mut self) -> Option<&mut BlobWriter> {
        match &mut self.content {
            Content::Open(writer) => Some(writer),
            Content::Closed(..) | Content::Gone => None,
        }
    }
}

/// An unfinished file that is none any more.
#[derive(Debug)]
pub(super) struct Lost {
    /// Absent where an upload works on it, which will remove it.
    partial: Option<Partial>,
    row: Option<BlobName>,
}

impl Lost {
    /// Removes the content. Says which row is left, which is to be dropped.
    pub(super) fn discard(self, files: &dyn BlobFiles) -> Option<BlobName> {
        match self.partial.map(|partial| partial.content) {
            Some(Content::Open(writer)) => writer.discard(),
            // What stays is removed when the folder is opened again.
            Some(Content::Closed(name, ..)) => drop(files.discard(name)),
            Some(Content::Gone) | None => {}
        }
        self.row
    }
}

impl From<Slot> for Lost {
    fn from(slot: Slot) -> Self {
        Self { partial: slot.partial, row: slot.row }
    }
}

impl All {
    /// The oldest unfinished file of an account that no upload works on.
    fn oldest(&self, account: AccountId) -> Option<FileKey> {
        let idle = self.slots.iter().filter(|(key, slot)| key.1 == account && slot.partial.is_some());
        idle.min_by_key(|(_, slot)| slot.number).map(|(key, _)| key.clone())
    }

    /// Makes room for one more of an account's files, at the cost of the one that is returned.
    fn make_room(&mut self, account: AccountId) -> Result<Option<Lost>, Refusal> {
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
        Ok(self.slots.remove(&oldest).map(Lost::from))
    }
}

impl Partials {
    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes up what an earlier process left, the oldest first. Of two for one place the later counts; says what the others
    /// were.
    pub(super) fn restore(&self, files: Vec<UnfinishedFile>) -> Vec<Lost> {
        let mut all = self.all();
        let mut replaced = Vec::new();
        for file in files {
            let content = Content::Closed(file.name, file.size, file.md5);
            let partial = Partial { content, row: Some(file.name), latest: file.latest, expires: file.expires };
            let slot = Slot { number: file.number, row: Some(file.name), partial: Some(partial) };
            all.latest = all.latest.max(file.number);
            let before = all.slots.insert((file.hash, file.account, file.application, file.path), slot);
            replaced.extend(before.map(Lost::from));
        }
        replaced
    }

    /// Takes up the file for one more piece. Nobody else can until that is ended or dropped. Comes with the file that had to
    /// make room, if one had to.
    pub(super) fn take(
        &self,
        key: FileKey,
        piece: Piece,
        expires: Timestamp,
        fresh: BlobWriter,
    ) -> Result<(Work, Option<Lost>), Refusal> {
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
        let row = there.as_ref().and_then(|partial| partial.row);
        all.slots.insert(key.clone(), Slot { number, row, partial: None });
        all.finished.remove(&key);
        drop(all);
        let partial = there.unwrap_or(Partial { content: Content::Open(fresh), row: None, latest: None, expires });
        Ok((Work::new(self.clone(), key, number, partial, piece)?, lost))
    }

    /// Whether such a file is unfinished.
    pub(super) fn has(&self, key: &FileKey) -> bool {
        self.all().slots.contains_key(key)
    }

    /// Takes the unfinished file away, as a whole one takes its place. Work on it is then for nothing.
    pub(super) fn forget(&self, key: &FileKey) -> Option<Lost> {
        let mut all = self.all();
        all.finished.remove(key);
        all.slots.remove(key).map(Lost::from)
    }

    /// Takes away names of contents that are to be removed.
    pub(super) fn leftovers(&self) -> Vec<BlobName> {
        std::mem::take(&mut self.all().leftovers)
    }

    /// Whether a file has that row.
    pub(super) fn has_row(&self, row: BlobName) -> bool {
        self.all().slots.values().any(|slot| slot.row == Some(row))
    }

    /// Takes away files whose token has expired.
    pub(super) fn sweep(&self, now: Timestamp) -> Vec<Lost> {
        let expired = |slot: &Slot| slot.partial.as_ref().is_some_and(|partial| partial.expires < now);
        let mut all = self.all();
        all.finished.retain(|_, finished| finished.expires >= now);
        all.slots.extract_if(|_, slot| expired(slot)).map(|(_, slot)| Lost::from(slot)).collect()
    }
}
