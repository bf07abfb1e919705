//! Blobs in memory, for the engine that keeps everything there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{BlobFiles, BlobName, BlobSink, BlobSource};
use crate::refusal::StoreError;

/// Keeps blobs in maps: finished ones, and unfinished ones that are to outlive their engine.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    finished: BTreeMap<BlobName, Bytes>,
    kept: BTreeMap<BlobName, Content>,
}

/// Shared by the shelf and whoever writes it.
type Content = Arc<Mutex<Vec<u8>>>;

struct Sink {
    shelf: MemoryBlobs,
    name: BlobName,
    content: Content,
}

impl Shelf {
    /// What was finished and not published is unfinished again.
    fn take_back(&mut self, name: BlobName) {
        if let Some(content) = self.finished.remove(&name) {
            self.kept.insert(name, Arc::new(Mutex::new(content.to_vec())));
        }
    }
}

fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl BlobFiles for MemoryBlobs {
    fn create(&self, name: BlobName) -> Result<Box<dyn BlobSink>, StoreError> {
        Ok(Box::new(Sink { shelf: self.clone(), name, content: Content::default() }))
    }

    fn reopen(&self, name: BlobName, size: u64) -> Result<Box<dyn BlobSink>, StoreError> {
        let mut shelf = open(&self.0);
        shelf.take_back(name);
        let content = shelf.kept.get(&name).cloned().ok_or(StoreError::Damaged("an unfinished blob is missing"))?;
        drop(shelf);
        if open(&content).len() < index(size) {
            return Err(StoreError::Damaged("an unfinished blob is too short"));
        }
        open(&content).truncate(index(size));
        Ok(Box::new(Sink { shelf: self.clone(), name, content }))
    }

    fn recover(&self, unfinished: &[(BlobName, u64)], missing: &mut dyn FnMut(BlobName)) -> Result<(), StoreError> {
        let mut shelf = open(&self.0);
        let mut known = BTreeSet::new();
        for (name, size) in unfinished {
            shelf.take_back(*name);
            match shelf.kept.get(name).map(|content| open(content)).filter(|content| content.len() >= index(*size)) {
                Some(mut content) => {
                    content.truncate(index(*size));
                    known.insert(*name);
                }
                None => missing(*name),
            }
        }
        shelf.kept.retain(|name, _| known.contains(name));
        Ok(())
    }

    fn discard(&self, name: BlobName) -> Result<(), StoreError> {
        let mut shelf = open(&self.0);
        shelf.kept.remove(&name);
        shelf.finished.remove(&name);
        Ok(())
    }

    fn open(&self, name: BlobName) -> Result<Box<dyn BlobSource>, StoreError> {
        let found = open(&self.0).finished.get(&name).cloned();
        Ok(Box::new(found.ok_or(StoreError::Damaged("a blob is missing"))?))
    }

    fn remove(&self, name: BlobName) -> Result<(), StoreError> {
        open(&self.0).finished.remove(&name);
        Ok(())
    }

    fn each(&self, visit: &mut dyn FnMut(BlobName) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let names: Vec<_> = open(&self.0).finished.keys().copied().collect();
        names.into_iter().try_for_each(visit)
    }
}

impl BlobSink for Sink {
    fn write(&mut self, data: &[u8]) -> Result<(), StoreError> {
        open(&self.content).extend_from_slice(data);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> Result<(), StoreError> {
        open(&self.content).truncate(index(length));
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let content = Bytes::from(std::mem::take(&mut *open(&self.content)));
        let mut shelf = open(&self.shelf.0);
        shelf.kept.remove(&self.name);
        shelf.finished.insert(self.name, content);
        Ok(())
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        open(&self.shelf.0).kept.insert(self.name, self.content.clone());
        Ok(())
    }

    fn discard(self: Box<Self>) {
        open(&self.shelf.0).kept.remove(&self.name);
    }
}

impl BlobSource for Sink {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        fill(buffer, &open(&self.content), offset)
    }
}

impl BlobSource for Bytes {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        fill(buffer, self, offset)
    }
}

fn fill(buffer: &mut [u8], content: &[u8], offset: u64) -> Result<(), StoreError> {
    let content = index(offset).checked_add(buffer.len()).and_then(|to| content.get(index(offset)..to));
    buffer.copy_from_slice(content.ok_or(StoreError::Damaged("a blob is too short"))?);
    Ok(())
}
