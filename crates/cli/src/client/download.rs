//! `larder download`.

use std::path::PathBuf;

use clap::Args;
use larder::blocking::nvx::Downloading;
use larder::nvx::flow::{Fetched, Ranges};
use serde_json::json;

use super::connect::Connection;
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
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connection.nvx()?;
    let how = Downloading { at_once: arguments.at_once.into(), range: arguments.range, ..Downloading::default() };
    let fetched = client.download_file_with(&arguments.path, &arguments.file, &how).map_err(Ended::from)?;
    let Fetched { bytes, md5, verified, .. } = fetched;
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
