//! The work on one piece.

use md5::{Digest, Md5};

use super::{Content, FileKey, Lost, Partial, Partials, Piece};
use crate::blobs::{BlobFiles, BlobName, BlobWriter, Mark, StoredBlob};
use crate::refusal::{Refusal, StoreError};
use crate::rules::listing::Entry;
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
    /// The file is complete, and to be [finished](Work::finish). Its row, if it has one, is to be dropped when it is published,
    /// which is [told](Work::published).
    Complete(Box<Work>),
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

    pub(in crate::engine) fn end(self: Box<Self>) -> Result<Outcome, Refusal> {
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
        if self.is_current() { Ok(Outcome::Complete(self)) } else { Err(Refusal::FileLocked) }
    }

    /// The name of the row, if there is one.
    pub(in crate::engine) fn row(&self) -> Option<BlobName> {
        self.partial.as_ref()?.row
    }

    /// The MD5 of all of the content.
    pub(in crate::engine) fn content_md5(&mut self) -> Option<[u8; 16]> {
        self.partial.as_mut()?.writer().map(|writer| writer.md5())
    }

    /// Makes the complete content durable. Nobody else can take the file up until this is published, given up or dropped, and
    /// then what was acknowledged goes back.
    pub(in crate::engine) fn finish(&mut self) -> Result<StoredBlob, StoreError> {
        let before = self.before();
        let partial = self.partial.as_mut().ok_or(StoreError::Poisoned)?;
        let content = std::mem::replace(&mut partial.content, before.unwrap_or(Content::Gone));
        let Content::Open(writer) = content else { return Err(StoreError::Poisoned) };
        writer.finish()
    }

    /// The file is published: this is over, and its last piece may come once more.
    pub(in crate::engine) fn published(mut self, entry: Entry) {
        let expires = self.partial.take().map(|partial| partial.expires);
        self.leave(None);
        if let (Some(last), Some(expires)) = (self.placed(), expires) {
            self.partials.finish(self.key.clone(), last, entry, expires);
        }
    }

    /// Ends the work, and leaves the content and the row as they are.
    pub(in crate::engine) fn abandon(mut self) {
        self.partial = None;
        self.leave(None);
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

    /// What was acknowledged, as it is to be read again.
    fn before(&self) -> Option<Content> {
        let (name, start) = (self.row()?, self.start.as_ref()?);
        Some(Content::Closed(name, start.size(), start.md5()))
    }

    /// Whether the slot is still this one's.
    fn is_current(&self) -> bool {
        self.partials.all().slots.get(&self.key).is_some_and(|slot| slot.number == self.number)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let before = self.before();
        let Some(mut partial) = self.partial.take() else { return };
        if let (Some(writer), Some(start)) = (partial.writer(), self.start.take())
            && writer.rewind(start).is_err()
        {
            // Whoever takes it up again shortens it.
            partial.content = before.unwrap_or(Content::Gone);
        }
        let lost = if partial.row.is_some() {
            // Where the slot is another's by now, this is for nothing.
            self.leave(Some(partial)).1
        } else {
            self.leave(None);
            Some(partial)
        };
        match lost.map(|partial| partial.content) {
            Some(Content::Open(writer)) => writer.discard(),
            Some(Content::Closed(name, ..)) => self.partials.all().leftovers.push(name),
            Some(Content::Gone) | None => {}
        }
    }
}
