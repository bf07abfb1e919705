//! Blobs as files: `tmp/NAME` while they grow, `ab/cd/REST` when they are done.
//!
//! The protocol of [`BlobSink::finish`]: sync the data, rename, sync the folder. Folders are made, and synced from the
//! outermost changed one inwards, before the rename. A sync that failed is never repeated: the kernel may have dropped
//! the pages, and a second call would answer that all is well. The store is poisoned for writing instead.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{BlobFiles, BlobName, BlobSink, BlobSource};
use crate::disk::{Disk, DiskFile};
use crate::refusal::StoreError;

/// Blobs as files in one folder.
pub struct DiskBlobs(Arc<Shared>);

struct Shared {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    /// Shard folders that are known to be durable.
    durable: Mutex<HashSet<PathBuf>>,
    poisoned: AtomicBool,
}

struct Sink {
    shared: Arc<Shared>,
    name: BlobName,
    temporary: PathBuf,
    file: Box<dyn DiskFile>,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    /// Goes when it is dropped.
    New,
    /// Stays, unfinished.
    Kept,
    /// Is where finished files are, or gone.
    Settled,
}

struct Source(Box<dyn DiskFile>);

impl DiskBlobs {
    /// Opens `folder`, whose own parent must exist, and makes what is missing in it. What an earlier process left is there
    /// until [`BlobFiles::recover`].
    ///
    /// # Errors
    /// The storage failed.
    pub fn open(folder: PathBuf, disk: Arc<dyn Disk>) -> Result<Self, StoreError> {
        let shared = Shared { disk, folder, durable: Mutex::new(HashSet::new()), poisoned: AtomicBool::new(false) };
        let temporary = shared.folder.join("tmp");
        shared.ensure(&shared.folder)?;
        shared.ensure(&temporary)?;
        Ok(Self(Arc::new(shared)))
    }
}

impl Shared {
    fn path(&self, name: BlobName) -> PathBuf {
        let text = name.text();
        self.folder.join(&text[..2]).join(&text[2..4]).join(&text[4..])
    }

    fn temporary(&self, name: BlobName) -> PathBuf {
        self.folder.join("tmp").join(name.text())
    }

    /// Opens an unfinished file if so many bytes of it are there. What is behind them is cut off.
    ///
    /// One that was finished and could not be published is among the finished ones: it goes back.
    fn settle(&self, name: BlobName, size: u64) -> Result<Option<Box<dyn DiskFile>>, StoreError> {
        let (path, finished) = (self.temporary(name), self.path(name));
        let file = match self.disk.reopen(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.disk.open(&finished).is_ok() => {
                self.disk.rename(&finished, &path).map_err(StoreError::io("taking an unfinished blob back"))?;
                for folder in [path.parent(), finished.parent()].into_iter().flatten() {
                    self.synced(self.disk.sync_dir(folder), "syncing a blob's folder")?;
                }
                self.disk.reopen(&path)
            }
            file => file,
        };
        let mut file = match file {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(StoreError::io("opening an unfinished blob"))?,
        };
        let length = file.length().map_err(StoreError::io("measuring an unfinished blob"))?;
        if length > size {
            file.truncate(size).map_err(StoreError::io("shortening an unfinished blob"))?;
        }
        Ok((length >= size).then_some(file))
    }

    fn remove(&self, path: &Path, doing: &'static str) -> Result<(), StoreError> {
        match self.disk.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(doing)(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn healthy(&self) -> Result<(), StoreError> {
        if self.poisoned.load(Ordering::Acquire) { Err(StoreError::Poisoned) } else { Ok(()) }
    }

    /// The outcome of a sync: a failure poisons the store.
    fn synced(&self, outcome: io::Result<()>, doing: &'static str) -> Result<(), StoreError> {
        outcome.map_err(|error| {
            self.poisoned.store(true, Ordering::Release);
            StoreError::io(doing)(error)
        })
    }

    /// Makes one folder, durably. One that exists may have been made by a process that crashed before its sync, so that
    /// the parent is synced once per process in either case.
    fn ensure(&self, folder: &Path) -> Result<(), StoreError> {
        if self.durable.lock().unwrap_or_else(PoisonError::into_inner).contains(folder) {
            return Ok(());
        }
        match self.disk.create_dir(folder) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(StoreError::io("making a folder")(error)),
        }
        if let Some(parent) = folder.parent() {
            self.synced(self.disk.sync_dir(parent), "syncing a parent folder")?;
        }
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned());
        Ok(())
    }

    fn walk(
        &self,
        folder: &Path,
        text: &str,
        depth: u32,
        visit: &mut dyn FnMut(BlobName) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for path in self.disk.list(folder).map_err(StoreError::io("listing blobs"))? {
            let Some(part) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let whole = format!("{text}{part}");
            if depth > 0 && part.len() == 2 {
                self.walk(&path, &whole, depth - 1, visit)?;
            } else if let (0, Some(name)) = (depth, BlobName::parse(&whole)) {
                visit(name)?;
            }
        }
        Ok(())
    }
}

impl BlobFiles for DiskBlobs {
    fn create(&self, name: BlobName) -> Result<Box<dyn BlobSink>, StoreError> {
        self.0.healthy()?;
        let temporary = self.0.temporary(name);
        let file = self.0.disk.create(&temporary).map_err(StoreError::io("creating a blob"))?;
        Ok(Box::new(Sink { shared: self.0.clone(), name, temporary, file, state: State::New }))
    }

    fn reopen(&self, name: BlobName, size: u64) -> Result<Box<dyn BlobSink>, StoreError> {
        self.0.healthy()?;
        let file = self.0.settle(name, size)?.ok_or(StoreError::Damaged("an unfinished blob is missing or too short"))?;
        Ok(Box::new(Sink { shared: self.0.clone(), name, temporary: self.0.temporary(name), file, state: State::Kept }))
    }

    fn recover(&self, unfinished: &[(BlobName, u64)], missing: &mut dyn FnMut(BlobName)) -> Result<(), StoreError> {
        let mut known = HashSet::new();
        for (name, size) in unfinished {
            if self.0.settle(*name, *size)?.is_some() {
                known.insert(self.0.temporary(*name));
            } else {
                missing(*name);
            }
        }
        let there = self.0.disk.list(&self.0.folder.join("tmp")).map_err(StoreError::io("listing temporary files"))?;
        for left in there.iter().filter(|left| !known.contains(*left)) {
            self.0.disk.remove(left).map_err(StoreError::io("removing a temporary file"))?;
        }
        Ok(())
    }

    fn discard(&self, name: BlobName) -> Result<(), StoreError> {
        self.0.remove(&self.0.temporary(name), "removing an unfinished blob")?;
        self.0.remove(&self.0.path(name), "removing an unpublished blob")
    }

    fn open(&self, name: BlobName) -> Result<Box<dyn BlobSource>, StoreError> {
        let file = self.0.disk.open(&self.0.path(name)).map_err(StoreError::io("opening a blob"))?;
        Ok(Box::new(Source(file)))
    }

    fn remove(&self, name: BlobName) -> Result<(), StoreError> {
        self.0.remove(&self.0.path(name), "removing a blob")
    }

    fn each(&self, visit: &mut dyn FnMut(BlobName) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.0.walk(&self.0.folder, "", 2, visit)
    }
}

impl BlobSink for Sink {
    fn write(&mut self, data: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(data).map_err(StoreError::io("writing a blob"))
    }

    fn truncate(&mut self, length: u64) -> Result<(), StoreError> {
        self.file.truncate(length).map_err(StoreError::io("shortening a blob"))
    }

    fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        self.shared.healthy()?;
        let synced = self.file.sync_data();
        self.shared.synced(synced, "syncing a blob")?;
        let path = self.shared.path(self.name);
        let folder = path.parent().unwrap_or(&self.shared.folder);
        self.shared.ensure(folder.parent().unwrap_or(&self.shared.folder))?;
        self.shared.ensure(folder)?;
        self.shared.disk.rename(&self.temporary, &path).map_err(StoreError::io("renaming a blob"))?;
        self.state = State::Settled;
        self.shared.synced(self.shared.disk.sync_dir(folder), "syncing a blob's folder")
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        self.shared.healthy()?;
        let synced = self.file.sync_data();
        self.shared.synced(synced, "syncing an unfinished blob")?;
        if self.state == State::New {
            let folder = self.temporary.parent().unwrap_or(&self.shared.folder);
            self.shared.synced(self.shared.disk.sync_dir(folder), "syncing the folder of unfinished blobs")?;
            self.state = State::Kept;
        }
        Ok(())
    }

    fn discard(mut self: Box<Self>) {
        self.state = State::New;
    }
}

impl BlobSource for Sink {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        self.file.read_exact_at(buffer, offset).map_err(StoreError::io("reading an unfinished blob"))
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if self.state == State::New {
            // What stays here is removed when the folder is opened again.
            let _ = self.shared.disk.remove(&self.temporary);
        }
    }
}

impl BlobSource for Source {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        self.0.read_exact_at(buffer, offset).map_err(StoreError::io("reading a blob"))
    }
}
