//! Reading a journal.

use serde::Deserialize;

use super::entry::{Entry, Title, VERSION};
use super::line::Sum;

/// What is wrong with a file that should be a journal. Lines count from one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// There is no first line, or it is none of a journal.
    #[error("line 1: this is no journal")]
    NoJournal,
    /// Another version of this library has written it.
    #[error("line 1: a journal of version {0}, where {VERSION} is known")]
    Version(u32),
    /// The file ends in the middle of a line.
    #[error("line {line}: the journal ends in the middle of it")]
    Torn {
        /// The line.
        line: usize,
    },
    /// A line that is not what was written, or does not stand where it was written.
    #[error("line {line}: it was changed, or lines before it are missing")]
    Changed {
        /// The line.
        line: usize,
    },
    /// A line that is none of a journal.
    #[error("line {line}: {why}")]
    Unknown {
        /// The line.
        line: usize,
        /// Why.
        why: String,
    },
}

/// A journal as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Journal {
    /// Its first line.
    pub title: Title,
    /// The others; the first of them is line 2.
    pub entries: Vec<Entry>,
}

/// How a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The machine was over.
    Done,
    /// The machine was dropped.
    Abandoned,
    /// The journal ends here, and nobody knows what came then. This is the line behind its last.
    Open {
        /// The line.
        line: usize,
    },
}

impl Journal {
    /// Reads all of it into memory.
    ///
    /// # Errors
    /// The first line that is wrong.
    pub fn read(bytes: impl AsRef<[u8]>) -> Result<Self, Flaw> {
        let mut sum = Sum::default();
        let mut title = None;
        let mut entries = Vec::new();
        for (line, bytes) in (1..).zip(bytes.as_ref().split_inclusive(|byte| *byte == b'\n')) {
            let text = core::str::from_utf8(bytes).map_err(|_| Flaw::Changed { line });
            if line == 1 {
                title = Some(Self::title(&mut sum, text.map_err(|_| Flaw::NoJournal)?)?);
                continue;
            }
            let object = object(&mut sum, line, text?)?;
            entries.push(serde_json::from_str(&object).map_err(|error| Flaw::Unknown { line, why: error.to_string() })?);
        }
        Ok(Self { title: title.ok_or(Flaw::NoJournal)?, entries })
    }

    fn title(sum: &mut Sum, line: &str) -> Result<Title, Flaw> {
        #[derive(Deserialize)]
        struct Any {
            larder_journal: u32,
        }
        if !line.starts_with("{\"larder_journal\":") {
            return Err(Flaw::NoJournal);
        }
        if let Ok(any) = serde_json::from_str::<Any>(line)
            && any.larder_journal != VERSION
        {
            return Err(Flaw::Version(any.larder_journal));
        }
        let object = object(sum, 1, line)?;
        serde_json::from_str(&object).map_err(|error| Flaw::Unknown { line: 1, why: error.to_string() })
    }

    /// How it ends.
    #[must_use]
    pub fn end(&self) -> End {
        let is_done = |entry: &Entry| matches!(entry, Entry::Polled { action: super::Act::Done { .. }, .. });
        match self.entries.last() {
            Some(Entry::Abandoned {}) => End::Abandoned,
            _ if self.entries.iter().any(is_done) => End::Done,
            _ => End::Open { line: self.entries.len() + 2 },
        }
    }
}

fn object(sum: &mut Sum, line: usize, text: &str) -> Result<String, Flaw> {
    let whole = text.strip_suffix('\n').ok_or(Flaw::Torn { line })?;
    sum.open(whole).ok_or(Flaw::Changed { line })
}
