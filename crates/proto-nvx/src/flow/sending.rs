//! What an upload does next.

mod resumed;

use core::mem;

use bytes::Bytes;
use larder_core::journal::Recipe;
use larder_core::{BodyFlaw, ContentFlaw, ErrorKind, Meta, Note, Operation, Phase, Recovered, Settings, Shared};

use self::resumed::Behind;
use super::base::{Base, Failed, Next, Plan};
use super::child::{Answer, Body, Child};
use super::gather::Gather;
use super::place::{Found, Node, Place};
use super::sum::Sum;
use super::upload::{Stored, Uploading, When};
use super::verdict::{Lost, in_doubt, is_final, lost, unsure};
use crate::transfer::Upload;
use crate::values::{ContentRange, Md5};
use crate::{Code, Nvx};

/// An upload, as plain data.
#[derive(Debug, Clone)]
pub(super) struct Sending {
    place: Place,
    how: Uploading,
    /// The file's length, if it is known.
    length: Option<u64>,
    node: Option<Node>,
    /// Bytes that the service has for certain.
    have: u64,
    /// The most that it ever had.
    most: u64,
    /// The piece under way.
    piece: Option<Piece>,
    /// Pieces of a file whose length is not known.
    gather: Gather,
    sum: Option<Sum>,
    /// Bytes of the file that went by, and whether its end did.
    seen: (u64, bool),
    looking: Option<Look>,
    /// Why the file may be there although no reply said so.
    doubt: Option<Failed>,
    restarts: u32,
    /// Whether another node was asked for because the first was out of reach: once.
    has_moved: bool,
    stored: Option<Stored>,
    /// Whether there is something new that is worth saving.
    is_due: bool,
    /// Whether another process has begun it, and nothing was acknowledged since.
    is_resumed: bool,
    /// Whether that other one may have sent all of it, and nobody has told since.
    is_unsure: bool,
    /// What is to be read before it goes on.
    behind: Option<Behind>,
}

/// A part of the file that is sent at once.
#[derive(Debug, Clone)]
struct Piece {
    first: u64,
    /// Where it ends; not known of a whole file of unknown length.
    end: Option<u64>,
    is_last: bool,
    body: Body,
}

/// Why it is looked at what is there.
#[derive(Debug, Clone)]
enum Look {
    /// It should be the file.
    Arrived,
    /// It may be: a process before this one may have sent all of it.
    Before,
    /// It may be: otherwise this went wrong.
    Doubt(Failed, Then),
}

/// What follows when something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The same piece again.
    Again,
    /// All of it, with another token.
    Restart,
    /// The end.
    Fail,
}

impl Sending {
    pub(super) fn new(place: Place, how: Uploading, length: Option<u64>) -> Self {
        let sum = (how.verify && how.md5.is_none()).then(Sum::new);
        let restarts = how.restarts;
        // A piece of nothing would never end, and a range has at most so many bytes in memory.
        let gather = Gather::new(how.piece.clamp(1, 1 << 30));
        let (node, piece, looking, stored) = (None, None, None, None);
        Self {
            place,
            how,
            length,
            node,
            have: 0,
            most: 0,
            piece,
            gather,
            sum,
            seen: (0, false),
            looking,
            doubt: None,
            restarts,
            has_moved: false,
            stored,
            is_due: false,
            is_resumed: false,
            is_unsure: false,
            behind: None,
        }
    }

    fn goes_in_pieces(&self) -> bool {
        match self.how.pieces {
            When::Never => false,
            When::Always => true,
            When::Above(size) => self.length.is_none_or(|length| length > size),
        }
    }

    /// The next piece; none if the caller's file must be read first.
    fn cut(&mut self) -> Option<Piece> {
        let whole = Piece { first: 0, end: self.length, is_last: true, body: Body::Whole };
        if !self.goes_in_pieces() {
            return Some(whole);
        }
        let first = self.have;
        let Some(length) = self.length else {
            let (bytes, is_last) = self.gather.ready()?;
            let end = Some(first + bytes.len() as u64);
            return Some(Piece { first, end, is_last, body: Body::Held { first, bytes } });
        };
        let end = length.min(first.saturating_add(self.how.piece.max(1)));
        let is_last = end == length;
        if is_last && first == 0 {
            return Some(whole);
        }
        Some(Piece { first, end: Some(end), is_last, body: Body::Span { first, end, is_last } })
    }

    fn send(&mut self, base: &Base, node: &Node, piece: Piece) -> Next<Stored> {
        let Piece { first, end, is_last, ref body } = piece;
        let content_range = match end {
            Some(end) if !(first == 0 && is_last) => {
                // The total of what is not the last is what is known of it: there is more (N22, N200).
                let total = self.length.unwrap_or(if is_last { end } else { end + 1 });
                ContentRange::new(first, end - 1, total).ok()
            }
            Some(_) | None => None,
        };
        let upload = Upload {
            content_type: self.how.content_type.clone(),
            content_range,
            ..Upload::new(node.token.clone(), self.place.folder.clone(), self.place.name.clone())
        };
        let length = end.map(|end| end - first);
        let settings = Settings { target: node.target.clone(), length, ..base.to_send() };
        let body = body.clone();
        self.piece = Some(piece);
        Next::Call(Child::from((settings, upload)), body)
    }

    /// The service has the piece.
    fn acknowledged(&mut self, base: &mut Base) {
        let Some(piece) = self.piece.take() else { return };
        // What may be there stays in doubt until this time's last piece is: an earlier one may even come to be there late.
        if piece.is_last {
            (self.doubt, self.is_unsure) = (None, false);
        }
        self.is_resumed = false;
        self.have = piece.end.unwrap_or(self.seen.0);
        // What was there before is no progress: a service that forgets each time would have it each time.
        if self.have > self.most || piece.is_last {
            base.progress();
        } else {
            base.moved();
        }
        self.most = self.most.max(self.have);
        self.gather.next();
        base.notes.push_back(Note::Acknowledged { bytes: self.have });
        if !piece.is_last {
            self.is_due = true;
            return;
        }
        if self.how.verify || self.how.md5.is_some() {
            self.looking = Some(Look::Arrived);
        } else {
            self.is_stored(None, false);
        }
    }

    fn is_stored(&mut self, verified: Option<Md5>, recovered: bool) {
        let md5 = verified.or_else(|| self.md5());
        self.stored = Some(Stored { bytes: self.have, md5, verified: verified.is_some(), recovered });
    }

    /// The MD5 that the stored file must have, if all of the file went by.
    fn md5(&self) -> Option<Md5> {
        let sum = self.sum.as_ref().filter(|sum| sum.length() == self.seen.0);
        self.how.md5.or_else(|| sum.map(Sum::md5)).filter(|_| self.is_handed_over())
    }

    /// Whether all of the file went by.
    fn is_handed_over(&self) -> bool {
        self.seen.1 || self.length == Some(self.seen.0)
    }

    /// A piece was not taken, or nobody knows.
    fn failed(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let Some(piece) = self.piece.take() else { return Err(error) };
        let error = self.known(error);
        let is_ranged = !(piece.first == 0 && piece.is_last);
        let then = match error.fault().map(|fault| fault.code) {
            Some(Code::InvalidAccessToken | Code::ExpiredAccessToken) => {
                base.notes.push_back(Note::TokenExpired);
                Then::Restart
            }
            Some(Code::RangeNotSatisfiable) if is_ranged => Then::Restart,
            Some(Code::AlreadyExists | Code::FolderAlreadyExists) if self.doubt.is_some() => Then::Fail,
            // The service has not noticed yet that the attempt that broke did, or still works on it.
            Some(Code::FileLocked) if base.tries > 0 || self.is_resumed => Then::Again,
            _ => match lost(&error) {
                Lost::Final => return Err(self.placed(&piece, error)),
                Lost::Nothing => Then::Again,
                Lost::Reply => {
                    self.doubt(&error);
                    Then::Again
                }
                Lost::Garbled => {
                    self.doubt(&error);
                    Then::Fail
                }
            },
        };
        if self.doubt.is_some() && self.md5().is_some() {
            self.looking = Some(Look::Doubt(error, then));
            return Ok(());
        }
        self.follow(base, shared, error, then)
    }

    /// Before all of it was handed over, no file can be there: what broke then leaves no doubt.
    fn known(&self, mut error: Failed) -> Failed {
        if let ErrorKind::OutcomeUnknown(failure) = error.kind
            && !self.is_handed_over()
        {
            error.kind = ErrorKind::Failure(failure);
        }
        error
    }

    /// A reply is lost: once all of the file was handed over, it may be there.
    fn doubt(&mut self, error: &Failed) {
        if self.is_handed_over() && self.doubt.is_none() {
            self.doubt = Some(error.clone());
        }
    }

    /// A look failed. What the service acknowledged is stored, whether or not it can be looked at.
    fn not_looked(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let is_arrived = matches!(self.looking, Some(Look::Arrived));
        match if is_final(&error) { Err(error) } else { base.again(shared, error) } {
            Err(error) if is_arrived && error.kind != ErrorKind::Cancelled => {
                self.is_stored(None, false);
                Ok(())
            }
            result => result,
        }
    }

    /// What the call says of its piece, said of the whole file.
    fn placed(&self, piece: &Piece, mut error: Failed) -> Failed {
        if let ErrorKind::Body(BodyFlaw::Length { promised, got }) = &mut error.kind {
            *promised = self.length.unwrap_or(*promised);
            *got += piece.first;
        }
        error
    }

    fn follow(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed, then: Then) -> Result<(), Failed> {
        match then {
            Then::Fail => Err(error),
            Then::Restart => self.restart(base, shared, error),
            Then::Again => {
                let is_unreachable = error.phase <= Phase::Connect;
                if is_unreachable && self.have == 0 {
                    self.node = None;
                }
                match base.again(shared, error) {
                    Ok(()) if self.have > 0 => base.notes.push_back(Note::Resuming { offset: self.have }),
                    Ok(()) => {}
                    // All patience is used up at this node: another one may have more to say.
                    Err(error) if is_unreachable && self.have > 0 && !self.has_moved => {
                        self.has_moved = true;
                        base.progress();
                        return self.restart(base, shared, error);
                    }
                    Err(error) => return Err(error),
                }
                Ok(())
            }
        }
    }

    /// Starts over with another token, a bounded number of times, and not before a pause.
    fn restart(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let Some(left) = self.restarts.checked_sub(1) else { return Err(error) };
        base.again(shared, error)?;
        self.restarts = left;
        self.node = None;
        if mem::take(&mut self.have) > 0 {
            self.gather.restart();
            base.notes.push_back(Note::Restarting);
        }
        Ok(())
    }

    fn looked(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, found: Found) -> Result<(), Failed> {
        match self.looking.take() {
            Some(Look::Doubt(error, then)) => {
                let bytes = self.length.unwrap_or(self.seen.0);
                let md5 = match found.is(bytes, self.md5()) {
                    Ok(Some(md5)) => md5,
                    // Ours may have been there, and another's after it: that is not written over.
                    Err(ContentFlaw::Length { .. } | ContentFlaw::Checksum) if self.how.overwrite => return Err(error),
                    Ok(None) | Err(_) => return self.follow(base, shared, error, then),
                };
                self.have = bytes;
                base.notes.extend([Note::Recovered(Recovered { caveat: "" }), Note::Verified]);
                self.is_stored(Some(md5), true);
            }
            Some(Look::Before) => self.looked_before(base, found),
            Some(Look::Arrived) | None => {
                let verified = found.is(self.have, self.md5()).map_err(|flaw| base.error(ErrorKind::Content(flaw)))?;
                base.notes.extend(verified.map(|_| Note::Verified));
                self.is_stored(verified, false);
            }
        }
        Ok(())
    }
}

impl Plan for Sending {
    type Answer = Stored;
    const META: &'static Meta = &Upload::META;

    fn recipe(&self, machine: &'static str, settings: &Settings<Nvx>) -> Option<Recipe> {
        Recipe::new(machine, &(&self.place, &self.how, settings)).filter(|_| self.node.is_none() && self.have == 0)
    }

    fn next(&mut self, base: &mut Base) -> Next<Stored> {
        if let Some(stored) = self.stored {
            return Next::Done(Ok(stored));
        }
        if let Some(next) = self.catch_up(base) {
            return next;
        }
        if self.looking.is_some() {
            return match self.place.look(base) {
                Ok(look) => Next::Call(look, Body::Whole),
                Err(error) => Next::Done(Err(error)),
            };
        }
        let Some(piece) = self.cut() else {
            return Next::Read { offset: self.have + self.gather.len(), max: self.gather.wants(base.to_ask().limits.feed) };
        };
        match self.node.clone() {
            Some(node) => self.send(base, &node, piece),
            None => {
                let size = self.length.or(piece.end).unwrap_or_default();
                Next::Call(self.place.ask_for_node(base.to_ask(), size, self.how.overwrite), Body::Whole)
            }
        }
    }

    fn in_doubt(&mut self, error: Failed) -> Failed {
        if self.is_unsure { unsure(error, Upload::META) } else { in_doubt(&mut self.doubt, error) }
    }

    fn late(&mut self) {
        if matches!(self.looking, Some(Look::Arrived)) {
            self.is_stored(None, false);
        }
    }

    fn is_settled(&self) -> bool {
        self.stored.is_some()
    }

    fn ended(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        match result {
            Ok(Answer::Taken) => {
                self.acknowledged(base);
                Ok(())
            }
            Ok(Answer::Node(node)) => Node::named(node, base).map(|node| (self.node, self.is_due) = (Some(node), true)),
            Ok(Answer::Facts(facts)) => self.looked(base, shared, Found::from(*facts)),
            Ok(Answer::Downloaded(_)) => Ok(()),
            Err(error) if self.looking.is_some() => match Found::of(Err(error)) {
                Ok(found) => self.looked(base, shared, found),
                Err(error) => self.not_looked(base, shared, error),
            },
            Err(error) if self.piece.is_some() => self.failed(base, shared, error),
            Err(error) if is_final(&error) => Err(error),
            Err(error) => base.again(shared, error),
        }
    }

    fn read(&mut self, chunk: Option<Bytes>) {
        self.caught_up(chunk);
    }

    fn passed(&mut self, offset: u64, chunk: &Bytes) {
        let end = offset + chunk.len() as u64;
        self.seen.0 = self.seen.0.max(end);
        if let Some(sum) = &mut self.sum {
            sum.update_at(offset, chunk);
        }
    }

    fn passed_end(&mut self) {
        self.seen.1 |= !matches!(self.piece, Some(Piece { is_last: false, .. }));
    }
}
