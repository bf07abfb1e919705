//! Uploading by messages, as SOAP has it: `AppendFile` for each piece.

use bytes::Bytes;
use larder_core::journal::Recipe;
use larder_core::{ContentFlaw, ErrorKind, Meta, Note, Operation, Recovered, Reject, Settings, Shared};

use serde::{Deserialize, Serialize};

use super::base::{Base, Failed, Flow, Next, Plan, machine};
use super::child::{Answer, Body, Child};
use super::gather::Gather;
use super::place::{Found, Node, Place};
use super::sum::Sum;
use super::upload::Stored;
use super::verdict::{Lost, in_doubt, is_final, lost};
use crate::transfer::AppendFile;
use crate::values::{FileData, FileName, FolderPath};
use crate::{Code, Format, Nvx};

/// How a file is uploaded by messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appending {
    /// Whether a file of this name is replaced. By default it is not, and the name is taken (70004).
    pub overwrite: bool,
    /// Bytes of a piece, which is held in memory and sent as base64. By default 4 MiB by SOAP, where a server takes the data out
    /// of its message, and 512 KiB by REST, where a message of ours may have 1 MiB.
    pub piece: Option<u64>,
    /// How often it starts over from the first byte. Default 5.
    pub restarts: u32,
}

impl Default for Appending {
    fn default() -> Self {
        Self { overwrite: false, piece: None, restarts: 5 }
    }
}

impl Appending {
    /// Bytes of a piece by SOAP.
    pub const SOAP: u64 = 4 << 20;
    /// Bytes of a piece by REST.
    pub const REST: u64 = 512 << 10;
}

/// Uploads one file by messages: a token, its pieces in order, and a look at what arrived. For services that have nothing else:
/// [`UploadFile`](super::UploadFile) holds nothing in memory, and goes on where it broke.
///
/// A piece that is sent twice is in the file twice. So whatever goes wrong with one, the file starts over from its first byte
/// with another token, as the document says. A lost reply to the last piece is followed by a look first.
///
/// A message is a small call, made from a piece in memory: it takes no permit, as those of transfers do. How many such uploads run
/// at once is the caller's to bound.
#[derive(Debug)]
pub struct AppendFiles(Flow<Pieces>);

impl AppendFiles {
    /// Uploads into `folder` under `name`.
    #[must_use]
    pub fn new(folder: FolderPath, name: FileName, how: Appending, settings: Settings<Nvx>) -> Self {
        let usual = if matches!(settings.style.format, Format::Soap(_)) { Appending::SOAP } else { Appending::REST };
        let gather = Gather::new(how.piece.unwrap_or(usual).clamp(1, FileData::MAX as u64));
        let length = settings.length;
        let (place, restarts) = (Place { folder, name }, how.restarts);
        let (node, looking, stored, doubt, sum, sent) = (None, None, None, None, Sum::new(), None);
        let plan = Pieces { place, how, length, gather, node, have: 0, most: 0, sum, sent, looking, doubt, stored, restarts };
        Self(Flow::new(plan, settings))
    }

    fn made((Place { folder, name }, how, settings): (Place, Appending, Settings<Nvx>)) -> Self {
        Self::new(folder, name, how, settings)
    }
}

machine!(AppendFiles, Stored);

/// An upload by messages, as plain data.
#[derive(Debug, Clone)]
struct Pieces {
    place: Place,
    how: Appending,
    length: Option<u64>,
    gather: Gather,
    node: Option<Node>,
    /// Bytes that the service has.
    have: u64,
    /// The most that it ever had.
    most: u64,
    sum: Sum,
    /// The piece under way: its length, and whether it is the last.
    sent: Option<(u64, bool)>,
    /// Set while it is looked at what is there: what went wrong, if anything did.
    looking: Option<Option<Failed>>,
    /// Why the file may be there although no reply said so: for good, since it may come to be there late.
    doubt: Option<Failed>,
    stored: Option<Stored>,
    restarts: u32,
}

impl Pieces {
    fn piece(&self, base: &Base, node: &Node, bytes: Bytes, is_last: bool) -> Result<Child, Reject> {
        let file_data = FileData::try_from(bytes).map_err(|rule| Reject::new("fileData", rule))?;
        let (upload_token, path) = (node.token.clone(), self.place.path()?);
        let append = AppendFile { upload_token, path, file_data: Some(file_data), end_of_file: is_last };
        Ok(Child::from((Settings { target: node.target.clone(), ..base.to_send() }, append)))
    }

    fn failed(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let is_last = self.sent.take().is_some_and(|(_, is_last)| is_last);
        let is_token =
            error.fault().is_some_and(|fault| matches!(fault.code, Code::InvalidAccessToken | Code::ExpiredAccessToken));
        if is_token {
            base.notes.push_back(Note::TokenExpired);
            return self.restart(base, shared, error);
        }
        match (error.fault().map(|fault| fault.code), lost(&error)) {
            // The service has not noticed yet that the attempt before broke: this piece was not taken.
            (Some(Code::FileLocked), _) if base.tries > 0 => base.again(shared, error),
            (Some(Code::AlreadyExists), _) if self.doubt.is_some() => {
                self.looking = Some(Some(error));
                Ok(())
            }
            (_, Lost::Final) => Err(error),
            (_, Lost::Reply | Lost::Garbled) if is_last => {
                self.doubt.get_or_insert_with(|| error.clone());
                self.looking = Some(Some(error));
                Ok(())
            }
            (_, Lost::Nothing | Lost::Reply | Lost::Garbled) => self.restart(base, shared, error),
        }
    }

    /// Starts over with another token, a bounded number of times.
    fn restart(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        let Some(left) = self.restarts.checked_sub(1) else { return Err(error) };
        base.again(shared, error)?;
        (self.restarts, self.node) = (left, None);
        if core::mem::take(&mut self.have) > 0 {
            self.gather.restart();
            base.notes.push_back(Note::Restarting);
        }
        Ok(())
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
                let (bytes, md5) = (self.sum.length(), Some(self.sum.md5()));
                self.stored = Some(Stored { bytes, md5, verified: false, recovered: false });
                Ok(())
            }
        }
    }

    fn looked(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, found: Found) -> Result<(), Failed> {
        let (bytes, md5) = (self.sum.length(), Some(self.sum.md5()));
        let stored = Stored { bytes, md5, verified: false, recovered: false };
        match (self.looking.take().flatten(), found.is(bytes, md5)) {
            (Some(_), Ok(Some(_))) => {
                base.notes.extend([Note::Recovered(Recovered { caveat: "" }), Note::Verified]);
                self.stored = Some(Stored { verified: true, recovered: true, ..stored });
            }
            // The name is taken, and not by ours; or ours may have been there, and another's after it.
            (Some(error), _) if error.fault().is_some() => return Err(error),
            (Some(error), Err(ContentFlaw::Length { .. } | ContentFlaw::Checksum)) if self.how.overwrite => return Err(error),
            (Some(error), _) => self.restart(base, shared, error)?,
            (None, Ok(same)) => {
                base.notes.extend(same.map(|_| Note::Verified));
                self.stored = Some(Stored { verified: same.is_some(), ..stored });
            }
            (None, Err(flaw)) => return Err(base.error(ErrorKind::Content(flaw))),
        }
        Ok(())
    }
}

impl Plan for Pieces {
    type Answer = Stored;
    const META: &'static Meta = &AppendFile::META;

    fn recipe(&self, machine: &'static str, settings: &Settings<Nvx>) -> Option<Recipe> {
        Recipe::new(machine, &(&self.place, &self.how, settings)).filter(|_| self.node.is_none())
    }

    fn next(&mut self, base: &mut Base) -> Next<Stored> {
        if let Some(stored) = self.stored {
            return Next::Done(Ok(stored));
        }
        if self.looking.is_some() {
            return match self.place.look(base) {
                Ok(look) => Next::Call(look, Body::Whole),
                Err(error) => Next::Done(Err(error)),
            };
        }
        let Some((bytes, is_last)) = self.gather.ready() else {
            return Next::Read { offset: self.have + self.gather.len(), max: self.gather.wants(base.to_ask().limits.feed) };
        };
        self.sum.update_at(self.have, &bytes);
        let Some(node) = self.node.clone() else {
            let size = self.length.unwrap_or(bytes.len() as u64);
            return Next::Call(self.place.ask_for_node(base.to_ask(), size, self.how.overwrite), Body::Whole);
        };
        self.sent = Some((bytes.len() as u64, is_last));
        match self.piece(base, &node, bytes, is_last) {
            Ok(piece) => Next::Call(piece, Body::Whole),
            Err(reject) => Next::Done(Err(base.error(ErrorKind::Encode(reject)))),
        }
    }

    fn in_doubt(&mut self, error: Failed) -> Failed {
        in_doubt(&mut self.doubt, error)
    }

    fn late(&mut self) {
        if matches!(self.looking, Some(None)) {
            let (bytes, md5) = (self.sum.length(), Some(self.sum.md5()));
            self.stored = Some(Stored { bytes, md5, verified: false, recovered: false });
        }
    }

    fn is_settled(&self) -> bool {
        self.stored.is_some()
    }

    fn ended(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        self.came(base, shared, result)
    }

    fn read(&mut self, chunk: Option<Bytes>) {
        self.gather.take(chunk);
    }
}

impl Pieces {
    fn came(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        match result {
            Ok(Answer::Node(node)) => self.node = Some(Node::named(node, base)?),
            Ok(Answer::Taken) => {
                let (length, is_last) = self.sent.take().unwrap_or_default();
                self.have += length;
                if self.have > self.most || is_last {
                    base.progress();
                } else {
                    base.moved();
                }
                self.most = self.most.max(self.have);
                self.gather.next();
                base.notes.push_back(Note::Acknowledged { bytes: self.have });
                self.looking = is_last.then_some(None);
            }
            Ok(Answer::Facts(facts)) => self.looked(base, shared, Found::from(*facts))?,
            Ok(Answer::Downloaded(_)) => {}
            Err(error) if self.looking.is_some() => match Found::of(Err(error)) {
                Ok(found) => self.looked(base, shared, found)?,
                Err(error) => self.not_looked(base, shared, error)?,
            },
            Err(error) if self.sent.is_some() => self.failed(base, shared, error)?,
            Err(error) if is_final(&error) => return Err(error),
            Err(error) => base.again(shared, error)?,
        }
        Ok(())
    }
}
