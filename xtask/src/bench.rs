//! Measuring: a package of its own, so that what Larder is compared with stays out of its lock file.

use crate::{Result, workspace};
use clap::Args;

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// `wire`, and its options: `--rounds N`, `--only PART_OF_A_ROW'S_NAME`, `--no-counts`; or `client`, and its: the same,
    /// `--calls N`, `--bytes N`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    arguments: Vec<String>,
}

/// Builds `xtask/bench` in release and runs it. Nothing in CI does: times hold for one machine at one moment.
///
/// # Errors
/// When it cannot be built or started.
pub fn run(options: &Options) -> Result<()> {
    let manifest = workspace::root().join("xtask/bench/Cargo.toml");
    let target = workspace::metadata()?.target_directory.into_std_path_buf().join("bench");
    let what = options.arguments.first().filter(|what| *what == "client").map_or("wire", String::as_str);
    let mut command = workspace::cargo(&["run", "--quiet", "--release", "--locked", "--bin", what, "--manifest-path"]);
    command.arg(manifest).arg("--target-dir").arg(target).arg("--").args(&options.arguments);
    workspace::run(command)
}
