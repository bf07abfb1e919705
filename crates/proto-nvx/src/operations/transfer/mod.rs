//! The Transfer namespace, and downloads: what carries files.

mod append;
mod changes;
mod download;
mod update;
mod upload;

pub use append::{AppendFile, UploadFile};
pub use changes::{Changes, Piece};
pub use download::{Disposition, Download, Downloaded, FileFacts, Plan};
pub use update::Update;
pub use upload::{Upload, Uploaded};

const NAMESPACE: &str = "Transfer";
/// What an upload destroys.
const OVERWRITTEN: &str = "a file of the same name, if the token allows it";
