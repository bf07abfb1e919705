//! Where the workspace lies, and how cargo is called in it.

use crate::Result;
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The platform whose dependencies are counted and listed.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The folder that holds the workspace's `Cargo.toml`.
#[must_use]
pub fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_path_buf()
}

/// A cargo command in the root of the workspace: the same cargo that runs us.
#[must_use]
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Snapshots are reviewed by people; no run of ours writes one.
    command.current_dir(root()).args(arguments).env("INSTA_UPDATE", "no").env("INSTA_FORCE_PASS", "0");
    command
}

/// Runs a command with our own output streams.
///
/// # Errors
/// When it cannot start or ends with another status than 0.
pub fn run(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|problem| format!("{}: {problem}", shown(&command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", shown(&command)).into()) }
}

/// Runs a command and returns what it printed.
///
/// # Errors
/// When it cannot start, ends with another status than 0, or prints no UTF-8.
pub fn output(mut command: Command) -> Result<String> {
    let output = command.output().map_err(|problem| format!("{}: {problem}", shown(&command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} ended with {}\n{said}", shown(&command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn shown(command: &Command) -> String {
    let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
    format!("{} {}", command.get_program().to_string_lossy(), words.join(" "))
}

/// The graph as cargo resolves it for [`TARGET`].
///
/// # Errors
/// When `cargo metadata` fails.
pub fn metadata() -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml"));
    command.other_options(["--locked", "--filter-platform", TARGET].map(String::from));
    Ok(command.exec()?)
}
