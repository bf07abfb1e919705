//! One process per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::refusal::{OpenError, StoreError};

/// Holds the data folder. The operating system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Takes `folder/lock`, which is created if missing and never removed.
    ///
    /// # Errors
    /// [`OpenError::InUse`] if another process, or another engine in this one, holds it; or the storage failed.
    pub fn take(folder: &Path) -> Result<Self, OpenError> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(StoreError::io("opening the lock file"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
            Err(TryLockError::Error(error)) => Err(StoreError::io("locking the data folder")(error).into()),
        }
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // Closing is not enough: a child process that is just being started may hold a copy of the handle.
        let _ = self.file.unlock();
    }
}
