//! Files that come within messages: what SOAP has for uploads.

use larder_core::Secret;
use larder_proto_nvx::Fault;
use larder_proto_nvx::transfer::{AppendFile, UploadFile};
use larder_proto_nvx::values::{FileData, Path, Token};

use super::{Asker, Nirvanix, said};
use crate::engine::{Destination, Piece};
use crate::rules::uploads::FirstByte;

impl Nirvanix {
    /// Puts what comes behind what came before. Blocks.
    pub(super) fn append(&self, asker: &Asker, append: &AppendFile) -> Result<(), Fault> {
        let piece = Piece::Append { end: append.end_of_file };
        self.take(asker, &append.upload_token, &append.path, append.file_data.as_ref(), Some(piece))
    }

    /// Takes a whole file. Blocks.
    pub(super) fn upload(&self, asker: &Asker, upload: &UploadFile) -> Result<(), Fault> {
        self.take(asker, &upload.upload_token, &upload.path, Some(&upload.file_data), None)
    }

    fn take(
        &self,
        asker: &Asker,
        token: &Token,
        path: &Path,
        data: Option<&FileData>,
        piece: Option<Piece>,
    ) -> Result<(), Fault> {
        let (folder, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let to = Destination {
            token: Secret::new(token.expose()),
            peer: asker.peer,
            folder: Some(folder.to_owned()),
            first_byte: FirstByte::Ignored,
        };
        let mut upload = self.engine.begin_upload(&to).map_err(said)?;
        upload.file(&[], name, piece).map_err(said)?;
        for bytes in data.map(FileData::pieces).unwrap_or_default() {
            upload.push(bytes).map_err(said)?;
        }
        upload.end_file(None).map_err(said)?;
        Ok(())
    }
}
