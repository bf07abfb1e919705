//! Files on their way in, step by step. Every step may block while the disk is written.

use larder_core::Secret;
use larder_core::wire::FileHead;
use larder_proto_nvx::transfer::{Update, Upload, Uploaded};
use larder_proto_nvx::values::ContentRange;
use larder_proto_nvx::{Answer, Code, Fault};

use super::update::Updating;
use super::{Known, Nirvanix, said};
use crate::engine::{Destination, Piece, Upload as Stored};
use crate::rules::uploads::FirstByte;

/// An upload under way: [`file`](Self::file), [`chunk`](Self::chunk) and [`file_end`](Self::file_end) for every file, and
/// [`finish`](Self::finish) behind the last. A fault ends it. Dropped before its end, it leaves no half file behind; files
/// that were complete stay.
#[derive(Debug)]
pub struct Receiving {
    stored: Stored,
    /// The folder on the sender's machine that the first file is in.
    base: Option<String>,
    /// A form's empty file input: there is no file.
    is_skipping: bool,
    /// What the file's MD5 must be.
    md5: Option<[u8; 16]>,
    way: Way,
    /// Which operation's answer it is.
    answer: fn(Uploaded) -> Answer,
    done: Uploaded,
}

/// What is done with the files.
#[derive(Debug)]
enum Way {
    /// Nobody knows before the first file.
    Open(Box<Upload>),
    /// Each is stored.
    Storing,
    /// All are parts of one file that is changed.
    Updating(Box<Updating>),
}

impl Nirvanix {
    /// Lets an upload in, before the first byte of its first file has been read.
    ///
    /// # Errors
    /// 100 without a token; 80023, 80102 and 80104 for what the token does not allow; those of the folder's path.
    pub fn receive(&self, known: &Known, upload: &Upload) -> Result<Receiving, Fault> {
        let stored = self.let_in(known, upload.dest_folder_path.as_str())?;
        let (md5, way) = (upload.file_md5.map(|md5| md5.0), Way::Open(Box::new(upload.clone())));
        Ok(Receiving {
            stored,
            base: None,
            is_skipping: false,
            md5,
            way,
            answer: Answer::TransferUpload,
            done: Uploaded::default(),
        })
    }

    /// Lets an update in. Nothing is changed before [`Receiving::finish`].
    ///
    /// # Errors
    /// Those of [`Self::receive`]; 70004 if the token does not allow overwriting.
    pub fn receive_update(&self, known: &Known, update: &Update) -> Result<Receiving, Fault> {
        let stored = self.let_in(known, update.dest_folder_path.as_str())?;
        if !stored.overwrites() {
            return Err(Fault::from(Code::AlreadyExists));
        }
        let (md5, way) = (update.file_md5.map(|md5| md5.0), Way::Updating(Box::default()));
        Ok(Receiving {
            stored,
            base: None,
            is_skipping: false,
            md5,
            way,
            answer: Answer::TransferUpdate,
            done: Uploaded::default(),
        })
    }

    fn let_in(&self, known: &Known, folder: &str) -> Result<Stored, Fault> {
        let token = known.upload_token.as_ref().ok_or_else(|| Fault::from(Code::MissingRequiredParameter))?;
        let to = Destination {
            token: Secret::new(token.expose()),
            peer: known.asker.peer,
            folder: Some(folder.to_owned()),
            first_byte: FirstByte::Enforced,
        };
        self.engine.begin_upload(&to).map_err(said)
    }
}

impl Receiving {
    /// A file begins.
    ///
    /// # Errors
    /// 70108 for a range that is none or has no place there; 70004 and 70008 when the name is taken; those of names.
    pub fn file(&mut self, head: &FileHead) -> Result<(), Fault> {
        self.is_skipping = head.file_name.is_empty();
        if self.is_skipping {
            return Ok(());
        }
        let range = head.content_range.as_deref().map(range).transpose()?;
        let (folders, name) = place(&head.file_name, &mut self.base);
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        if let Way::Open(upload) = &self.way {
            let is_update = is_update(&self.stored, upload, head, (&folders, &name))?;
            self.way = if is_update { Way::Updating(Box::default()) } else { Way::Storing };
        }
        match &mut self.way {
            Way::Updating(updating) => updating.part(&self.stored, &head.file_name, (&folders, &name), range),
            Way::Open(_) | Way::Storing => self.stored.file(&folders, &name, range.map(piece)).map_err(said),
        }
    }

    /// Some bytes of it.
    ///
    /// # Errors
    /// 70108 beyond the range.
    pub fn chunk(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        if self.is_skipping {
            return Ok(());
        }
        self.done.bytes_uploaded += chunk.len() as u64;
        match &mut self.way {
            Way::Updating(updating) => updating.push(chunk),
            Way::Open(_) | Way::Storing => self.stored.push(chunk).map_err(said),
        }
    }

    /// It is complete: durable, and published unless it was a piece with more to come, or a part of an update.
    ///
    /// # Errors
    /// 70108 short of the range; 70106 for another MD5; what has happened to the name meanwhile.
    pub fn file_end(&mut self) -> Result<(), Fault> {
        if self.is_skipping {
            return Ok(());
        }
        if let Way::Updating(updating) = &mut self.way {
            return updating.part_end();
        }
        // A piece counts like a file, whether or not it is the last one.
        self.stored.end_file(self.md5).map_err(said)?;
        self.done.files_uploaded += 1;
        Ok(())
    }

    /// All files are there: the answer. An update is done here, which takes as long as copying the file does.
    ///
    /// # Errors
    /// Of an update: 100 without any part; 70108 for ranges that make no file; 70106 for another MD5; 70026 if the file has
    /// changed meanwhile. The file is as it was then.
    pub fn finish(mut self) -> Result<Answer, Fault> {
        if let Way::Updating(updating) = self.way {
            updating.finish(self.md5)?;
            self.done.files_uploaded = 1;
        }
        Ok((self.answer)(self.done))
    }
}

/// Whether an upload is an update by the address of uploads (N23). A field that is named so says it. An MD5 alone says it of
/// ranges of a file that is there, unless the same token has begun to upload it in pieces: the last one may tell the MD5.
fn is_update(stored: &Stored, upload: &Upload, head: &FileHead, (folders, name): (&[&str], &str)) -> Result<bool, Fault> {
    if !stored.overwrites() || !upload.is_update(&head.field) {
        return Ok(false);
    }
    let is_named_so = Upload { file_md5: None, ..upload.clone() }.is_update(&head.field);
    let may_be = head.content_range.is_some();
    Ok(is_named_so || may_be && stored.would_change(folders, name).map_err(said)?)
}

/// A part's `Content-Range`.
fn range(text: &str) -> Result<ContentRange, Fault> {
    text.parse().map_err(|_| Fault::from(Code::RangeNotSatisfiable))
}

fn piece(range: ContentRange) -> Piece {
    Piece::Range { first: range.first(), last: range.last(), total: range.total() }
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
