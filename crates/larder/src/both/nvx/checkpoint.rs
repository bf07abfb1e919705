//! Checkpoints in local files.

use std::collections::hash_map::RandomState;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::BuildHasher;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use larder_proto_nvx::flow::{CheckpointFlaw, MAX_CHECKPOINT, UploadCheckpoint};

/// A file with a checkpoint: there as a whole or not at all, durably, and for its owner's eyes only, since it may hold a token.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    path: PathBuf,
}

impl Store {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// What is there, if anything is; no more of it than a checkpoint has.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let file = match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        let mut text = Vec::new();
        file.take(2 * MAX_CHECKPOINT as u64).read_to_end(&mut text)?;
        Ok(Some(text))
    }

    /// Puts this there.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn save(&self, text: &str) -> io::Result<()> {
        self.path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        // Another each time: a save that nobody waits for any more may still be under way.
        let name = format!(".larder-{:016x}.new", RandomState::new().hash_one(std::process::id()));
        let temporary = self.path.with_file_name(name);
        let saved = write(&temporary, text).and_then(|()| fs::rename(&temporary, &self.path));
        if saved.is_err() {
            // There is nobody to tell.
            let _ = fs::remove_file(&temporary);
        }
        saved?;
        super::part::sync_folder(&self.path)
    }

    /// Removes it: the transfer is done.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn remove(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// What is kept beside the checkpoint of an upload: when the local file was last changed, in nanoseconds. If that is another
/// moment when it goes on, the file may be another one, and what was sent of it is read again.
pub(crate) fn modified(facts: &Metadata) -> String {
    let since = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or("unknown".to_owned(), |since| since.as_nanos().to_string())
}

/// A checkpoint of a file that was last changed then, as it is now.
pub(crate) fn of_upload(text: &[u8], now: &str) -> Result<UploadCheckpoint, CheckpointFlaw> {
    let end = text.iter().position(|byte| *byte == b'\n').ok_or(CheckpointFlaw::Damaged)?;
    let checkpoint = UploadCheckpoint::from_text(&text[end + 1..])?;
    let is_same = now != "unknown" && text[..end] == *now.as_bytes();
    Ok(if is_same { checkpoint } else { checkpoint.without_state() })
}
