//! Running targets over inputs that are files, without a fuzzer.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{TARGETS, Target};

/// The target of this name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// The inputs of a target that are kept: what was found, and what the fixtures do not reach.
#[must_use]
pub fn corpus(target: &Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name)
}

/// The files at this path: itself, or what is in the folder, sorted. None if there is nothing.
///
/// # Errors
/// A folder that cannot be read.
pub fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(path.is_file().then(|| path.to_owned()).into_iter().collect());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

/// Writes the seeds of a target into a folder, a file each. How many there are.
///
/// # Errors
/// The folder or a file that cannot be written.
pub fn plant(target: &Target, folder: &Path) -> std::io::Result<usize> {
    std::fs::create_dir_all(folder)?;
    let seeds = (target.seeds)();
    for (number, seed) in seeds.iter().enumerate() {
        std::fs::write(folder.join(format!("{number:05}")), seed)?;
    }
    Ok(seeds.len())
}

/// `--seeds FOLDER` writes the target's seeds there, `--max-len` says how long an input may be; anything else is a file or a
/// folder to replay.
#[must_use]
pub fn main(name: &str) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(target) = target(name) else { return ExitCode::FAILURE };
    if arguments == ["--max-len"] {
        println!("{}", target.max_len);
        return ExitCode::SUCCESS;
    }
    let outcome = match &arguments[..] {
        [option, folder] if option == "--seeds" => plant(target, Path::new(folder)),
        paths => paths.iter().try_fold(0, |count, path| Ok(count + replay(target, Path::new(path))?)),
    };
    match outcome {
        Ok(count) => {
            println!("{name}: {count} inputs");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a target over a file, or over all files of a folder. How many there were.
///
/// # Errors
/// A file that cannot be read.
///
/// # Panics
/// As the target does.
pub fn replay(target: &Target, path: &Path) -> std::io::Result<usize> {
    let files = files(path)?;
    for file in &files {
        (target.run)(&std::fs::read(file)?);
    }
    Ok(files.len())
}
