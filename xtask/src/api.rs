//! The listings of public APIs. Their tool is a package of its own beside this one, so that the other commands do not wait for it.

use crate::{Result, workspace};
use clap::Args;

/// What to do with the listings.
#[derive(Args, Default)]
pub struct Options {
    /// Write nothing: fail where api.txt is not what there is
    #[arg(long)]
    pub check: bool,
    /// Only this crate; repeatable
    #[arg(long = "package", short, value_name = "PACKAGE")]
    pub packages: Vec<String>,
}

/// Writes `crates/*/api.txt`, or compares; holds that no package below 1.0 stands in a public signature.
///
/// # Errors
/// A listing that is another, a package below 1.0, a crate that has no documentation.
pub fn run(options: &Options) -> Result<()> {
    let mut command = tool();
    command.args(options.check.then_some("--check"));
    command.args(options.packages.iter().flat_map(|package| ["--package", package]));
    workspace::run(command)
}

/// Holds that features only add: what is there with fewer is there with more.
///
/// # Errors
/// What is not.
pub fn hold_additive() -> Result<()> {
    let mut command = tool();
    command.arg("--additive");
    workspace::run(command)
}

fn tool() -> std::process::Command {
    workspace::cargo(&["run", "--quiet", "--locked", "--package", "larder-public-api", "--"])
}
