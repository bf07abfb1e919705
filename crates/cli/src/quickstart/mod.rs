//! `larder quickstart`: the whole service in one go, through real HTTP, with every answer checked.

mod report;
mod steps;
mod watch;
mod world;

use std::path::PathBuf;

use clap::Args;

use crate::{Failure, say};

/// Exits with an error if anything differs from what was sent.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The files to upload; a 64 MiB file that it makes, when there is none.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A data folder to use, and to keep; a temporary one otherwise. Its `credentials.json` is used, and made if the
    /// folder is empty.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Leave the server running at the end, until SIGINT or SIGTERM, and leave `quickstart.env` in the data folder: the
    /// variables of the printed curl lines, passwords among them.
    #[arg(long)]
    keep: bool,
    /// Write down all that each call does and is told, for `larder replay`. Secrets are replaced by placeholders; the contents of
    /// files that are transferred are in it as they are, twice: it is about three times as long as what is transferred. The first
    /// call has FILE, the next ones FILE.2, FILE.3 and so on. A FILE that exists is refused.
    #[arg(long, value_name = "FILE", value_parser = crate::journal::new_file())]
    journal: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = world::Folder::open(arguments.data.as_deref())?;
    runtime.block_on(async {
        let mut signal = std::pin::pin!(crate::serve::until_signal()?);
        let world = world::World::start(&folder, arguments.keep, arguments.journal.as_deref()).await?;
        let files = steps::files(&folder, arguments.files)?;
        let outcome = tokio::select! {
            outcome = steps::run(&world, &files) => outcome,
            () = &mut signal => Err("interrupted".into()),
        };
        if outcome.is_ok() && arguments.keep {
            say(format_args!("\nThe server keeps running at {}; end it with Ctrl-C.", world.base()));
            signal.await;
        }
        world.stop().await?;
        outcome
    })
}
