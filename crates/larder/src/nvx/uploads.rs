//! Files on their way to the service.

use std::path::Path as LocalPath;

use larder_core::Settings;
use larder_proto_nvx::flow::{Stored, UploadFile, Uploading};
use larder_transport::client::{Once, Seekable, Source};

use super::{Client, Error, Result, place};

impl Client {
    /// Uploads a file to the path, whose folder is created if it is missing: asks for a storage node, sends the file there,
    /// and compares its MD5 with what arrived. What breaks goes on: see [`UploadFile`].
    ///
    /// # Errors
    /// 70004 and 70008 when the name is taken, 10001 when the file is too large;
    /// [`Content`](larder_core::ErrorKind::Content) when something else arrived; or the source cannot be read.
    pub async fn upload(&self, path: &str, source: impl Source) -> Result<Stored> {
        self.upload_with(path, source, Uploading::default()).await
    }

    /// Uploads a file in another way: in pieces of another size, over a file of the same name, with a type or an MD5.
    ///
    /// # Errors
    /// As for [`upload`](Self::upload).
    pub async fn upload_with(&self, path: &str, source: impl Source, how: Uploading) -> Result<Stored> {
        let (folder, name) = place::split(path)?;
        let settings = Settings { length: self.settings().length.or(source.length()), ..self.settings().clone() };
        Ok(self.transport().drive(UploadFile::new(folder, name, how, settings), source, ()).await?)
    }

    /// Uploads a local file.
    ///
    /// # Errors
    /// As for [`upload`](Self::upload).
    pub async fn upload_file(&self, path: &str, local: impl AsRef<LocalPath>) -> Result<Stored> {
        self.upload_file_with(path, local, Uploading::default()).await
    }

    /// Uploads a local file in another way.
    ///
    /// # Errors
    /// As for [`upload`](Self::upload).
    pub async fn upload_file_with(&self, path: &str, local: impl AsRef<LocalPath>, how: Uploading) -> Result<Stored> {
        // A mistake in the path shows before the file is touched.
        place::split(path)?;
        let file = tokio::fs::File::open(local).await.map_err(Error::Read)?;
        let facts = file.metadata().await.map_err(Error::Read)?;
        if facts.is_file() {
            self.upload_with(path, Seekable::new(file, Some(facts.len())), how).await
        } else {
            // A pipe or a device.
            self.upload_with(path, Once::new(file, None), how).await
        }
    }
}
