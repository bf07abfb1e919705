//! What a call or a flow did, again, from its file alone. See [`larder_core::journal`].

use larder_core::journal::{Journal, Replayed, Unlike};

use crate::Nvx;
use crate::flow::{AppendFiles, DownloadFile, Replay, UpdateFile, UploadFile};

/// Makes the machine anew that a journal is of, tells it what the journal says, and compares all that it does.
///
/// # Errors
/// The journal cannot be read, or is of another API; or the first difference.
pub fn replay(bytes: impl AsRef<[u8]>) -> Result<Replayed, Unlike> {
    again(&Journal::read(bytes)?)
}

/// The same, of a journal that was read.
///
/// # Errors
/// As [`replay`].
pub fn again(journal: &Journal) -> Result<Replayed, Unlike> {
    journal.is_of::<Nvx>()?;
    match journal.recipe()?.machine.as_str() {
        "UploadFile" => UploadFile::replay(journal),
        "UpdateFile" => UpdateFile::replay(journal),
        "AppendFiles" => AppendFiles::replay(journal),
        "DownloadFile" => DownloadFile::replay(journal),
        _ => journal.replay_call::<Nvx>(),
    }
}
