//! A local file that appears only when it is complete.

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};
use std::{fs, io};

use bytes::Bytes;
use larder_transport::client::Sink;
use tokio::io::AsyncWriteExt;
use tokio::task::spawn_blocking;

/// A file on its way, beside the place where it will be. Dropped before that, it is gone.
#[derive(Debug)]
pub(super) struct Part {
    file: tokio::fs::File,
    temporary: Temporary,
}

/// Removes what it names, unless that was moved away.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    place: PathBuf,
}

impl Part {
    /// # Errors
    /// The file system's own.
    pub(super) async fn create(place: PathBuf) -> io::Result<Self> {
        // If the caller drops this meanwhile, the result is dropped too, and the file with it.
        let (file, temporary) = blocking(move || Temporary::create(place)).await?;
        Ok(Self { file: tokio::fs::File::from_std(file), temporary })
    }

    /// Puts the complete file in its place, so that it survives a power cut.
    ///
    /// # Errors
    /// The file system's own.
    pub(super) async fn publish(mut self) -> io::Result<()> {
        self.file.flush().await?;
        let Self { file, temporary } = self;
        let file = file.into_std().await;
        blocking(move || {
            file.sync_all()?;
            // Some systems do not rename an open file.
            drop(file);
            temporary.publish()
        })
        .await
    }
}

impl Sink for Part {
    async fn write(&mut self, _offset: u64, chunk: Bytes) -> io::Result<()> {
        self.file.write_all(&chunk).await
    }
}

impl Temporary {
    fn create(place: PathBuf) -> io::Result<(fs::File, Self)> {
        let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let mut hidden = OsString::from(".");
        hidden.push(name);
        // Not to be met by chance; `create_new` refuses it if it is.
        hidden.push(format!(".{:016x}.part", RandomState::new().hash_one(std::process::id())));
        let path = place.with_file_name(hidden);
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok((file, Self { path, place }))
    }

    fn publish(mut self) -> io::Result<()> {
        fs::rename(&self.path, &self.place)?;
        self.path.clear();
        sync_folder(&self.place)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // There is nobody to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes the new name of `place` survive a power cut.
#[cfg(unix)]
fn sync_folder(place: &Path) -> io::Result<()> {
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}
