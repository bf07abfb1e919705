//! The Transfer namespace, and downloads: what carries files.

mod download;
mod upload;

pub use download::{Disposition, Download, Downloaded, FileFacts, Plan};
pub use upload::{Upload, Uploaded};

const NAMESPACE: &str = "Transfer";
