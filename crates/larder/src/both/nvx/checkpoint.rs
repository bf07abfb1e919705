//! Checkpoints in local files.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use larder_proto_nvx::flow::{CheckpointFlaw, MAX_CHECKPOINT, UploadCheckpoint};

use super::part::{beside, sync_folder, try_lock};
use crate::KeptFlaw;

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
        // A save that nobody waits for any more may still be under way in this process. No other has the checkpoint.
        static SAVING: Mutex<()> = Mutex::new(());
        let _alone = SAVING.lock().unwrap_or_else(PoisonError::into_inner);
        // Always the same name: what a killed process left there is replaced.
        let temporary = beside(&self.path, NEW)?;
        let saved = write(&temporary, text).and_then(|()| fs::rename(&temporary, &self.path));
        if saved.is_err() {
            // There is nobody to tell.
            let _ = fs::remove_file(&temporary);
        }
        saved?;
        sync_folder(&self.path)
    }

    /// Makes it this transfer's alone, whose local file is `local`.
    ///
    /// # Errors
    /// [`KeptFlaw::Busy`], [`KeptFlaw::Name`]; or the file system's own.
    pub(crate) fn lock(&self, local: &Path) -> io::Result<Lock> {
        let ours = [real(&self.path), real(&beside(&self.path, NEW)?), real(&beside(&self.path, LOCK)?)];
        if [real(local), real(&beside(&real(local), ".part")?)].iter().any(|name| ours.contains(name)) {
            return Err(KeptFlaw::Name(self.path.clone()).io());
        }
        let path = beside(&self.path, LOCK)?;
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
        try_lock(&file, &self.path)?;
        // Whoever had it may have removed it after it was opened here: then it is nobody's lock.
        if is_at(&file, &path) { Ok(Lock { path, _file: file }) } else { Err(KeptFlaw::Busy(self.path.clone()).io()) }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it: the transfer is done.
    ///
    /// # Errors
    /// The file system's own.
    pub(crate) fn remove(&self) -> io::Result<()> {
        gone(&beside(&self.path, NEW)?)?;
        gone(&self.path)
    }
}

/// The file beside a checkpoint that the next one is written to.
const NEW: &str = ".new";
/// The file beside a checkpoint that is locked: not the checkpoint, which is another file with each save.
const LOCK: &str = ".larder-lock";

/// Held while a transfer uses its checkpoint. It goes with whoever has it; a process that is killed leaves an empty file.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    _file: File,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // There is nobody to tell.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let both = file.metadata().ok().zip(fs::metadata(path).ok());
    both.is_some_and(|(ours, there)| (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// The one name of a file that has several; it need not be there.
fn real(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let placed = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(placed).unwrap_or_else(|| path.to_owned())
}

/// Removes what may be there.
fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What a checkpoint's file has of a download of which nothing is known yet: what is in its `.part` is ours.
pub(crate) fn begun(path: &str) -> String {
    format!("{BEGUN}{path}\n")
}

const BEGUN: &str = "larder: the download has begun of ";

/// Whether it is one of those.
pub(crate) fn is_begun(text: &[u8], path: &str) -> Result<bool, CheckpointFlaw> {
    let is_other = text.starts_with(BEGUN.as_bytes()) && text.ends_with(b"\n") && *text != *begun(path).as_bytes();
    if is_other { Err(CheckpointFlaw::Path) } else { Ok(*text == *begun(path).as_bytes()) }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    gone(path)?;
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
