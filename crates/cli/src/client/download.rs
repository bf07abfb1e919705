//! `larder download`.

use std::path::{Path, PathBuf};

use clap::Args;
use larder::blocking::nvx::Downloading;
use larder::nvx::flow::{Fetched, Ranges, RangesCheckpoint};
use serde_json::json;

use super::connect::Connection;
use super::told::telling;
use super::{Ended, STATUS};
use crate::{Failure, say, warn};

/// Downloads a file, several ranges at once, and compares its MD5 with what the service says. The file here is replaced when
/// all is there and is the right one, and not before.
#[derive(Args)]
#[command(after_help = STATUS)]
pub(crate) struct Arguments {
    /// Its path at the service, such as `Photos/a.jpg`.
    path: String,
    /// Where it goes; `/dev/stdout` takes it as it comes.
    file: PathBuf,
    /// Ranges at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    at_once: u16,
    /// Bytes of a range.
    #[arg(long, value_name = "BYTES", default_value_t = Ranges::SIZE, value_parser = clap::value_parser!(u64).range(1..))]
    range: u64,
    /// Note in this file what came, so that the same command goes on after it was killed, here or, with copies of this file and of
    /// the one beside the file here, whose name ends in `.part`, elsewhere. Both are removed when all is done.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connection.nvx()?.with_options(telling(arguments.connection.options()));
    let how = Downloading { at_once: arguments.at_once.into(), range: arguments.range, ..Downloading::default() };
    let fetched = match &arguments.checkpoint {
        Some(checkpoint) => {
            tell(checkpoint);
            client.download_file_resumable(&arguments.path, &arguments.file, checkpoint, &how)
        }
        None => client.download_file_with(&arguments.path, &arguments.file, &how),
    };
    let Fetched { bytes, md5, verified, .. } = fetched.map_err(Ended::from)?;
    let md5 = md5.map(|md5| md5.to_string());
    let told = json!({ "bytes": bytes, "md5": md5, "verified": verified });
    // Standard output may be where the file went.
    if arguments.file.starts_with("/dev") || arguments.file.starts_with("/proc") {
        warn(told)
    } else {
        say(told)
    }
    Ok(())
}

/// Tells what is here already. What is wrong with a checkpoint is told by who uses it.
fn tell(checkpoint: &Path) {
    let known = std::fs::read(checkpoint).ok().and_then(|text| RangesCheckpoint::from_text(&text).ok());
    if let Some(known) = known {
        let (received, length) = (known.received(), known.length());
        let text = format_args!("larder: goes on: {received} of {length} bytes are here; the MD5 of all is computed in the end");
        warn(text);
    }
}
