//! The checkpoint of an upload.

use larder_core::Secret;
use serde::{Deserialize, Serialize};

use super::{CheckpointFlaw, Saved, read, write};
use crate::flow::{Uploading, When};
use crate::values::{FileName, FolderPath, HeaderText, Md5, Token};

const KIND: &str = "upload";

/// An upload as far as the service has acknowledged it. `Debug` does not show its token; its text does.
///
/// There is one as soon as a storage node is known, of a file whose length is known: who cannot say how long a file is can hardly
/// say that it is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadCheckpoint(pub(in crate::flow) Facts);

/// What is in one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::flow) struct Facts {
    pub(in crate::flow) folder: FolderPath,
    pub(in crate::flow) name: FileName,
    /// Bytes of the file, and those that the service has for certain.
    pub(in crate::flow) length: u64,
    pub(in crate::flow) have: u64,
    /// The storage node, unless it is the service itself, which may have another name elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::flow) node: Option<String>,
    pub(in crate::flow) token: Token,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::flow) sum: Option<Saved>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::flow) content_type: Option<HeaderText>,
    pub(in crate::flow) overwrite: bool,
    /// Bytes of a piece; none when the file goes as a whole. The next piece must be as long as the one that may have arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::flow) piece: Option<u64>,
    pub(in crate::flow) verify: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::flow) md5: Option<Md5>,
    /// Of each process anew.
    pub(in crate::flow) restarts: u32,
}

impl UploadCheckpoint {
    /// Reads what [`to_text`](Self::to_text) wrote.
    ///
    /// # Errors
    /// See [`CheckpointFlaw`].
    pub fn from_text(text: &[u8]) -> Result<Self, CheckpointFlaw> {
        let facts: Facts = read(KIND, text)?;
        let is_within = facts.have < facts.length || (facts.have, facts.length) == (0, 0);
        let is_known = facts.sum.as_ref().is_none_or(|sum| sum.length <= facts.length);
        if let Some(sum) = &facts.sum {
            sum.sum()?;
        }
        if is_within && is_known && facts.piece != Some(0) { Ok(Self(facts)) } else { Err(CheckpointFlaw::Damaged) }
    }

    /// As text, with its token: for a file that nobody else may read.
    #[must_use]
    pub fn to_text(&self) -> Secret {
        write(KIND, &self.0)
    }

    /// The folder that it goes to.
    #[must_use]
    pub fn folder(&self) -> &FolderPath {
        &self.0.folder
    }

    /// The name that it will have there.
    #[must_use]
    pub fn name(&self) -> &FileName {
        &self.0.name
    }

    /// Bytes of the file.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.0.length
    }

    /// Bytes that the service has for certain.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.0.have
    }

    /// The same without the state of the MD5: what was sent of the file is read again, and must still be the same. For files that
    /// may have changed although their length has not.
    #[must_use]
    pub fn without_state(mut self) -> Self {
        if let Some(sum) = &mut self.0.sum {
            sum.forget_state();
        }
        self
    }

    /// How the upload goes on: as it began.
    pub(in crate::flow) fn how(&self) -> Uploading {
        let facts = &self.0;
        let usual = Uploading::default();
        Uploading {
            content_type: facts.content_type.clone(),
            overwrite: facts.overwrite,
            pieces: if facts.piece.is_some() { When::Always } else { When::Never },
            piece: facts.piece.unwrap_or(usual.piece),
            verify: facts.verify,
            md5: facts.md5,
            restarts: facts.restarts,
        }
    }
}
