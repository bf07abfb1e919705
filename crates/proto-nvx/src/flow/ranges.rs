//! One file, fetched in ranges by several calls at once: which range comes next, and whether all are of the same file.

pub(super) mod parts;

use self::parts::Parts;
use larder_core::{ContentFlaw, Error, ErrorKind, Operation};

use super::base::Failed;
use super::checkpoint::{CheckpointFlaw, RangesCheckpoint, RangesFacts};
use crate::Code;
use crate::transfer::{Download, Downloaded};
use crate::values::{ByteRange, HeaderText};

/// The ranges of one file. It makes no call: a driver takes [`Fetch`]es from [`turn`](Self::turn), makes their calls, as many
/// at once as it likes, and tells how each ended.
///
/// ```text
///   first range: entity tag, length ──▶ the others, each only of that very file ──▶ Done
///          ▲                                          │ another file
///          └───────── all over again, a few times ◀───┘
/// ```
///
/// The first range is fetched alone. A service that answers it with the whole file is done with it.
#[derive(Debug, Clone)]
pub struct Ranges {
    download: Download,
    host: String,
    size: u64,
    head: Head,
    /// What was asked for, in this round.
    asked: Parts,
    /// Calls under way: of this round, and of those before.
    open: (u32, u32),
    /// What came.
    done: Parts,
    /// Whether more came since that was last saved.
    is_due: bool,
    round: u32,
    restarts: u32,
    failed: Option<Failed>,
}

/// What is known of the file.
#[derive(Debug, Clone)]
enum Head {
    /// Nothing.
    Unknown,
    /// Nothing, and there is no use in asking for a range.
    Whole,
    /// The first call is under way.
    Asked,
    /// Which file it is, and its length.
    Pinned(Box<Downloaded>, u64),
    /// All of it is here already.
    Complete(Box<Downloaded>),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Make this call.
    Fetch(Fetch),
    /// Wait for a call to end.
    Wait,
    /// All of the file is here. What lies beyond `total` in the local file is to be cut off.
    Done(Downloaded),
    /// It came to nothing. Calls that are under way are of no further use.
    Failed(Failed),
}

/// One range to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// The call.
    pub operation: Download,
    /// Where its bytes belong in the file: what comes first belongs here.
    pub offset: u64,
    /// How many bytes may come at most: any more are of another file, and the call is to be given up, as
    /// [`ContentFlaw::Changed`]. None: as many as come.
    pub length: Option<u64>,
    round: u32,
}

impl Ranges {
    /// Bytes of a range unless told otherwise: 8 MiB, long beside a round trip, and short enough that four of them share any
    /// file that is worth it.
    pub const SIZE: u64 = 8 << 20;
    /// How often it starts over when the file changes meanwhile.
    pub const RESTARTS: u32 = 3;

    /// The ranges of the file that `download` fetches, of so many bytes each. Its conditions are kept; a range of its own is not.
    #[must_use]
    pub fn new(download: Download, size: u64) -> Self {
        let download = Download { range: None, if_range: None, ..download };
        Self {
            download,
            host: String::new(),
            size: size.max(1),
            head: Head::Unknown,
            asked: Parts::default(),
            open: (0, 0),
            done: Parts::default(),
            is_due: false,
            round: 0,
            restarts: Self::RESTARTS,
            failed: None,
        }
    }

    /// The rest of a file that another process has begun to fetch: what came must be where it was. If the file at the service is
    /// another one by now, or has another length than the checkpoint says, it starts over; of one that came as a whole the last
    /// byte is fetched once more to know that.
    ///
    /// # Errors
    /// [`CheckpointFlaw::Path`]: it is not this file's; [`CheckpointFlaw::Length`]: the local file, of so many bytes, does not
    /// have what came.
    pub fn resume(download: Download, size: u64, checkpoint: RangesCheckpoint, local: u64) -> Result<Self, CheckpointFlaw> {
        let RangesFacts { path, head, total, done } = checkpoint.0;
        if path != download.path {
            return Err(CheckpointFlaw::Path);
        }
        let mut done = Parts::new(done).filter(|done| done.end() <= total).ok_or(CheckpointFlaw::Damaged)?;
        if local < done.end() {
            return Err(CheckpointFlaw::Length { checkpoint: done.end(), file: Some(local) });
        }
        if done.gap(total, 1).is_none() {
            // The last byte comes again: the service says with it which file it has, and how long that is.
            done = Parts::default();
            done.add(0, total.saturating_sub(1));
        }
        let head = Head::Pinned(Box::new(head), total);
        Ok(Self { head, asked: done.clone(), done, ..Self::new(download, size) })
    }

    /// What is worth saving now, if more came since this was last asked. The bytes must be safe before it is saved. None while it
    /// is not known which file it is, or when it came as a whole.
    pub fn take_checkpoint(&mut self) -> Option<RangesCheckpoint> {
        let Head::Pinned(head, total) = &self.head else { return None };
        core::mem::take(&mut self.is_due).then(|| {
            let (path, head, total) = (self.download.path.clone(), (**head).clone(), *total);
            RangesCheckpoint(RangesFacts { path, head, total, done: self.done.list().to_vec() })
        })
    }

    /// The host that errors name.
    #[must_use]
    pub fn on_host(self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self }
    }

    /// The length of the file, in bytes, once it is known.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        if let Head::Pinned(_, total) = self.head { Some(total) } else { None }
    }

    /// What to do next. A driver that has room for another call asks again after each `Fetch`.
    pub fn turn(&mut self) -> Turn {
        if let Some(error) = &self.failed {
            return Turn::Failed(error.clone());
        }
        // What is left of another round may still write.
        if self.open.1 > 0 {
            return Turn::Wait;
        }
        match &self.head {
            Head::Unknown => {
                let last = self.size - 1;
                let operation = Download { range: Some(ByteRange::Between { first: 0, last }), ..self.download.clone() };
                self.first(operation)
            }
            Head::Whole => self.first(self.download.clone()),
            Head::Asked => Turn::Wait,
            Head::Complete(head) => Turn::Done((**head).clone()),
            Head::Pinned(head, total) => {
                let (head, total) = (head.clone(), *total);
                self.range(&head, total)
            }
        }
    }

    fn first(&mut self, operation: Download) -> Turn {
        self.head = Head::Asked;
        self.open.0 += 1;
        Turn::Fetch(Fetch { operation, offset: 0, length: None, round: self.round })
    }

    fn range(&mut self, head: &Downloaded, total: u64) -> Turn {
        let Some((first, end)) = self.asked.gap(total, self.size) else {
            let whole = Downloaded { offset: 0, length: Some(total), total: Some(total), ..head.clone() };
            return if self.done.gap(total, 1).is_none() { Turn::Done(whole) } else { Turn::Wait };
        };
        self.asked.add(first, end);
        self.open.0 += 1;
        let if_range = strong(head);
        let operation = Download {
            range: Some(ByteRange::Between { first, last: end - 1 }),
            if_range,
            if_none_match: None,
            if_modified_since: None,
            ..self.download.clone()
        };
        Turn::Fetch(Fetch { operation, offset: first, length: Some(end - first), round: self.round })
    }

    /// How the call of a fetch ended.
    pub fn came(&mut self, fetch: &Fetch, result: Result<Downloaded, Failed>) {
        if fetch.round != self.round {
            self.open.1 -= self.open.1.min(1);
            return;
        }
        self.open.0 -= self.open.0.min(1);
        match (result, fetch.length) {
            (Ok(head), None) => self.begin(head),
            (Ok(head), Some(length)) if self.is_same(&head, fetch.offset, length) => {
                self.done.add(fetch.offset, fetch.offset + length);
                self.is_due = true;
            }
            (Ok(_), Some(_)) => self.restart(None),
            (Err(error), length) => self.not_come(fetch, length, error),
        }
    }

    /// The first answer came.
    fn begin(&mut self, head: Downloaded) {
        let total = head.total.filter(|_| head.is_part());
        self.head = match (total, head.length) {
            // Without a tag that tells one version from another, ranges of several could make one file: it comes as a whole.
            (Some(total), Some(length)) if head.offset == 0 && (length == total || strong(&head).is_some()) => {
                self.asked.add(0, length);
                self.done.add(0, length);
                self.is_due = true;
                Head::Pinned(Box::new(head), total)
            }
            // A part of nobody knows what.
            (None, Some(length)) if head.offset > 0 || head.total.is_none_or(|total| total != length) => Head::Whole,
            (Some(_), _) => Head::Whole,
            (None, _) => Head::Complete(Box::new(head)),
        };
    }

    fn is_same(&self, head: &Downloaded, offset: u64, length: u64) -> bool {
        let Head::Pinned(first, total) = &self.head else { return false };
        let is_placed = (head.offset, head.length) == (offset, Some(length)) && head.total.is_none_or(|other| other == *total);
        is_placed && head.etag == first.etag && head.last_modified == first.last_modified
    }

    fn not_come(&mut self, fetch: &Fetch, length: Option<u64>, error: Failed) {
        let is_beyond = error.fault().is_some_and(|fault| fault.code == Code::RangeNotSatisfiable);
        let is_changed = matches!(error.kind, ErrorKind::Content(ContentFlaw::Changed));
        match length {
            // An empty file has no first byte.
            None if is_beyond && fetch.operation.range.is_some() => self.head = Head::Whole,
            None if is_changed => self.restart(Some(error)),
            Some(_) if is_beyond || is_changed => self.restart(Some(error)),
            None | Some(_) => self.failed = Some(error),
        }
    }

    /// The file is another one now, as this call was told, if it was refused.
    fn restart(&mut self, error: Option<Failed>) {
        let Some(left) = self.restarts.checked_sub(1) else {
            let kind = ErrorKind::Content(ContentFlaw::Changed);
            let error = error.map_or_else(|| Error::new(kind.clone(), Download::META, self.host.as_str()), |error| *error);
            self.failed = Some(Box::new(Error { kind, ..error }));
            return;
        };
        self.restarts = left;
        self.round += 1;
        self.open = (0, self.open.0 + self.open.1);
        (self.head, self.asked, self.done, self.is_due) = (Head::Unknown, Parts::default(), Parts::default(), false);
    }
}

/// The entity tag of exactly this version, if the service says one (RFC 9110, section 8.8.1).
fn strong(head: &Downloaded) -> Option<HeaderText> {
    head.etag.as_ref().filter(|tag| tag.starts_with('"')).and_then(|tag| HeaderText::try_from(tag.clone()).ok())
}

#[cfg(test)]
mod tests;
