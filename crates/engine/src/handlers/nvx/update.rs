//! Files that are changed in part. What came is kept until the last part is there; then the file is made anew, all at once.

use larder_proto_nvx::transfer::{Changes, Piece};
use larder_proto_nvx::values::ContentRange;
use larder_proto_nvx::{Code, Fault};

use super::said;
use crate::engine::{Rewrite, Source, Upload as Stored};

/// An update under way: of one file, by any number of parts.
#[derive(Debug, Default)]
pub(super) struct Updating {
    /// There from the first part on.
    file: Option<(Rewrite, Changes)>,
    /// Where in what was sent each part begins, and how long it is.
    parts: Vec<(u64, u64)>,
    /// Where the current part begins, and the range that it is to fill.
    current: (u64, Option<ContentRange>),
}

impl Updating {
    /// A part begins. `sent_as` is what its sender calls the file.
    pub(super) fn part(
        &mut self,
        stored: &Stored,
        sent_as: &str,
        (folders, name): (&[&str], &str),
        range: Option<ContentRange>,
    ) -> Result<(), Fault> {
        if self.file.is_none() {
            let rewrite = stored.rewrite(folders, name).map_err(said)?;
            let changes = Changes::new(rewrite.old_length());
            self.file = Some((rewrite, changes));
        }
        let (rewrite, changes) = self.file()?;
        changes.add(sent_as, range)?;
        self.current = (rewrite.sent(), range);
        Ok(())
    }

    pub(super) fn push(&mut self, data: &[u8]) -> Result<(), Fault> {
        let (start, range) = self.current;
        let (rewrite, _) = self.file()?;
        rewrite.push(data).map_err(said)?;
        let is_within = range.is_none_or(|range| rewrite.sent() - start <= range.len());
        if is_within { Ok(()) } else { Err(Fault::from(Code::RangeNotSatisfiable)) }
    }

    pub(super) fn part_end(&mut self) -> Result<(), Fault> {
        let (start, range) = self.current;
        let length = self.file()?.0.sent() - start;
        self.parts.push((start, length));
        let is_whole = range.is_none_or(|range| range.len() == length);
        if is_whole { Ok(()) } else { Err(Fault::from(Code::RangeNotSatisfiable)) }
    }

    /// Changes the file.
    pub(super) fn finish(self, md5: Option<[u8; 16]>) -> Result<(), Fault> {
        let Some((rewrite, changes)) = self.file else { return Err(Fault::from(Code::MissingRequiredParameter)) };
        let source = |piece| match piece {
            Piece::Kept { offset, length } => Some(Source::Kept { offset, length }),
            Piece::Sent { part } => {
                self.parts.get(part).map(|(offset, length)| Source::Sent { offset: *offset, length: *length })
            }
        };
        let sources: Option<Vec<Source>> = changes.finish()?.into_iter().map(source).collect();
        let sources = sources.ok_or_else(|| Fault::from(Code::RangeNotSatisfiable))?;
        rewrite.finish(&sources, md5).map(drop).map_err(said)
    }

    fn file(&mut self) -> Result<&mut (Rewrite, Changes), Fault> {
        self.file.as_mut().ok_or_else(|| Fault::from(Code::MissingRequiredParameter))
    }
}
