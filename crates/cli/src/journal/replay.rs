//! `larder replay`.

use std::path::PathBuf;

use clap::Args;
use larder::larder_core::journal::{End, Journal, Replayed, Unlike};

use super::explain::explain;
use crate::Failure;

/// Explains a journal that `--journal` has written, step by step, and verifies that this program still does the same: the machine
/// is made anew from the file, told the same, and each of its actions compared. Secrets are placeholders in the file.
///
/// Status 0 if it does, 1 with the first difference if not, or if the file is no whole journal.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The journal.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only verify.
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let named = |error: String| format!("{}: {error}", arguments.file.display());
    let bytes = std::fs::read(&arguments.file).map_err(|error| named(error.to_string()))?;
    let journal = Journal::read(bytes).map_err(|flaw| named(flaw.to_string()))?;
    if !arguments.quiet {
        crate::api::write(explain(&journal).trim_end())?;
    }
    let replayed = again(&journal).map_err(|unlike| named(unlike.to_string()))?;
    let ends = match replayed.end {
        End::Done | End::Abandoned => String::new(),
        End::Open { line } => format!(" The journal ends before line {line}; the call did not."),
    };
    if !arguments.quiet {
        crate::api::write(&format!("\nThe same again: {} actions, byte for byte.{ends}", replayed.polls))?;
    }
    Ok(())
}

/// Of whichever API it is.
fn again(journal: &Journal) -> Result<Replayed, Unlike> {
    match larder::nvx::journal::again(journal) {
        Err(Unlike::OtherApi(_)) => larder::e2::journal::again(journal),
        result => result,
    }
}
