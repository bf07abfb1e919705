//! Many files at once, by threads that are gone when the method returns.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use larder_proto_nvx::flow::{Stored, Uploading};

use super::transport::Source;
use super::{Client, Result};

impl Client {
    /// Uploads many files, each to its path, so many at once (16 move at once at most, by the client's permits). One that fails
    /// does not stop the others. The results come in the order of the files.
    pub fn upload_many<S, I>(&self, files: I, how: &Uploading, at_once: usize) -> Vec<Result<Stored>>
    where
        S: Source,
        I: IntoIterator<Item = (String, S)>,
        I::IntoIter: Send,
    {
        each(files, at_once, |(path, source)| self.upload_with(&path, source, how.clone()))
    }

    /// Uploads many local files, each to its path, so many at once. A file is opened when its turn comes.
    pub fn upload_files<I>(&self, files: I, how: &Uploading, at_once: usize) -> Vec<Result<Stored>>
    where
        I: IntoIterator<Item = (String, PathBuf)>,
        I::IntoIter: Send,
    {
        each(files, at_once, |(path, local)| self.upload_file_with(&path, local, how.clone()))
    }
}

/// Does this work for each of them, by so many threads; the results in their order.
fn each<I, T: Send>(items: I, at_once: usize, work: impl Fn(I::Item) -> T + Sync) -> Vec<T>
where
    I: IntoIterator<IntoIter: Send>,
{
    // Taken one by one: an iterator that is long costs nothing.
    let items = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(Vec::new());
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    std::thread::scope(|threads| {
        for _ in 0..at_once.max(1) {
            threads.spawn(|| {
                while let Some((number, item)) = next() {
                    let result = work(item);
                    results.lock().unwrap_or_else(PoisonError::into_inner).push((number, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(number, _)| *number);
    results.into_iter().map(|(_, result)| result).collect()
}
