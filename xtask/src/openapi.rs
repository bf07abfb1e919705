//! The OpenAPI document of the reseller API. A package of its own makes it, since it needs the catalog.

use crate::{Result, workspace};
use clap::Args;

/// What to do with the document.
#[derive(Args, Default)]
pub struct Options {
    /// Change nothing; fail if the document is another
    #[arg(long)]
    pub check: bool,
}

/// Writes `openapi/e2.json`.
///
/// # Errors
/// A fixture that cannot be read; or, when asked to check, a document that is another.
pub fn run(options: &Options) -> Result<()> {
    let mut command = workspace::cargo(&["run", "--quiet", "--locked", "--package", "larder-describe", "--"]);
    command.args(options.check.then_some("--check"));
    workspace::run(command)
}
