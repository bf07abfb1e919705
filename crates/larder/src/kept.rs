//! What is wrong with the local files of a transfer that survives its process.

use std::path::PathBuf;

use larder_proto_nvx::flow::CheckpointFlaw;

/// Why a transfer cannot begin, or go on, with the local files that are there. Each says which file it is, and the way out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeptFlaw {
    /// The checkpoint is of no use here.
    #[error("{flaw} ({}): remove it to begin anew", path.display())]
    Checkpoint {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        flaw: CheckpointFlaw,
    },
    /// Something is in the `.part`, and no checkpoint says what. It stays as it is.
    #[error("{} is there, and no checkpoint says what is in it: remove it, or give its checkpoint", .0.display())]
    Part(PathBuf),
    /// The `.part` of which the checkpoint tells is missing.
    #[error("{} is missing, of which the checkpoint {} tells: bring it back, or remove the checkpoint to begin anew", part.display(), checkpoint.display())]
    NoPart {
        /// What is missing.
        part: PathBuf,
        /// What tells of it.
        checkpoint: PathBuf,
    },
    /// Another transfer is under way with this checkpoint, or with this `.part`.
    #[error("{} is in use: another transfer is under way with it", .0.display())]
    Busy(PathBuf),
    /// The checkpoint would be the file itself, its `.part`, or another file that is kept beside one of them.
    #[error("{} cannot be the checkpoint: it is the file itself, or has a name that is needed beside it; give another", .0.display())]
    Name(PathBuf),
}

impl KeptFlaw {
    /// As an error of a function that works with files.
    pub(crate) fn io(self) -> std::io::Error {
        std::io::Error::other(self)
    }
}
