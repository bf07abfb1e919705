//! What JavaScript asks for, made a machine.

use bytes::Bytes;
use larder_core::operation::{Names, Visit};
use larder_core::{ClientMachine, Operation, Target};
use larder_proto_nvx::codec::form;
use larder_proto_nvx::flow::{DownloadFile, Fetched, Stored, UploadFile, Uploading, When};
use larder_proto_nvx::transfer::Download;
use larder_proto_nvx::values::{FileName, FolderPath, Path};
use larder_proto_nvx::{Name, Nvx};
use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::running::{Caller, Running, Terms, json, of};

/// A call. What files need is asked for by `feed`, and comes by `data`.
#[derive(Deserialize)]
#[serde(tag = "call", rename_all = "camelCase")]
enum Wish {
    /// Any operation by its name (`IMFS/ListFolder`); its request is in the message's bytes, as a form.
    Message { operation: String },
    /// A file, checked by its MD5. In pieces of `piece` bytes, if that is said.
    Upload {
        folder: FolderPath,
        name: FileName,
        #[serde(default)]
        overwrite: bool,
        piece: Option<u64>,
    },
    /// A file, checked by its MD5.
    Download { path: Path },
}

/// The machine of a call.
///
/// # Errors
/// What is wrong with it, for whoever wrote it.
pub(crate) fn machine(message: &Message, target: Target) -> Result<Box<dyn Caller<Nvx>>, String> {
    let terms: Terms = message.read()?;
    Ok(match message.read()? {
        Wish::Message { operation } => {
            let name = Name::ALL.iter().find(|name| name.meta().to_string() == operation);
            let name = name.ok_or_else(|| format!("there is no operation {operation}"))?;
            name.visit(Asked { request: &message.bytes, target, terms })?
        }
        Wish::Upload { folder, name, overwrite, piece } => {
            let usual = Uploading { overwrite, ..Uploading::default() };
            let how = piece.map_or(usual.clone(), |piece| Uploading { pieces: When::Always, piece, ..usual });
            boxed(UploadFile::new(folder, name, how, terms.settings(target)), stored)
        }
        Wish::Download { path } => boxed(DownloadFile::new(Download::new(path), true, terms.settings(target)), fetched),
    })
}

fn boxed<M: ClientMachine<Nvx> + 'static>(machine: M, written: fn(&M::Answer) -> Bytes) -> Box<dyn Caller<Nvx>> {
    Box::new(Running { machine, written })
}

/// The request of an operation that is known by name, as a call.
struct Asked<'a> {
    request: &'a [u8],
    target: Target,
    terms: Terms,
}

impl Visit for Asked<'_> {
    type Output = Result<Box<dyn Caller<Nvx>>, String>;

    fn visit<O: Operation>(self) -> Self::Output {
        let text = core::str::from_utf8(self.request).map_err(|_| format!("{}: no UTF-8", O::META))?;
        let pairs = form::parse(text, form::MAX_PAIRS);
        let request = pairs.and_then(|pairs| form::from_pairs::<O, _, _>(&pairs));
        let request = request.map_err(|reject| format!("{}: {reject}", O::META))?;
        of(request, self.terms.settings(self.target)).ok_or_else(|| format!("{} is another API's", O::META))
    }
}

/// What came of an upload or a download.
#[derive(Serialize)]
struct Moved {
    bytes: u64,
    md5: Option<String>,
    verified: bool,
}

fn stored(file: &Stored) -> Bytes {
    json(&Moved { bytes: file.bytes, md5: file.md5.map(|md5| md5.to_string()), verified: file.verified })
}

fn fetched(file: &Fetched) -> Bytes {
    json(&Moved { bytes: file.bytes, md5: file.md5.map(|md5| md5.to_string()), verified: file.verified })
}
