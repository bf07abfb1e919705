//! Cruelty that needs more than a test may ask for: root, and a file system of its own.

use crate::{Result, workspace};
use std::process::Command;

/// Cuts the power under a running service, and checks that what it acknowledged is whole afterwards.
///
/// # Errors
/// Something was lost, or the machine does not allow it.
pub fn run() -> Result<()> {
    workspace::run(workspace::cargo(&["build", "--release", "-p", "larder-cli", "--locked"]))?;
    let larder = workspace::metadata()?.target_directory.into_std_path_buf().join("release/larder");
    let mut script = Command::new("python3");
    script.arg(workspace::root().join("xtask/torture/power_cut.py")).arg(larder);
    workspace::run(script)
}
