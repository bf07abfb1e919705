//! The Transfer namespace, and downloads: what carries files.

mod append;
mod download;
mod update;
mod upload;

pub use append::{AppendFile, UploadFile};
pub use download::{Disposition, Download, Downloaded, FileFacts, Plan};
pub use update::{Changes, Piece, Update};
pub use upload::{Upload, Uploaded};

const NAMESPACE: &str = "Transfer";
