//! No snapshot may wait for review: a pending one means that a test saw something new.

use crate::{Result, no_findings};
use std::path::Path;

/// Looks below `root` for `*.snap.new` and `*.pending-snap`.
///
/// # Errors
/// When there is one, or a folder cannot be read.
pub fn run(root: &Path) -> Result<()> {
    let mut found = Vec::new();
    visit(root, &mut found)?;
    no_findings("pending snapshots", &found)
}

fn visit(folder: &Path, found: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_dir() {
            if name != "target" && name != ".git" {
                visit(&entry.path(), found)?;
            }
        } else if name.ends_with(".snap.new") || name.ends_with(".pending-snap") {
            found.push(entry.path().display().to_string());
        }
    }
    Ok(())
}
