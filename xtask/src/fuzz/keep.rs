//! What of a run's inputs is worth a place in the repository.

use std::fs;

use super::{Folders, files, fuzzer, plant};
use crate::Result;

/// Inputs of one target that are added to the repository at once, and their bytes.
const MOST: (usize, u64) = (32, 16 << 10);

/// Adds to the kept inputs of a target some that reach code which neither the seeds nor they reach, those first that reach
/// most of it. How often code is reached does not count: that would keep thousands.
pub(super) fn keep(folders: &Folders, target: &str) -> Result<()> {
    let (corpus, merged, kept) = (folders.of("corpus", target), folders.of("merged", target), folders.kept(target));
    if files(&corpus)?.is_empty() {
        println!("{target}: no run has left anything to look at");
        return Ok(());
    }
    plant(folders, target)?;
    if merged.is_dir() {
        fs::remove_dir_all(&merged)?;
    }
    fs::create_dir_all(&merged)?;
    let known = [files(&folders.of("seeds", target))?, files(&kept)?].concat();
    for (number, file) in known.iter().enumerate() {
        fs::copy(file, merged.join(format!("known-{number}")))?;
    }
    let mut command = fuzzer(target, &[&merged, &corpus]);
    let status = command.args(["-set_cover_merge=1", "-use_counters=0", "-timeout=10", "-rss_limit_mb=2048"]).status()?;
    if !status.success() {
        return Err(format!("{target}: merging ended with {status}").into());
    }
    let mut new = Vec::new();
    for file in files(&merged)?.into_iter().filter(|file| !file.to_string_lossy().contains("/known-")) {
        let about = file.metadata()?;
        new.push((about.modified()?, about.len(), file));
    }
    // They are written in the order of what they add.
    new.sort();
    fs::create_dir_all(&kept)?;
    let (mut bytes, mut count) = (0, 0);
    for (_, length, file) in &new {
        let fits = count < MOST.0 && bytes + length <= MOST.1;
        let Some(name) = file.file_name().filter(|_| fits) else { continue };
        fs::copy(file, kept.join(name))?;
        (bytes, count) = (bytes + length, count + 1);
    }
    println!("{target}: {count} of {} inputs that reach new code are kept, {bytes} bytes", new.len());
    Ok(())
}
