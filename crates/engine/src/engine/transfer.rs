//! Content in and out.

use std::net::IpAddr;
use std::sync::Arc;

use larder_core::Secret;

use super::Engine;
use super::partial::{FileKey, Lost, Outcome, Piece, Repeat, Work, file_key};
use crate::blobs::{BlobName, BlobPlace, BlobReader, BlobWriter, StoredBlob};
use crate::env::Timestamp;
use crate::pending::Pending;
use crate::refusal::{Refusal, StoreError};
use crate::rules::files;
use crate::rules::housekeeping::{self, FILES_AT_ONCE};
use crate::rules::listing::{Entry, EntryKind};
use crate::rules::places::{Place, find};
use crate::rules::uploads::{self, FirstByte, UploadTerms};
use crate::token::{TokenHash, opaque};
use crate::types::{BlobId, Caller, Removal, UploadRight};

/// A file being downloaded.
#[derive(Debug)]
pub struct Download {
    /// The file as it was when it was opened.
    pub entry: Entry,
    /// Its content.
    pub content: BlobReader,
}

/// Where an upload goes, and who sends it.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The upload token.
    pub token: Secret,
    /// The sender's address.
    pub peer: IpAddr,
    /// The folder; `None` is the token's, or the root. It is made when the first file is published.
    pub folder: Option<String>,
    /// Whether the first byte must come in time.
    pub first_byte: FirstByte,
}

/// An upload that was let in: any number of files, one after the other. What is not ended when it is dropped leaves
/// nothing behind, and what was published stays.
pub struct Upload {
    pub(super) engine: Arc<Engine>,
    pub(super) right: UploadRight,
    pub(super) peer: IpAddr,
    folder: Place,
    current: Option<(Place, Receiving)>,
}

enum Receiving {
    Whole { writer: BlobWriter, length: Option<u64> },
    Piece(Box<Work>),
    Repeat(Box<Repeat>),
}

/// What the end of a file part led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndOfFile {
    /// The file is complete, durable and published.
    Published(Entry),
    /// So many bytes are there, and the next piece goes behind them.
    Kept(u64),
}

/// Content that is to become a file.
pub(super) struct Publication {
    pub(super) place: Place,
    /// Durable by now.
    pub(super) stored: StoredBlob,
    /// The content that it replaces, and it alone, if it is bound to one.
    pub(super) base: Option<BlobId>,
    /// The row of the unfinished file that it was made of, or that it replaces.
    pub(super) unfinished: Option<BlobName>,
}

/// What became of a change that failed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The rules refused it: nothing of it is there.
    Refused,
    /// The storage failed, and nothing of it is there.
    Undone,
    /// The storage failed, and nobody knows.
    InDoubt,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepReport {
    /// Files of released content.
    pub files: usize,
    /// Expired upload tokens.
    pub rights: usize,
    /// Unfinished files of expired tokens.
    pub partials: usize,
    /// Links that have ended.
    pub links: usize,
}

impl Engine {
    /// Grants the right to upload: its token.
    ///
    /// # Errors
    /// Those of [`uploads::grant`].
    pub fn grant_upload(&self, caller: &Caller, terms: UploadTerms) -> Pending<Secret> {
        let token = match opaque(&*self.random) {
            Ok(token) => token,
            Err(error) => return Pending::ready(Err(error.into())),
        };
        let (caller, hash) = (*caller, TokenHash::of("upload", &token));
        self.change(move |tx, now| {
            uploads::grant(tx, &caller, &terms, hash, now)?;
            Ok(token.clone())
        })
    }

    /// Lets an upload in, before its first byte has been read.
    ///
    /// # Errors
    /// Those of [`uploads::check`].
    pub fn begin_upload(self: &Arc<Self>, to: &Destination) -> Result<Upload, Refusal> {
        let hash = TokenHash::of("upload", &Secret::new(to.token.expose().trim()));
        let now = self.now();
        let (right, folder) =
            self.store.read(|view| uploads::check(view, &hash, to.peer, to.folder.as_deref(), to.first_byte, now))?;
        if !right.started {
            // Nobody waits for this one: if it is lost in a crash, so is the upload.
            drop(self.change(move |tx, _| uploads::start(tx, &hash)));
        }
        Ok(Upload { engine: self.clone(), right, peer: to.peer, folder, current: None })
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// Those of [`files::content`].
    pub fn open_file(&self, caller: &Caller, path: &str) -> Result<Download, Refusal> {
        let (entry, blob) = self.store.read(|view| files::content(view, caller, path))?;
        Ok(Download { entry, content: BlobReader::open(blob.stored, &*self.blobs)? })
    }

    /// Removes what is due by now: files of released content, expired upload tokens, unfinished files. Does a bounded
    /// amount of work; call it every minute or so, and again at once while it reports any.
    ///
    /// # Errors
    /// The storage failed.
    pub fn sweep(&self) -> Result<SweepReport, Refusal> {
        let now = self.now();
        let due: Vec<Removal> = self.store.read(|view| Ok(view.removals_due(now, FILES_AT_ONCE)?))?;
        for removal in &due {
            self.blobs.remove(removal.name)?;
        }
        // Rows that nobody works with go with their content: something failed, and it was not known what was on the disk.
        let rows = self.store.read(|view| Ok(view.unfinished_files()?))?;
        let stray = rows.into_iter().filter(|row| row.expires < now && !self.partial.has_row(row.name));
        let stray: Vec<_> = stray.map(|row| row.name).collect();
        let (files, done) = (due.len(), due.into_iter().map(|removal| removal.id).collect::<Vec<_>>());
        let swept = self.change(move |tx, now| {
            housekeeping::settle(tx, &done)?;
            tx.drop_unfinished_files(now)?;
            Ok((housekeeping::drop_expired(tx, now)?, housekeeping::drop_ended(tx, now)?))
        });
        let (rights, links) = swept.wait()?;
        let lost = self.partial.sweep(now);
        let partials = lost.len();
        for lost in lost {
            // Their rows are gone.
            let _ = lost.discard(&*self.blobs);
        }
        for name in self.partial.leftovers().into_iter().chain(stray) {
            self.remove_unfinished(name)?;
        }
        Ok(SweepReport { files, rights, partials, links })
    }

    fn remove_unfinished(&self, name: BlobName) -> Result<(), Refusal> {
        if !self.store.read(|view| Ok(view.names_blob(name)?))? {
            self.blobs.discard(name)?;
        }
        Ok(())
    }

    /// Removes what was unfinished. Nobody waits for its row to go: if that is lost in a crash, opening does it.
    pub(super) fn let_go(&self, lost: Lost) {
        if let Some(row) = lost.discard(&*self.blobs) {
            self.drop_row(row);
        }
    }

    fn drop_row(&self, row: BlobName) {
        drop(self.change(move |tx, _| Ok(tx.drop_unfinished_file(row)?)));
    }

    /// Publishes durable content, or removes its file where that is refused. What was unfinished there is so no more.
    pub(super) fn publish(&self, right: &UploadRight, peer: IpAddr, new: Publication) -> Result<Entry, Refusal> {
        let Publication { place, stored, base, unfinished } = new;
        let (hash, overwrite, file) = (right.hash, right.overwrite, stored.place.clone());
        let published = self.change(move |tx, now: Timestamp| {
            uploads::check(tx, &hash, peer, None, FirstByte::Ignored, now)?;
            base.map_or(Ok(()), |base| files::check_base(tx, &place, base))?;
            unfinished.map_or(Ok(()), |row| tx.drop_unfinished_file(row))?;
            files::publish(tx, &place, &stored, overwrite, now)
        });
        published.wait().inspect_err(|refusal| {
            let name = if let BlobPlace::Named(name) = file { Some(name) } else { None };
            let fate = self.fate(refusal);
            // What was acknowledged of it goes back; or else nobody knows whether a row names the file, and opening anew finds out.
            if fate == Fate::InDoubt || fate == Fate::Undone && name.is_some() && name == unfinished {
                return;
            }
            if let Some(name) = name {
                let _ = self.blobs.remove(name);
            }
            if let Some(row) = unfinished {
                self.drop_row(row);
            }
        })
    }

    /// What is on the disk of a change that was refused so.
    fn fate(&self, refusal: &Refusal) -> Fate {
        let Refusal::Storage(error) = refusal else { return Fate::Refused };
        // A store that goes on writing has undone what it could not do.
        let is_undone = matches!(error, StoreError::Full) || self.change(|_, _| Ok(())).wait().is_ok();
        if is_undone { Fate::Undone } else { Fate::InDoubt }
    }
}

impl Upload {
    /// Whether files of the same name are replaced.
    #[must_use]
    pub const fn overwrites(&self) -> bool {
        self.right.overwrite
    }

    /// Where a file goes.
    pub(super) fn place(&self, folders: &[&str], name: &str) -> Result<Place, Refusal> {
        let mut path = self.folder.path.clone();
        for part in folders.iter().chain([&name]) {
            path = path.join(part)?;
        }
        Ok(Place { path, ..self.folder.clone() })
    }

    /// Begins a file, or a piece of one, in the `folders` below the upload's folder, one within the other, which are made
    /// when the file is published. A file that was begun and not ended is forgotten.
    ///
    /// # Errors
    /// Those of [`crate::path::check_name`]; [`Refusal::PathTooLong`]; a collision, if there is one already;
    /// [`Refusal::RangeNotSatisfiable`] for a piece that leaves a gap or overlaps; [`Refusal::FileLocked`] while another
    /// upload is at work on the same unfinished file; [`Refusal::TooMany`] beyond [`super::MAX_PARTIAL`] of those, unless
    /// room can be made.
    pub fn file(&mut self, folders: &[&str], name: &str, piece: Option<Piece>) -> Result<(), Refusal> {
        self.current = None;
        let place = self.place(folders, name)?;
        let key = file_key(self.right.hash, &place);
        if let Some(repeat) = self.engine.partial.repeat(&key, piece)
            && self.engine.store.read(|view| find(view, &place))?.map(|node| Entry::new(node, place.path.text())).as_ref()
                == Some(repeat.entry())
        {
            self.current = Some((place, Receiving::Repeat(Box::new(repeat))));
            return Ok(());
        }
        let overwrite = self.right.overwrite;
        self.engine.store.read(|view| files::may_publish(view, &place, overwrite))?;
        let writer = BlobWriter::new(&*self.engine.random)?;
        let receiving = match piece {
            None => Receiving::Whole { writer, length: None },
            Some(Piece::Range { first: 0, last, total }) if last.checked_add(1) == Some(total) => {
                Receiving::Whole { writer, length: Some(total) }
            }
            Some(piece) => Receiving::Piece(Box::new(self.take_up(key, piece, writer)?)),
        };
        self.current = Some((place, receiving));
        Ok(())
    }

    fn take_up(&self, key: FileKey, piece: Piece, fresh: BlobWriter) -> Result<Work, Refusal> {
        let (mut work, lost) = self.engine.partial.take(key, piece, self.right.expires, fresh)?;
        if let Some(lost) = lost {
            self.engine.let_go(lost);
        }
        match work.open(&*self.engine.blobs) {
            Ok(()) => Ok(work),
            Err(error) => {
                if matches!(error, StoreError::Damaged(_)) {
                    // Not what was acknowledged: the next try begins anew.
                    self.engine.let_go(work.give_up());
                }
                Err(error.into())
            }
        }
    }

    /// Takes some of the file's bytes.
    ///
    /// # Errors
    /// [`Refusal::RangeNotSatisfiable`] for more than the piece announced, or the storage failed; the file, or the piece,
    /// is then forgotten.
    pub fn push(&mut self, data: &[u8]) -> Result<(), Refusal> {
        let blobs = &*self.engine.blobs;
        let outcome = match &mut self.current {
            Some((_, Receiving::Whole { writer, length })) => {
                let size = writer.size() + data.len() as u64;
                if length.is_some_and(|length| size > length) {
                    Err(Refusal::RangeNotSatisfiable)
                } else {
                    writer.push(data, blobs).map_err(Refusal::from)
                }
            }
            Some((_, Receiving::Piece(work))) => work.push(data, blobs),
            Some((_, Receiving::Repeat(repeat))) => repeat.push(data),
            None => Err(Refusal::FileNotFound),
        };
        outcome.inspect_err(|_| self.current = None)
    }

    /// Ends the file, or the piece. A complete file is durable and published when this returns; a piece is durable, also
    /// where more are to come. With `md5`, the whole file's content must have that digest. An identical repeat of the range that completed a file is answered as that
    /// was, with nothing done.
    ///
    /// # Errors
    /// [`Refusal::FileNotFound`] if none was begun; [`Refusal::RangeNotSatisfiable`] for another length than announced;
    /// [`Refusal::FileLocked`]; [`Refusal::Integrity`]; [`Refusal::ExpiredUploadToken`]; those of
    /// [`files::publish`]. Files ended before stay. After a failure of the storage the piece may come again.
    pub fn end_file(&mut self, md5: Option<[u8; 16]>) -> Result<EndOfFile, Refusal> {
        let (place, receiving) = self.current.take().ok_or(Refusal::FileNotFound)?;
        let key = file_key(self.right.hash, &place);
        match receiving {
            Receiving::Whole { writer, length } => self.end_whole(place, &key, writer, length, md5),
            Receiving::Piece(work) => match work.end()? {
                Outcome::More(work) => self.acknowledge(work),
                Outcome::Complete(work) => self.end_last(place, work, md5),
            },
            Receiving::Repeat(repeat) => self.end_repeat(*repeat, md5),
        }
    }

    /// Ends a file that came in one, and takes the place of what was unfinished there.
    fn end_whole(
        &self,
        place: Place,
        key: &FileKey,
        writer: BlobWriter,
        length: Option<u64>,
        md5: Option<[u8; 16]>,
    ) -> Result<EndOfFile, Refusal> {
        if length.is_some_and(|length| length != writer.size()) {
            return Err(Refusal::RangeNotSatisfiable);
        }
        let lost = self.engine.partial.forget(key);
        let unfinished = lost.and_then(|lost| lost.discard(&*self.engine.blobs));
        let right = md5.is_none_or(|md5| md5 == writer.md5());
        let stored = if right { writer.finish().map_err(Refusal::from) } else { Err(Refusal::Integrity) };
        let stored = stored.inspect_err(|_| unfinished.into_iter().for_each(|row| self.engine.drop_row(row)))?;
        let new = Publication { place, stored, base: None, unfinished };
        self.engine.publish(&self.right, self.peer, new).map(EndOfFile::Published)
    }

    /// Ends the last piece, and with it the file. Where the storage fails, the file goes on without this piece.
    fn end_last(&self, place: Place, mut work: Box<Work>, md5: Option<[u8; 16]>) -> Result<EndOfFile, Refusal> {
        if md5.is_some() && md5 != work.content_md5() {
            self.engine.let_go(work.give_up());
            return Err(Refusal::Integrity);
        }
        let new = Publication { place, unfinished: work.row(), stored: work.finish()?, base: None };
        match self.engine.publish(&self.right, self.peer, new) {
            Ok(entry) => {
                work.published(entry.clone());
                Ok(EndOfFile::Published(entry))
            }
            Err(refusal) => {
                if self.engine.fate(&refusal) != Fate::Undone {
                    work.abandon();
                }
                Err(refusal)
            }
        }
    }

    /// Makes a piece durable: its bytes first, then the row that says so.
    fn acknowledge(&self, mut work: Box<Work>) -> Result<EndOfFile, Refusal> {
        let row = if work.is_repeated() { None } else { Some(work.keep(&*self.engine.blobs)?) };
        let name = row.as_ref().map(|row| row.name);
        if let Some(row) = row {
            let put = self.engine.change(move |tx, _| Ok(tx.put_unfinished_file(&row)?)).wait();
            if let Err(refusal) = put {
                if self.engine.fate(&refusal) == Fate::InDoubt {
                    // Neither shortened nor removed: whichever row is there, its bytes are.
                    drop(work.give_up());
                }
                return Err(refusal);
            }
        }
        work.acknowledge(name).map(EndOfFile::Kept).map_err(|lost| {
            self.engine.let_go(*lost);
            Refusal::FileLocked
        })
    }

    /// Ends what repeats the last piece of a file that is published, by the same token.
    fn end_repeat(&self, repeat: Repeat, md5: Option<[u8; 16]>) -> Result<EndOfFile, Refusal> {
        let other = if self.right.overwrite { Refusal::RangeNotSatisfiable } else { Refusal::AlreadyExists };
        let entry = repeat.end(other)?;
        if let EntryKind::File { md5: whole, .. } = entry.kind
            && md5.is_some_and(|md5| md5 != whole)
        {
            return Err(Refusal::Integrity);
        }
        let (hash, now) = (self.right.hash, self.engine.now());
        self.engine.store.read(|view| uploads::check(view, &hash, self.peer, None, FirstByte::Ignored, now))?;
        Ok(EndOfFile::Published(entry))
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("folder", &self.folder).finish_non_exhaustive()
    }
}
