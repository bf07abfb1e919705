//! The checkpoint of a download in ranges.

use serde::{Deserialize, Serialize};

use super::{CheckpointFlaw, read, write};
use crate::flow::ranges::parts::Parts;
use crate::transfer::Downloaded;
use crate::values::Path;

const KIND: &str = "ranges";

/// What of a file came, and which file it is: no secret is in it. Whether what came is still there, and is right, tells the MD5 of
/// all of it in the end; no state of one is kept, since ranges come in any order.
#[derive(Debug, Clone, PartialEq)]
pub struct RangesCheckpoint(pub(in crate::flow) Facts);

/// What is in one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(in crate::flow) struct Facts {
    pub(in crate::flow) path: Path,
    /// What the service said of the first range: entity tag, date.
    pub(in crate::flow) head: Downloaded,
    pub(in crate::flow) total: u64,
    /// Where each part that came starts and ends, in order.
    pub(in crate::flow) done: Vec<(u64, u64)>,
}

impl RangesCheckpoint {
    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    /// See [`CheckpointFlaw`].
    pub fn from_text(text: &[u8]) -> Result<Self, CheckpointFlaw> {
        let facts: Facts = read(KIND, text)?;
        // The first range is the first that comes, and has a byte.
        let is_begun = facts.done.first().is_some_and(|part| part.0 == 0);
        let parts = Parts::new(facts.done.clone()).filter(|parts| is_begun && parts.end() <= facts.total);
        if parts.is_some() { Ok(Self(facts)) } else { Err(CheckpointFlaw::Damaged) }
    }

    /// As text.
    #[must_use]
    pub fn to_text(&self) -> String {
        write(KIND, &self.0).expose().to_owned()
    }

    /// Bytes of the file.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.0.total
    }

    /// Bytes that came.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.0.done.iter().map(|(first, end)| end.saturating_sub(*first)).sum()
    }
}
