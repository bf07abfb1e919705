//! What of a transfer survives the process that makes it: saved as text, read again by another process on another machine.
//!
//! A machine has a new checkpoint whenever one is worth saving, and hands it out when it is asked (`take_checkpoint`, or
//! [`Keeping`], which asks after each poll). Who does not ask loses nothing. Saved before the machine is driven on, a checkpoint
//! costs at most one piece that is sent twice.
//!
//! # What is in one
//! How long the file is, what of it has been acknowledged or has come, the MD5 of that and the state of its computation, and what
//! the service calls it. Of an upload also the **upload token, a secret**: what is unfinished at the service belongs to token and
//! path (N201), so that without it all would be sent again. A file with one must be its owner's alone (mode 0600). A download has
//! no secret: it asks by the session of whoever resumes it.
//!
//! # The text
//! Two lines of JSON: kind, version and the MD5 of the second line; and that line. What is damaged, of another kind or version,
//! or does not fit the file at hand is a [`CheckpointFlaw`].

mod keeping;
mod ranges;
mod state;
mod upload;

use larder_core::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::keeping::{Checkpointed, Keeping};
pub(super) use self::ranges::Facts as RangesFacts;
pub use self::ranges::RangesCheckpoint;
pub(super) use self::state::Saved;
pub(super) use self::upload::Facts as UploadFacts;
pub use self::upload::UploadCheckpoint;
use super::sum::Sum;
use crate::values::Md5;

/// The version of the text that is written, and the only one that is read.
const VERSION: u32 = 1;

/// The longest text that is read as a checkpoint, in bytes: paths are short, and so is all else.
pub const MAX_CHECKPOINT: usize = 64 << 10;

/// Why a checkpoint is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointFlaw {
    /// It is no checkpoint, or was damaged, or cut short. Begin anew.
    #[error("the checkpoint is damaged")]
    Damaged,
    /// It is of a version that is not understood. Finish it with the program that wrote it, or begin anew.
    #[error("the checkpoint is of version {0}, and only version {VERSION} is understood")]
    Version(u32),
    /// It is of another kind of transfer.
    #[error("the checkpoint is of another kind of transfer")]
    Kind,
    /// It is of another path at the service.
    #[error("the checkpoint is of another path")]
    Path,
    /// The file is not the one that it was: it has another length, in bytes; none if that is not known.
    #[error("the checkpoint is of a file of {checkpoint} bytes, and this one has {}", length(*file))]
    Length {
        /// As the checkpoint has it.
        checkpoint: u64,
        /// Of the file at hand.
        file: Option<u64>,
    },
}

fn length(bytes: Option<u64>) -> String {
    bytes.map_or("a length that is not known".to_owned(), |bytes| bytes.to_string())
}

/// The first line.
#[derive(Serialize, Deserialize)]
struct Header {
    larder: String,
    version: u32,
    md5: Md5,
}

/// Writes both lines.
fn write<T: Serialize>(kind: &str, content: &T) -> Secret {
    // Texts and numbers: nothing in it can fail.
    let content = serde_json::to_string(content).unwrap_or_default();
    let header = Header { larder: kind.to_owned(), version: VERSION, md5: md5(content.as_bytes()) };
    let header = serde_json::to_string(&header).unwrap_or_default();
    Secret::new(format!("{header}\n{content}\n"))
}

fn read<T: DeserializeOwned>(kind: &str, text: &[u8]) -> Result<T, CheckpointFlaw> {
    const DAMAGED: CheckpointFlaw = CheckpointFlaw::Damaged;
    let text = Some(text).filter(|text| text.len() <= MAX_CHECKPOINT).ok_or(DAMAGED)?;
    let end = text.iter().position(|byte| *byte == b'\n').ok_or(DAMAGED)?;
    let content = text[end + 1..].strip_suffix(b"\n").ok_or(DAMAGED)?;
    // What another version means by the rest is its own.
    let header: serde_json::Value = serde_json::from_slice(&text[..end]).map_err(|_| DAMAGED)?;
    match header["version"].as_u64().and_then(|version| u32::try_from(version).ok()) {
        Some(VERSION) => {}
        Some(version) if header["larder"].is_string() => return Err(CheckpointFlaw::Version(version)),
        Some(_) | None => return Err(DAMAGED),
    }
    let header: Header = serde_json::from_value(header).map_err(|_| DAMAGED)?;
    if header.md5 != md5(content) {
        return Err(DAMAGED);
    }
    if header.larder != kind {
        return Err(CheckpointFlaw::Kind);
    }
    serde_json::from_slice(content).map_err(|_| DAMAGED)
}

fn md5(content: &[u8]) -> Md5 {
    let mut sum = Sum::new();
    sum.update(content);
    sum.md5()
}

#[cfg(test)]
mod tests;
