//! Downloading a file, and comparing it with what the service says of it.

use bytes::Bytes;
use larder_core::journal::Recipe;
use larder_core::{ErrorKind, Meta, Note, Operation, Settings, Shared};

use super::base::{Base, Failed, Flow, Next, Plan, machine};
use super::child::{Answer, Body, Child};
use super::place::{Found, look};
use super::sum::Sum;
use super::verdict::is_final;
use crate::Nvx;
use crate::transfer::{Download, Downloaded};
use crate::values::Md5;

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What the service said of it.
    pub head: Downloaded,
    /// Bytes that came.
    pub bytes: u64,
    /// The MD5 of what came, if all of a file came, and it was to be verified.
    pub md5: Option<Md5>,
    /// Whether the service says the same MD5 of the file.
    pub verified: bool,
}

/// Downloads a file, and compares its MD5 with what the service says: it is taken as the file goes by.
///
/// ```text
///   Download (goes on by itself where it broke) ──▶ Look (size, MD5) ──▶ Done
/// ```
///
/// The caller has the file by then: if nobody can look, it is not verified, and that is no error; [`Content`](larder_core::ErrorKind::Content) says that it is not the file at the service.
/// A part of a file is not compared, nor is one that was not sent because the caller has it; nor a public file when there is no
/// session to ask with, or none that may ask.
#[derive(Debug)]
pub struct DownloadFile(Flow<Fetching>);

impl DownloadFile {
    /// Downloads what `download` says: all of a file, a range, or only what has changed. `verify` is whether to compare.
    #[must_use]
    pub fn new(download: Download, verify: bool, settings: Settings<Nvx>) -> Self {
        let sum = (verify && download.range.is_none()).then(Sum::new);
        Self(Flow::new(Fetching { download, sum, bytes: 0, head: None, outcome: None }, settings))
    }

    fn made((download, verify, settings): (Download, bool, Settings<Nvx>)) -> Self {
        Self::new(download, verify, settings)
    }
}

machine!(DownloadFile, Fetched);

/// A download, as plain data.
#[derive(Debug, Clone)]
struct Fetching {
    download: Download,
    sum: Option<Sum>,
    bytes: u64,
    head: Option<Downloaded>,
    /// Whether the MD5 is the service's, once that is known.
    outcome: Option<bool>,
}

impl Fetching {
    fn md5(&self) -> Option<Md5> {
        self.sum.as_ref().map(Sum::md5)
    }

    fn looked(&mut self, base: &mut Base, found: Found) -> Result<(), Failed> {
        let same = found.is(self.bytes, self.md5()).map_err(|flaw| base.error(ErrorKind::Content(flaw)))?;
        base.notes.extend(same.map(|_| Note::Verified));
        self.outcome = Some(same.is_some());
        Ok(())
    }
}

impl Plan for Fetching {
    type Answer = Fetched;
    const META: &'static Meta = &Download::META;

    fn recipe(&self, machine: &'static str, settings: &Settings<Nvx>) -> Option<Recipe> {
        Recipe::new(machine, &(&self.download, self.sum.is_some(), settings)).filter(|_| self.bytes == 0)
    }

    fn next(&mut self, base: &mut Base) -> Next<Fetched> {
        match (&self.head, self.outcome) {
            (None, _) => Next::Call(Child::from((base.to_fetch(), self.download.clone())), Body::Whole),
            (Some(_), None) => Next::Call(look(self.download.path.clone(), base), Body::Whole),
            (Some(head), Some(verified)) => {
                Next::Done(Ok(Fetched { head: head.clone(), bytes: self.bytes, md5: self.md5(), verified }))
            }
        }
    }

    fn late(&mut self) {
        self.outcome = self.head.is_some().then_some(false);
    }

    fn is_settled(&self) -> bool {
        self.outcome.is_some()
    }

    fn ended(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed> {
        match result {
            Ok(Answer::Downloaded(head)) => {
                if head.not_modified || head.is_part() {
                    self.sum = None;
                }
                self.head = Some(*head);
                self.outcome = self.sum.is_none().then_some(false);
                base.progress();
            }
            Ok(Answer::Facts(facts)) => self.looked(base, Found::from(*facts))?,
            Ok(Answer::Node(_) | Answer::Taken) => {}
            Err(error) if self.head.is_none() => return Err(error),
            Err(error) => match Found::of(Err(error)) {
                Ok(found) => self.looked(base, found)?,
                Err(error) if error.kind == ErrorKind::Cancelled => return Err(error),
                Err(error) => {
                    let is_over = is_final(&error) || base.again(shared, error).is_err();
                    self.outcome = is_over.then_some(false);
                }
            },
        }
        Ok(())
    }

    fn passed(&mut self, offset: u64, chunk: &Bytes) {
        self.bytes = self.bytes.max(offset + chunk.len() as u64);
        if let Some(sum) = &mut self.sum {
            sum.update_at(offset, chunk);
        }
    }
}
