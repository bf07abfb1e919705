//! Uploading a file by HTTP: in one request, or in pieces that follow on each other.

use larder_core::Settings;
use serde::{Deserialize, Serialize};

use super::base::{Flow, machine};
use super::checkpoint::{CheckpointFlaw, Checkpointed, UploadCheckpoint};
use super::place::Place;
use super::sending::Sending;
use crate::Nvx;
use crate::values::{FileName, FolderPath, HeaderText, Md5};

/// When something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// Never.
    Never,
    /// For files of more than so many bytes, and for those whose length is not known.
    Above(u64),
    /// Always.
    Always,
}

/// How a file is uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Uploading {
    /// The file's media type; `application/octet-stream` when absent.
    pub content_type: Option<HeaderText>,
    /// Whether a file of this name is replaced. By default it is not, and the name is taken (70004).
    pub overwrite: bool,
    /// When the file goes in pieces, each in a request of its own with a `Content-Range`, so that what breaks goes on behind the
    /// last piece that arrived. Default above 64 MiB: what is shorter is sent again sooner than it is cut up.
    pub pieces: When,
    /// Bytes of a piece. Default 16 MiB: so much at most is sent twice when a connection breaks, and so much is held in memory
    /// of a file whose length is not known; a request's round trip is short beside it.
    pub piece: u64,
    /// Whether the file's MD5 is taken as it goes by, and compared with what the service says of it at the end. Default yes.
    /// Without it, a lost reply to a whole file cannot be told from a lost request.
    pub verify: bool,
    /// The MD5 that the file must have in the end, if it is known: it is then not computed here. It is compared when all is
    /// sent; the file is stored by then.
    pub md5: Option<Md5>,
    /// How often the upload starts over from the first byte: when the service has forgotten what it had (70108), when the token
    /// has ended (80023, 80102), and once when a node stays out of reach until the [patience](super::PATIENCE) is at its end.
    /// Before that, a node that cannot be reached is asked again with what it has. Each is a retry, with its pause and its part
    /// of the client's budget. Default 5.
    pub restarts: u32,
}

impl Default for Uploading {
    fn default() -> Self {
        Self {
            content_type: None,
            overwrite: false,
            pieces: When::Above(64 << 20),
            piece: 16 << 20,
            verify: true,
            md5: None,
            restarts: 5,
        }
    }
}

/// A file that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its length.
    pub bytes: u64,
    /// Its MD5, if it was computed here or given.
    pub md5: Option<Md5>,
    /// Whether the service says the same MD5.
    pub verified: bool,
    /// Whether the reply was lost, and the file was found at the service.
    pub recovered: bool,
}

/// Uploads one file: asks for a storage node and a token, sends the file there, and looks whether it arrived.
///
/// ```text
///          ┌──────── the token has ended, the node is gone, or has forgotten ───────┐
///          ▼                                                                        │
///   Node ──▶ Piece ──▶ Piece ──▶ … ──▶ last Piece ──▶ Look (size, MD5) ──▶ Done     │
///              └─▲───────────────────────┴──────── broken: pause, and look, if it was the last
/// ```
///
/// `Feed` counts in bytes of the whole file. A piece is sent again by asking for an earlier offset; who cannot go back says
/// `BodyGone`, and the upload ends with what went wrong. A file whose length is not known, and that goes in pieces, is read one
/// piece at a time into memory, since each states its range; those can be sent again.
///
/// A lost reply to the last piece, or to the whole file, is followed by a look: if a file of this length and MD5 is there, the
/// upload has succeeded ([`Note::Recovered`](larder_core::Note::Recovered)). What is unfinished at the service belongs to token and path: with another
/// token it starts over. If the look finds another file, and overwriting is allowed, nobody knows whose came last: that ends as
/// [`OutcomeUnknown`](larder_core::ErrorKind::OutcomeUnknown), and nothing is written over a second time.
#[derive(Debug)]
pub struct UploadFile(Flow<Sending>);

impl UploadFile {
    /// Uploads into `folder` under `name`. The settings' length is the file's, in bytes, if it is known. Their clocks are
    /// those of each call, but `total`, if it is set, is that of the whole upload.
    #[must_use]
    pub fn new(folder: FolderPath, name: FileName, how: Uploading, settings: Settings<Nvx>) -> Self {
        let length = settings.length;
        Self(Flow::new(Sending::new(Place { folder, name }, how, length), settings))
    }

    pub(super) fn made((Place { folder, name }, how, settings): (Place, Uploading, Settings<Nvx>)) -> Self {
        Self::new(folder, name, how, settings)
    }

    /// Goes on with an upload that another process has begun, as it was begun: behind what the service acknowledged, with the
    /// same token. The settings' length must be the checkpoint's. The file must be able to go back, and be the same: if the
    /// checkpoint has no state of the MD5, what was sent is read again ([`Note::ReadingAgain`](larder_core::Note::ReadingAgain))
    /// and compared ([`BodyFlaw::Changed`](larder_core::BodyFlaw::Changed)); if it has, nobody looks.
    ///
    /// Where only the last piece is left, it may have arrived without the process before having heard of it: then it is read and
    /// looked first, and what is there is [`recovered`](Stored::recovered). What the service has forgotten, or whose token has
    /// ended, starts over from the first byte, as ever. If a file is to be replaced, and another one than ours is there that a
    /// refusal cannot explain, the outcome is unknown, and nothing is written over.
    ///
    /// # Errors
    /// [`CheckpointFlaw::Length`]: this is not the file.
    pub fn resume(checkpoint: UploadCheckpoint, settings: Settings<Nvx>) -> Result<Self, CheckpointFlaw> {
        Ok(Self(Flow::new(Sending::resumed(checkpoint, &settings)?, settings)))
    }
}

machine!(UploadFile, Stored);

impl Checkpointed for UploadFile {
    type Checkpoint = UploadCheckpoint;

    fn take_checkpoint(&mut self) -> Option<UploadCheckpoint> {
        let (plan, service) = self.0.plan();
        plan.take_checkpoint(service)
    }
}
