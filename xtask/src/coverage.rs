//! The table of operations. It is a package of its own beside this one: it decodes messages and asks a server, so that it
//! needs most of the workspace, which the other commands must not wait for.

use crate::{Result, workspace};
use clap::Args;

/// What to do with the summary.
#[derive(Args, Default)]
pub struct Options {
    /// Renew the summary in README.md
    #[arg(long)]
    pub write: bool,
}

/// Prints the table.
///
/// # Errors
/// A hole in the wire columns, or a summary in README.md that is another.
pub fn run(options: &Options) -> Result<()> {
    let mut command = workspace::cargo(&["run", "--quiet", "--locked", "--package", "larder-coverage", "--"]);
    command.args(options.write.then_some("--write"));
    workspace::run(command)
}
