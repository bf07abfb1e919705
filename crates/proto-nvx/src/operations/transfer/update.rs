//! Updating a file by HTTP: only what changes is sent.

use std::collections::BTreeMap;

use larder_core::{Meta, Operation, Secret, Verb};
use serde::{Deserialize, Serialize};

use super::{NAMESPACE, Uploaded};
use crate::fault::faults;
use crate::values::{CallbackUrl, ContentRange, FileName, FolderPath, Md5};
use crate::{Code, Nvx};

/// `POST /Update.ashx`: a multipart form with parameters first, and behind them one range or more of an existing file, each
/// a part with its own `Content-Range`. Without one, the part is the whole file from now on. [`Changes`] says what becomes
/// of the file.
///
/// Faults: 70108 for ranges that do not make a file, 70106 when the result has another MD5 (the file is as it was then),
/// 70004 when the token does not allow overwriting, 70005 when there is no such file, and those of
/// [`Upload`](super::Upload).
///
/// Our client sends one range in a request; a server takes several. Names that begin with `$` describe the file's part of
/// the form and are no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// A token that allows overwriting.
    #[serde(rename = "uploadToken")]
    pub upload_token: Secret,
    /// The folder that the file is in.
    #[serde(rename = "destFolderPath")]
    pub dest_folder_path: FolderPath,
    /// The MD5 that the whole file must have afterwards.
    #[serde(rename = "fileMD5", default, skip_serializing_if = "Option::is_none")]
    pub file_md5: Option<Md5>,
    /// What the service fetches when the file is changed, which may be long after the answer.
    #[serde(rename = "callbackURL")]
    pub callback_url: CallbackUrl,
    /// Where a browser is sent afterwards.
    #[serde(rename = "forwardingUrl", default, skip_serializing_if = "Option::is_none")]
    pub forwarding_url: Option<String>,
    /// The file's name. A server finds it in the ranges' own parts.
    #[serde(rename = "$fileName", default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<FileName>,
    /// The file's media type; `application/octet-stream` when absent.
    #[serde(rename = "$contentType", default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Which bytes of the file are sent, and how long it is from now on; all of it when absent.
    #[serde(rename = "$contentRange", default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<ContentRange>,
}

impl Operation for Update {
    type Api = Nvx;
    type Answer = Uploaded;
    const META: Meta = Meta::upload(NAMESPACE, "Update", Verb::Post).destroys("the bytes that are overwritten or cut off");
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, NAMES, UPLOADS, NEW_FILES; InvalidPath, FileIntegrityError, RangeNotSatisfiable];
}

/// The ranges of one update, and what they make of a file. They may come in any order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    old_length: u64,
    file_name: Option<String>,
    is_whole: bool,
    /// Ranges with the numbers of their parts, by their first bytes.
    ranges: BTreeMap<u64, (ContentRange, usize)>,
}

/// Where the next bytes of a changed file come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// The file as it was.
    Kept {
        /// Where in it they start.
        offset: u64,
        /// How many, in bytes.
        length: u64,
    },
    /// All of a part of the request.
    Sent {
        /// Which part, counted from 0.
        part: usize,
    },
}

impl Changes {
    /// Nothing changed yet in a file of `old_length` bytes.
    #[must_use]
    pub const fn new(old_length: u64) -> Self {
        Self { old_length, file_name: None, is_whole: false, ranges: BTreeMap::new() }
    }

    /// Takes the head of the next part. That the part then has as many bytes as its range is the caller's to check.
    ///
    /// # Errors
    /// 70108 for another file than that of the parts before, for another total length, for bytes that a part before has
    /// too, and for a whole file beside other parts.
    pub fn add(&mut self, file_name: &str, range: Option<ContentRange>) -> Result<(), Code> {
        let is_first = self.file_name.is_none();
        let is_same = self.file_name.get_or_insert_with(|| file_name.to_owned()) == file_name;
        let fits = range.map_or(is_first, |range| is_same && !self.is_whole && self.is_free(range));
        if !fits {
            return Err(Code::RangeNotSatisfiable);
        }
        match range {
            Some(range) => drop(self.ranges.insert(range.first(), (range, self.ranges.len()))),
            None => self.is_whole = true,
        }
        Ok(())
    }

    fn is_free(&self, range: ContentRange) -> bool {
        let before = self.ranges.range(..=range.last()).next_back();
        let is_free = before.is_none_or(|(_, (before, _))| before.last() < range.first());
        is_free && self.ranges.values().next().is_none_or(|(other, _)| other.total() == range.total())
    }

    /// What the changed file is made of, from its first byte to its last.
    ///
    /// # Errors
    /// 70108 when it has bytes that neither the old file nor a range has, 100 when there was no part.
    pub fn finish(self) -> Result<Vec<Piece>, Code> {
        if self.is_whole {
            return Ok(vec![Piece::Sent { part: 0 }]);
        }
        let total = self.ranges.values().next().ok_or(Code::MissingRequiredParameter)?.0.total();
        let mut pieces = Vec::new();
        let mut at = 0;
        for (range, part) in self.ranges.values() {
            pieces.extend(self.kept(at, range.first())?);
            pieces.push(Piece::Sent { part: *part });
            at = range.last() + 1;
        }
        pieces.extend(self.kept(at, total)?);
        Ok(pieces)
    }

    /// What stays between two ranges, from one byte up to another.
    fn kept(&self, offset: u64, end: u64) -> Result<Option<Piece>, Code> {
        match end - offset {
            0 => Ok(None),
            length if end <= self.old_length => Ok(Some(Piece::Kept { offset, length })),
            _ => Err(Code::RangeNotSatisfiable),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(old_length: u64, ranges: &[&str]) -> Result<Vec<Piece>, Code> {
        let mut changes = Changes::new(old_length);
        for range in ranges {
            changes.add("a.dat", range.parse().ok())?;
        }
        changes.finish()
    }

    #[test]
    fn ranges_come_in_any_order() {
        let kept = |offset, length| Piece::Kept { offset, length };
        let sent = |part| Piece::Sent { part };
        assert_eq!(changed(10, &["9-9/10", "1-5/10"]), Ok(vec![kept(0, 1), sent(1), kept(6, 3), sent(0)]));
        assert_eq!(changed(10, &["0-4/10", "5-9/10"]), Ok(vec![sent(0), sent(1)]));
        assert_eq!(changed(0, &["0-4/5"]), Ok(vec![sent(0)]));
        assert_eq!(changed(10, &["0-0/1"]), Ok(vec![sent(0)]));
        assert_eq!(changed(10, &["whole"]), Ok(vec![sent(0)]));
    }

    #[test]
    fn what_makes_no_file_is_refused() {
        for ranges in [
            &["1-5/10", "5-6/10"][..],
            &["5-6/10", "1-5/10"],
            &["1-8/10", "3-4/10"],
            &["3-4/10", "1-8/10"],
            &["1-5/10", "6-6/11"],
            &["11-15/16"],
            &["10-14/16"],
            &["1-5/10", "whole"],
            &["whole", "1-5/10"],
            &["whole", "whole"],
        ] {
            assert_eq!(changed(10, ranges), Err(Code::RangeNotSatisfiable), "{ranges:?}");
        }
        assert_eq!(changed(10, &[]), Err(Code::MissingRequiredParameter));
    }

    #[test]
    fn all_ranges_are_of_one_file() {
        let mut changes = Changes::new(10);
        changes.add("a.dat", "0-0/10".parse().ok()).unwrap();
        assert_eq!(changes.add("b.dat", "1-1/10".parse().ok()), Err(Code::RangeNotSatisfiable));
    }
}
