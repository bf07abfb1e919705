//! `larder quickstart`: the whole service in one go, through real HTTP, with every answer checked.

mod report;
mod steps;
mod watch;
mod world;

use std::path::PathBuf;

use clap::Args;

use crate::Failure;

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
    /// Leave the server running at the end, until SIGINT or SIGTERM.
    #[arg(long)]
    keep: bool,
}

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let folder = world::Folder::open(arguments.data.as_deref())?;
    runtime.block_on(async {
        let world = world::World::start(&folder, arguments.keep).await?;
        let files = steps::files(&folder, arguments.files)?;
        let outcome = steps::run(&world, &files).await;
        if outcome.is_ok() && arguments.keep {
            println!("\nThe server keeps running at {}; end it with Ctrl-C.", world.base());
            crate::serve::until_signal().await?;
        }
        world.stop().await?;
        outcome
    })
}
