//! Changing a part of a file.

use bytes::Bytes;
use larder_core::journal::Recipe;
use larder_core::{BodyFlaw, ErrorKind, Meta, Note, Operation, Phase, Recovered, Reject, Rule, Settings, Shared};

use serde::{Deserialize, Serialize};

use super::base::{Base, Failed, Flow, Next, Plan, machine};
use super::child::{Answer, Body, Child};
use super::place::{Found, Node, Place};
use super::sum::Sum;
use super::upload::Stored;
use super::verdict::{Lost, in_doubt, is_final, lost};
use crate::transfer::{Changes, Update};
use crate::values::{CallbackUrl, ContentRange, FileName, FolderPath, Md5};
use crate::{Code, Nvx};

/// What the MD5 of a changed file is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expect {
    /// Nobody knows: the service compares nothing, and a lost reply is [`OutcomeUnknown`](ErrorKind::OutcomeUnknown).
    Nothing,
    /// This.
    Md5(Md5),
    /// That of the caller's file, which is all of the new file: it is read once before anything is sent, and its ranges once
    /// more. Only for a file that can be read again.
    Source,
}

/// Changes ranges of a file that is there, all at once or not at all: asks for a node whose token allows it, sends them in one
/// request, and looks at what came of it.
///
/// The caller's file is the new one: `Feed` asks for the bytes at the offsets that the ranges have in it. What lies between
/// them is never asked for, unless the MD5 is [taken from it](Expect::Source); the service keeps what it has there.
///
/// 70106 when the result would have another MD5 than expected: the file is as it was. 70108 when old file and ranges make no
/// file.
#[derive(Debug)]
pub struct UpdateFile(Flow<Updating>);

impl UpdateFile {
    /// How often another token is asked for when one has ended.
    pub const RESTARTS: u32 = 5;

    /// Changes these ranges of the file `name` in `folder`; each states the new length of the whole file as its total. The
    /// service fetches `callback_url` when the file is changed.
    #[must_use]
    pub fn new(
        folder: FolderPath,
        name: FileName,
        ranges: Vec<ContentRange>,
        callback_url: CallbackUrl,
        expect: Expect,
        settings: Settings<Nvx>,
    ) -> Self {
        let (md5, sum) = match expect {
            Expect::Nothing => (None, None),
            Expect::Md5(md5) => (Some(md5), None),
            Expect::Source => (None, Some(Sum::new())),
        };
        let (node, doing, stored, looking, doubt, restarts) = (None, Doing::Node, None, None, None, Self::RESTARTS);
        let place = Place { folder, name };
        let plan = Updating { place, ranges, callback_url, md5, sum, read: None, node, doing, looking, doubt, stored, restarts };
        Self(Flow::new(plan, Settings { length: None, ..settings }))
    }

    fn made((Place { folder, name }, ranges, callback_url, expect, settings): Made) -> Self {
        Self::new(folder, name, ranges, callback_url, expect, settings)
    }
}

machine!(UpdateFile, Stored);

/// What it is made of.
type Made = (Place, Vec<ContentRange>, CallbackUrl, Expect, Settings<Nvx>);

/// An update, as plain data.
#[derive(Debug, Clone)]
struct Updating {
    place: Place,
    ranges: Vec<ContentRange>,
    callback_url: CallbackUrl,
    md5: Option<Md5>,
    /// While the caller's file is read for the first time.
    sum: Option<Sum>,
    /// How long it was.
    read: Option<u64>,
    node: Option<Node>,
    doing: Doing,
    /// Set while it is looked at what came of it: what went wrong, if anything did.
    looking: Option<Option<Failed>>,
    /// It may have been carried out: a reply is lost, and nobody could see what came of it.
    doubt: Option<Failed>,
    stored: Option<Stored>,
    restarts: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Node,
    Send,
    Look,
}

impl Updating {
    fn total(&self) -> u64 {
        self.ranges.first().map_or(0, |range| range.total())
    }

    /// Ranges that no file can have are not sent.
    fn check(&self) -> Result<(), Reject> {
        let mut changes = Changes::new(u64::MAX);
        let name = self.place.name.as_str();
        if self.ranges.is_empty() {
            return Err(Reject::new("Content-Range", Rule::Missing));
        }
        let fits = self.ranges.iter().try_for_each(|range| changes.add(name, Some(*range)));
        fits.map_err(|_| Reject::new("Content-Range", Rule::OutOfRange))
    }

    fn send(&self, base: &Base, node: &Node) -> Child {
        let Place { folder, name } = self.place.clone();
        let (token, ranges) = (node.token.clone(), self.ranges.clone());
        let update = Update::new(token, folder, name, self.callback_url.clone(), ranges);
        let settings = Settings { target: node.target.clone(), ..base.to_send() };
        Child::from((settings, Update { file_md5: self.md5, ..update }))
    }

    fn failed(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        match error.fault().map(|fault| fault.code) {
            Some(Code::InvalidAccessToken | Code::ExpiredAccessToken) => {
                let Some(left) = self.restarts.checked_sub(1) else { return Err(error) };
                base.notes.push_back(Note::TokenExpired);
                (self.restarts, self.node) = (left, None);
                base.again(shared, error)
            }
            Some(Code::FileLocked) if base.tries > 0 => base.again(shared, error),
            _ => match lost(&error) {
                Lost::Final => Err(error),
                Lost::Nothing => {
                    if error.phase <= Phase::Connect {
                        self.node = None;
                    }
                    base.again(shared, error)
                }
                // Sent again, it would do the same; but whether it was done, nobody could tell.
                Lost::Reply | Lost::Garbled if self.md5.is_some() => {
                    if error.is_outcome_unknown() {
                        self.doubt.get_or_insert_with(|| error.clone());
                    }
                    self.looking = Some(Some(error));
                    Ok(())
                }
                Lost::Reply | Lost::Garbled => Err(error),
            },
        }
    }

    /// A look failed. What the service acknowledged is stored, whether or not it can be looked at; what is in doubt stays so.
    fn not_looked(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let error = match if is_final(&error) { Err(error) } else { base.again(shared, error) } {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match self.looking.take().flatten() {
            _ if matches!(error.kind, ErrorKind::Cancelled) => Err(error),
            Some(first) => Err(first),
            None => {
                let (bytes, md5) = (self.total(), self.md5);
                self.stored = Some(Stored { bytes, md5, verified: false, recovered: false });
                Ok(())
            }
        }
    }

    fn looked(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, found: Found) -> Result<(), Failed> {
        let same = found.is(self.total(), self.md5);
        let stored = Stored { bytes: self.total(), md5: self.md5, verified: false, recovered: false };
        match (self.looking.take().flatten(), same) {
            (Some(_), Ok(Some(_))) => {
                base.notes.extend([Note::Recovered(Recovered { caveat: "" }), Note::Verified]);
                self.stored = Some(Stored { verified: true, recovered: true, ..stored });
            }
            (Some(error), _) if lost(&error) == Lost::Garbled => return Err(error),
            (Some(error), _) => base.again(shared, error)?,
            (None, Ok(same)) => {
                base.notes.extend(same.map(|_| Note::Verified));
                self.stored = Some(Stored { verified: same.is_some(), ..stored });
            }
            (None, Err(flaw)) => return Err(base.error(ErrorKind::Content(flaw))),
        }
        Ok(())
    }

    fn heard(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        match (result, self.doing) {
            (Ok(Answer::Node(node)), _) => self.node = Some(Node::named(node, base)?),
            (Ok(Answer::Taken), _) => {
                base.progress();
                base.notes.push_back(Note::Acknowledged { bytes: self.total() });
                self.looking = Some(None);
            }
            (Ok(Answer::Facts(facts)), _) => self.looked(base, shared, Found::from(*facts))?,
            (Ok(Answer::Downloaded(_)), _) => {}
            (Err(error), Doing::Send) => self.failed(base, shared, error)?,
            (Err(error), Doing::Look) => match Found::of(Err(error)) {
                Ok(found) => self.looked(base, shared, found)?,
                Err(error) => self.not_looked(base, shared, error)?,
            },
            (Err(error), Doing::Node) if is_final(&error) => return Err(error),
            (Err(error), Doing::Node) => base.again(shared, error)?,
        }
        Ok(())
    }
}

impl Plan for Updating {
    type Answer = Stored;
    const META: &'static Meta = &Update::META;

    fn recipe(&self, machine: &'static str, settings: &Settings<Nvx>) -> Option<Recipe> {
        let expect = match self.md5 {
            _ if self.sum.is_some() => Expect::Source,
            Some(md5) => Expect::Md5(md5),
            None => Expect::Nothing,
        };
        let of = (&self.place, &self.ranges, &self.callback_url, expect, settings);
        Recipe::new(machine, &of).filter(|_| self.node.is_none())
    }

    fn next(&mut self, base: &mut Base) -> Next<Stored> {
        if let Some(stored) = self.stored {
            return Next::Done(Ok(stored));
        }
        if let Err(reject) = self.check() {
            return Next::Done(Err(base.error(ErrorKind::Encode(reject))));
        }
        if let Some(sum) = &self.sum {
            return Next::Read { offset: sum.length(), max: base.to_ask().limits.feed };
        }
        let promised = self.total();
        if let Some(got) = self.read.filter(|got| *got != promised) {
            return Next::Done(Err(base.error(ErrorKind::Body(BodyFlaw::Length { promised, got }))));
        }
        if self.looking.is_some() {
            self.doing = Doing::Look;
            return match self.place.look(base) {
                Ok(look) => Next::Call(look, Body::Whole),
                Err(error) => Next::Done(Err(error)),
            };
        }
        match &self.node {
            Some(node) => {
                self.doing = Doing::Send;
                Next::Call(self.send(base, node), Body::Whole)
            }
            None => {
                self.doing = Doing::Node;
                Next::Call(self.place.ask_for_node(base.to_ask(), self.total(), true), Body::Whole)
            }
        }
    }

    fn in_doubt(&mut self, error: Failed) -> Failed {
        in_doubt(&mut self.doubt, error)
    }

    fn late(&mut self) {
        if matches!(self.looking, Some(None)) {
            self.stored = Some(Stored { bytes: self.total(), md5: self.md5, verified: false, recovered: false });
        }
    }

    fn is_settled(&self) -> bool {
        self.stored.is_some()
    }

    fn ended(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        self.heard(base, shared, result)
    }

    fn read(&mut self, chunk: Option<Bytes>) {
        match (&mut self.sum, chunk) {
            (Some(sum), Some(chunk)) => sum.update(&chunk),
            (Some(sum), None) => {
                (self.md5, self.read) = (Some(sum.md5()), Some(sum.length()));
                self.sum = None;
            }
            (None, _) => {}
        }
    }
}
