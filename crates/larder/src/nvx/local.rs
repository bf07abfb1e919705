//! Local files, used by the runtime's threads for blocking work.

use std::fs::Metadata;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use larder_proto_nvx::values::Md5;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

use crate::both::nvx::checkpoint::{Lock, Store};
use crate::both::nvx::part::{self, Known};

/// See [`part::Begun`].
#[derive(Debug)]
pub(super) enum Begun {
    Part(Part),
    Stream(Stream),
}

/// What takes the bytes as they come.
pub(super) type Stream = tokio::fs::File;

/// See [`part::begin`].
pub(super) async fn begin(path: PathBuf) -> io::Result<Begun> {
    // If the caller drops this meanwhile, the result is dropped too, and the file with it.
    Ok(match blocking(move || part::begin(path)).await? {
        part::Begun::Part(part) => Begun::Part(Part(part)),
        part::Begun::Stream(file) => Begun::Stream(file.into()),
    })
}

/// See [`part::begin_kept`].
pub(super) async fn begin_kept(path: PathBuf, known: Known) -> io::Result<Begun> {
    Ok(match blocking(move || part::begin_kept(path, known)).await? {
        part::Begun::Part(part) => Begun::Part(Part(part)),
        part::Begun::Stream(file) => Begun::Stream(file.into()),
    })
}

/// See [`part::lock`].
pub(super) async fn lock(store: &Store, local: PathBuf) -> io::Result<Lock> {
    let store = store.clone();
    blocking(move || store.lock(&local)).await
}

/// See [`part::keep`].
pub(super) async fn keep(file: &Arc<std::fs::File>, store: &Store, text: String) -> io::Result<()> {
    let (file, store) = (Arc::clone(file), store.clone());
    blocking(move || part::keep(&file, &store, &text)).await
}

/// See [`part::checkpoint`].
pub(super) async fn checkpoint(store: &Store) -> io::Result<Option<Vec<u8>>> {
    let store = store.clone();
    blocking(move || store.read()).await
}

/// See [`part::save`].
pub(super) async fn save(store: &Store, text: String) -> io::Result<()> {
    let store = store.clone();
    blocking(move || store.save(&text)).await
}

/// See [`part::done`].
pub(super) async fn done(store: &Store) -> io::Result<()> {
    let store = store.clone();
    blocking(move || store.remove()).await
}

/// See [`part::end`].
pub(super) async fn end(mut stream: Stream) -> io::Result<()> {
    stream.flush().await
}

/// See [`part::Part`].
#[derive(Debug)]
pub(super) struct Part(part::Part);

impl Part {
    pub(super) fn file(&self) -> &Arc<std::fs::File> {
        self.0.file()
    }

    pub(super) async fn cut(&self, length: Option<u64>) -> io::Result<u64> {
        let file = Arc::clone(self.file());
        blocking(move || part::cut(&file, length)).await
    }

    pub(super) async fn discard(self) -> io::Result<()> {
        blocking(move || self.0.discard()).await
    }

    pub(super) async fn publish(self) -> io::Result<()> {
        blocking(move || self.0.publish()).await
    }
}

/// See [`part::md5`].
pub(super) async fn md5(file: &Arc<std::fs::File>) -> io::Result<Md5> {
    let file = Arc::clone(file);
    blocking(move || part::md5(&file)).await
}

/// A local file to be read, and what it is.
pub(super) async fn open(path: PathBuf) -> io::Result<(tokio::fs::File, Metadata)> {
    let file = tokio::fs::File::open(path).await?;
    let facts = file.metadata().await?;
    Ok((file, facts))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
