//! `--journal FILE` of the commands that call a service, and `larder replay`.

mod explain;
pub(crate) mod replay;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::builder::{PathBufValueParser, TypedValueParser};
use larder::larder_core::Meta;
use larder::larder_core::journal::Out;
use larder::larder_transport::journal::Journals;

/// One file for each call: the first is `path`, the next ones have `.2`, `.3` and so on behind it.
struct Files {
    path: PathBuf,
    calls: AtomicU64,
}

/// The value of `--journal`: a journal that was kept is not overwritten.
pub(crate) fn new_file() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        let is_there = path.symlink_metadata().is_ok();
        if is_there { Err("it exists already, and a journal overwrites nothing") } else { Ok(path) }
    })
}

/// Where the journals of a command's calls go.
pub(crate) fn files(path: Option<&Path>) -> Option<Arc<dyn Journals>> {
    path.map(|path| -> Arc<dyn Journals> { Arc::new(Files { path: path.to_owned(), calls: AtomicU64::new(0) }) })
}

impl Journals for Files {
    fn begin(&self, _operation: &Meta, _host: &str) -> Option<Out> {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        let mut path = self.path.clone();
        if number > 1 {
            path.as_mut_os_string().push(format!(".{number}"));
        }
        match create(&path) {
            Ok(file) => Some(writer(path, file)),
            Err(error) => {
                crate::warn(format_args!("larder: no journal: {}: {error}", path.display()));
                None
            }
        }
    }
}

/// Writes until it cannot, and says so once: who has no room for a journal still wants the call.
fn writer(path: PathBuf, file: File) -> Out {
    let mut file = Some(file);
    Box::new(move |line: &[u8]| {
        if let Some(Err(error)) = file.as_mut().map(|file| file.write_all(line)) {
            crate::warn(format_args!("larder: the journal ends here: {}: {error}", path.display()));
            file = None;
        }
    })
}

/// For its owner alone: what is in it is no secret, but it is the user's data. One that is there stays.
fn create(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}
