//! `larder upload`.

use std::path::PathBuf;

use clap::Args;
use larder::nvx::flow::{Stored, Uploading, When};
use larder::nvx::values::HeaderText;
use serde_json::json;

use super::connect::Connection;
use super::told::telling;
use super::{Ended, STATUS};
use crate::{Failure, say};

/// Uploads a file, and compares its MD5 with what arrived. What breaks goes on behind the last piece that arrived.
#[derive(Args)]
#[command(after_help = STATUS)]
pub(crate) struct Arguments {
    /// The file here; a pipe or a device is read to its end.
    file: PathBuf,
    /// Its path at the service, such as `Photos/a.jpg`; the folder is created if it is missing.
    path: String,
    /// Replace a file of this name.
    #[arg(long)]
    overwrite: bool,
    /// Its media type.
    #[arg(long, value_name = "TYPE", value_parser = |text: &str| text.parse::<HeaderText>())]
    content_type: Option<HeaderText>,
    /// Send it in pieces of so many bytes, whatever its length [default: 16 MiB above 64 MiB].
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    piece: Option<u64>,
    /// Note in this file how far it came, so that the same command goes on after it was killed, here or, with copies of both files,
    /// elsewhere. Removed when all is done; it holds a token, and is readable by you alone.
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let client = arguments.connection.nvx()?.with_options(telling(arguments.connection.options()));
    let Arguments { path, file, .. } = arguments;
    let stored = match &arguments.checkpoint {
        Some(checkpoint) => client.upload_file_resumable(path, file, checkpoint, arguments.how()),
        None => client.upload_file_with(path, file, arguments.how()),
    };
    let Stored { bytes, md5, verified, recovered } = stored.map_err(Ended::from)?;
    let md5 = md5.map(|md5| md5.to_string());
    say(json!({ "bytes": bytes, "md5": md5, "verified": verified, "recovered": recovered }));
    Ok(())
}

impl Arguments {
    fn how(&self) -> Uploading {
        let usual = Uploading { overwrite: self.overwrite, content_type: self.content_type.clone(), ..Uploading::default() };
        match self.piece {
            Some(piece) => Uploading { pieces: When::Always, piece, ..usual },
            None => usual,
        }
    }
}
