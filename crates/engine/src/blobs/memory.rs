//! Blobs in memory, for the engine that keeps everything there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::{BlobFiles, BlobName, BlobSink, BlobSource};
use crate::refusal::StoreError;

type Shelf = Arc<Mutex<BTreeMap<BlobName, Bytes>>>;

/// Keeps finished blobs in a map.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(Shelf);

struct Sink {
    shelf: Shelf,
    name: BlobName,
    content: Vec<u8>,
}

impl BlobFiles for MemoryBlobs {
    fn create(&self, name: BlobName) -> Result<Box<dyn BlobSink>, StoreError> {
        Ok(Box::new(Sink { shelf: self.0.clone(), name, content: Vec::new() }))
    }

    /// Nothing outlives the process.
    fn reopen(&self, _: BlobName, _: u64) -> Result<Box<dyn BlobSink>, StoreError> {
        Err(StoreError::Damaged("an unfinished blob is missing"))
    }

    fn recover(&self, unfinished: &[(BlobName, u64)], missing: &mut dyn FnMut(BlobName)) -> Result<(), StoreError> {
        unfinished.iter().for_each(|(name, _)| missing(*name));
        Ok(())
    }

    fn discard(&self, _: BlobName) -> Result<(), StoreError> {
        Ok(())
    }

    fn open(&self, name: BlobName) -> Result<Box<dyn BlobSource>, StoreError> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        Ok(Box::new(found.ok_or(StoreError::Damaged("a blob is missing"))?))
    }

    fn remove(&self, name: BlobName) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&name);
        Ok(())
    }

    fn each(&self, visit: &mut dyn FnMut(BlobName) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let names: Vec<_> = self.0.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        names.into_iter().try_for_each(visit)
    }
}

impl BlobSink for Sink {
    fn write(&mut self, data: &[u8]) -> Result<(), StoreError> {
        self.content.extend_from_slice(data);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> Result<(), StoreError> {
        self.content.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let Self { shelf, name, content } = *self;
        shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Bytes::from(content));
        Ok(())
    }

    fn keep(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn discard(self: Box<Self>) {}
}

impl BlobSource for Sink {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        fill(buffer, &self.content, offset)
    }
}

impl BlobSource for Bytes {
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> Result<(), StoreError> {
        fill(buffer, self, offset)
    }
}

fn fill(buffer: &mut [u8], content: &[u8], offset: u64) -> Result<(), StoreError> {
    let from = usize::try_from(offset).unwrap_or(usize::MAX);
    let content = from.checked_add(buffer.len()).and_then(|to| content.get(from..to));
    buffer.copy_from_slice(content.ok_or(StoreError::Damaged("a blob is too short"))?);
    Ok(())
}
