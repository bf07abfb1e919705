//! The work on one piece.

use md5::{Digest, Md5};

use super::{Content, FileKey, Lost, Partial, Partials, Piece};
use crate::blobs::{BlobFiles, BlobName, BlobWriter, Mark};
use crate::refusal::{Refusal, StoreError};
use crate::types::{Placed, UnfinishedFile};

/// The work on one piece. What is unfinished when it is dropped goes back without this piece.
#[derive(Debug)]
pub(in crate::engine) struct Work {
    partials: Partials,
    key: FileKey,
    /// That of the slot. Where another has taken its place, this work is for nothing.
    number: u64,
    partial: Option<Partial>,
    /// Where the content ended before, once it is open.
    start: Option<Mark>,
    piece: Piece,
    repeated: bool,
    md5: Md5,
    length: u64,
}

/// What a piece led to.
#[derive(Debug)]
pub(in crate::engine) enum Outcome {
    /// The file goes on. The piece counts once it is [acknowledged](Work::acknowledge), which needs what is
    /// [kept](Work::keep) to be durable, unless it is a repeat.
    More(Box<Work>),
    /// The file is complete, with this range as its end. Its row, if it has one, is to be dropped.
    Complete(Box<BlobWriter>, Option<Placed>, Option<BlobName>),
}

impl Work {
    pub(super) fn new(partials: Partials, key: FileKey, number: u64, partial: Partial, piece: Piece) -> Result<Self, Refusal> {
        let repeated = matches!((piece, partial.latest), (Piece::Range { first, last, .. }, Some(before))
            if (before.first, before.last) == (first, last));
        let there = partial.size();
        let work =
            Self { partials, key, number, partial: Some(partial), start: None, piece, repeated, md5: Md5::new(), length: 0 };
        match piece {
            Piece::Range { first, .. } if first != there && !repeated => Err(Refusal::RangeNotSatisfiable),
            Piece::Range { .. } | Piece::Append { .. } => Ok(work),
        }
    }

    /// Opens the content, which reads all of it if an earlier process wrote it.
    pub(in crate::engine) fn open(&mut self, files: &dyn BlobFiles) -> Result<(), StoreError> {
        let partial = self.partial.as_mut().ok_or(StoreError::Poisoned)?;
        if let Content::Closed(name, size, md5) = partial.content {
            partial.content = Content::Open(BlobWriter::reopen(name, size, md5, files)?);
        }
        self.start = partial.writer().map(|writer| writer.mark());
        Ok(())
    }

    /// Takes the file away, with what was there before this piece.
    pub(in crate::engine) fn give_up(mut self) -> Lost {
        let partial = self.partial.take();
        self.leave(None);
        Lost { row: partial.as_ref().and_then(|partial| partial.row), partial }
    }

    pub(in crate::engine) fn push(&mut self, data: &[u8], files: &dyn BlobFiles) -> Result<(), Refusal> {
        self.length += data.len() as u64;
        if let Piece::Range { first, last, .. } = self.piece
            && self.length > last - first + 1
        {
            return Err(Refusal::RangeNotSatisfiable);
        }
        self.md5.update(data);
        match self.partial.as_mut().and_then(Partial::writer) {
            Some(writer) if !self.repeated => Ok(writer.push(data, files)?),
            Some(_) => Ok(()),
            None => Err(StoreError::Poisoned.into()),
        }
    }

    pub(in crate::engine) fn end(mut self: Box<Self>) -> Result<Outcome, Refusal> {
        let md5: [u8; 16] = self.md5.clone().finalize().into();
        let latest = self.partial.as_ref().and_then(|partial| partial.latest);
        let (complete, fits) = match self.piece {
            Piece::Range { first, last, total } => {
                let same = !self.repeated || latest.is_some_and(|before| before.md5 == md5);
                (last + 1 == total, same && self.length == last - first + 1)
            }
            Piece::Append { end } => (end, true),
        };
        if !fits {
            return Err(Refusal::RangeNotSatisfiable);
        }
        if !complete {
            return Ok(Outcome::More(self));
        }
        let placed = self.placed();
        let Some(Partial { content: Content::Open(writer), row, .. }) = self.partial.take() else {
            return Err(StoreError::Poisoned.into());
        };
        if self.leave(None).0 {
            return Ok(Outcome::Complete(Box::new(writer), placed, row));
        }
        writer.discard();
        Err(Refusal::FileLocked)
    }

    /// Whether the piece was there already.
    pub(in crate::engine) const fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// Makes the content durable, with this piece, and says what its row is from now on.
    pub(in crate::engine) fn keep(&mut self, files: &dyn BlobFiles) -> Result<UnfinishedFile, Refusal> {
        let latest = self.placed().or_else(|| self.partial.as_ref()?.latest);
        let (number, (hash, account, application, path)) = (self.number, self.key.clone());
        let partial = self.partial.as_mut().ok_or(StoreError::Poisoned)?;
        let expires = partial.expires;
        let writer = partial.writer().ok_or(StoreError::Poisoned)?;
        let name = writer.keep(files)?;
        let (size, md5) = (writer.size(), writer.md5());
        Ok(UnfinishedFile { name, number, hash, application, account, path, size, md5, latest, expires })
    }

    /// The piece counts: says how many bytes are there now. With its row, if it has a new one. Otherwise the file is not
    /// this one's any more.
    pub(in crate::engine) fn acknowledge(mut self, row: Option<BlobName>) -> Result<u64, Box<Lost>> {
        let placed = self.placed();
        let Some(mut partial) = self.partial.take() else { return Err(Box::new(Lost { partial: None, row })) };
        partial.latest = placed.or(partial.latest);
        let row = row.or(partial.row);
        partial.row = row;
        let size = partial.size();
        match self.leave(Some(partial)) {
            (true, _) => Ok(size),
            (false, partial) => Err(Box::new(Lost { row, partial })),
        }
    }

    /// The piece as what came last, if it is a range.
    fn placed(&self) -> Option<Placed> {
        let Piece::Range { first, last, .. } = self.piece else { return None };
        Some(Placed { first, last, md5: self.md5.clone().finalize().into() })
    }

    /// Ends the work: leaves in the slot what there is to leave, and gives it back where the slot is not this one's any more.
    fn leave(&self, partial: Option<Partial>) -> (bool, Option<Partial>) {
        let mut all = self.partials.all();
        let Some(slot) = all.slots.get_mut(&self.key).filter(|slot| slot.number == self.number) else { return (false, partial) };
        if let Some(partial) = partial {
            slot.row = partial.row;
            slot.partial = Some(partial);
        } else {
            all.slots.remove(&self.key);
        }
        (true, None)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(mut partial) = self.partial.take() else { return };
        let is_whole = match (partial.writer(), self.start.take()) {
            (Some(writer), Some(start)) => writer.rewind(start).is_ok(),
            // It was not opened yet.
            (Some(_), None) | (None, _) => true,
        };
        let goes_on = is_whole && partial.size() > 0;
        let lost = match (goes_on, partial.row) {
            // Where the slot is another's by now, this is for nothing.
            (true, _) => self.leave(Some(partial)).1,
            (false, None) => {
                self.leave(None);
                Some(partial)
            }
            // A file that cannot be shortened stays, for the next process to do it.
            (false, Some(_)) => {
                self.leave(None);
                None
            }
        };
        if let Some(Partial { content: Content::Open(writer), .. }) = lost {
            writer.discard();
        }
    }
}
