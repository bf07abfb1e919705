//! Files on their way in.

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use larder_core::Secret;
use larder_core::wire::FileHead;
use larder_engine::Engine;
use larder_engine::engine::{Destination, Piece, Upload as Stored};
use larder_engine::rules::uploads::FirstByte;
use larder_proto_nvx::transfer::{Upload, Uploaded};
use larder_proto_nvx::values::ContentRange;
use larder_proto_nvx::{Answer, Code, Fault, Nvx};
use larder_transport::server;

use super::{said, settled};
use crate::blocking;

/// An upload under way. Dropped before its end, it leaves no half file behind; files that were complete stay.
pub(crate) struct Receiving {
    /// Away only while a thread works with it.
    stored: Option<Stored>,
    /// The folder on the sender's machine that the first file is in.
    base: Option<String>,
    /// A form's empty file input: there is no file.
    is_skipping: bool,
    /// What the file's MD5 must be.
    md5: Option<[u8; 16]>,
    done: Uploaded,
}

impl Receiving {
    pub(crate) fn begin(engine: &Arc<Engine>, token: Secret, peer: IpAddr, upload: &Upload) -> Result<Self, Fault> {
        let folder = Some(upload.dest_folder_path.as_str().to_owned());
        let to = Destination { token, peer, folder, first_byte: FirstByte::Enforced };
        let stored = engine.begin_upload(&to).map_err(said)?;
        let md5 = upload.file_md5.map(|md5| md5.0);
        Ok(Self { stored: Some(stored), base: None, is_skipping: false, md5, done: Uploaded::default() })
    }

    /// Works with the stored upload where that may block.
    async fn work<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Stored) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let mut stored = self.stored.take().ok_or_else(|| Fault::from(Code::Configuration))?;
        let (stored, result) = blocking::run(move || {
            let result = work(&mut stored);
            (stored, result)
        })
        .await
        .unzip();
        self.stored = stored;
        settled(result)
    }
}

impl server::Upload<Nvx> for Receiving {
    async fn file(&mut self, head: FileHead) -> Result<(), Fault> {
        self.is_skipping = head.file_name.is_empty();
        if self.is_skipping {
            return Ok(());
        }
        let piece = head.content_range.as_deref().map(piece).transpose()?;
        let (folders, name) = place(&head.file_name, &mut self.base);
        self.work(move |stored| {
            let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
            stored.file(&folders, &name, piece).map_err(said)
        })
        .await
    }

    async fn chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        if self.is_skipping {
            return Ok(());
        }
        self.done.bytes_uploaded += chunk.len() as u64;
        self.work(move |stored| stored.push(&chunk).map_err(said)).await
    }

    async fn file_end(&mut self) -> Result<(), Fault> {
        if self.is_skipping {
            return Ok(());
        }
        let md5 = self.md5;
        // A piece counts like a file, whether or not it is the last one.
        self.work(move |stored| stored.end_file(md5).map_err(said)).await?;
        self.done.files_uploaded += 1;
        Ok(())
    }

    async fn finish(self) -> Result<Answer, Fault> {
        Ok(Answer::TransferUpload(self.done))
    }
}

fn piece(range: &str) -> Result<Piece, Fault> {
    let range: ContentRange = range.parse().map_err(|_| Fault::from(Code::RangeNotSatisfiable))?;
    Ok(Piece::Range { first: range.first(), last: range.last(), total: range.total() })
}

/// Where a file goes below the upload's folder. Clients send full local paths: the first file's folder is the base, and
/// what lies below it keeps its folders; anything else keeps its name only. Below a first file without a folder lies
/// whatever is relative.
fn place(path: &str, base: &mut Option<String>) -> (Vec<String>, String) {
    let path = path.replace('\\', "/");
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let below = match base {
        None => {
            *base = Some(folder.to_owned());
            ""
        }
        Some(base) if base.is_empty() => Some(folder).filter(|folder| !is_absolute(folder)).unwrap_or(""),
        Some(base) => folder.strip_prefix(base.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(""),
    };
    let folders = below.split('/').filter(|folder| !folder.is_empty() && *folder != "." && *folder != "..");
    (folders.map(str::to_owned).collect(), name.to_owned())
}

/// Whether a folder is one of a whole machine, as Windows or another system writes it.
fn is_absolute(folder: &str) -> bool {
    folder.starts_with('/') || folder.split('/').next().is_some_and(|first| first.ends_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_table_of_local_paths() {
        let mut base = None;
        let mut go = |path: &str| {
            let (folders, name) = place(path, &mut base);
            folders.into_iter().chain([name]).collect::<Vec<_>>().join("/")
        };
        assert_eq!(go(r"C:\Photos\myDog.jpg"), "myDog.jpg");
        assert_eq!(go(r"C:\Photos\Trips\Hawaii\DSC001.jpg"), "Trips/Hawaii/DSC001.jpg");
        assert_eq!(go(r"C:\PhotosOther\x.jpg"), "x.jpg");
        assert_eq!(go(r"D:\y.jpg"), "y.jpg");
        assert_eq!(go(r"C:\Photos\..\..\z.jpg"), "z.jpg");
    }

    #[test]
    fn a_bare_name_first_lets_relative_paths_follow() {
        let mut base = None;
        assert_eq!(place("a.txt", &mut base), (vec![], "a.txt".to_owned()));
        assert_eq!(place("sub/b.txt", &mut base), (vec!["sub".to_owned()], "b.txt".to_owned()));
        for absolute in [r"C:\sub\c.txt", r"C:\c.txt", "/sub/c.txt", "//server/share/c.txt"] {
            assert_eq!(place(absolute, &mut base), (vec![], "c.txt".to_owned()), "{absolute}");
        }
    }
}
