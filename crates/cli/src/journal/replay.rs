//! `larder replay`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use larder::larder_core::journal::{End, Flaw, Journal, Replayed, Unlike};

use super::explain::{explain, harmless};
use crate::Failure;

/// Bytes of a first line at most: of what is longer, the rest is not read. It has what the call was made of.
const TITLE: u64 = 64 << 20;

const HELP: &str = "Status: 0 the same happens again; 1 it does not, with the first difference; or the file is no whole journal; or \
    it was recorded without a recipe, as an upload that goes on from a checkpoint: its steps are explained, and cannot be repeated; \
    2 arguments.\n\n\
    Secrets are placeholders in the file, as long as they were. Files' contents are in it as they are. Control characters are shown \
    as escapes.";

/// Explains a journal that `--journal` has written, step by step, and verifies that this program still does the same: the machine
/// is made anew from the file, told the same, and each of its actions compared.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The journal.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only verify.
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let named = |error: String| format!("{}: {}", arguments.file.display(), harmless(&error));
    let bytes = read(&arguments.file).map_err(|error| named(error.to_string()))?;
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

/// All of it, if its first line ends.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut file = BufReader::new(File::open(path)?);
    let mut bytes = Vec::new();
    let length = (&mut file).take(TITLE).read_until(b'\n', &mut bytes)?;
    if length as u64 == TITLE {
        return Err(Flaw::NoJournal.into());
    }
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Of whichever API it is.
fn again(journal: &Journal) -> Result<Replayed, Unlike> {
    match larder::nvx::journal::again(journal) {
        Err(Unlike::OtherApi(_)) => larder::e2::journal::again(journal),
        result => result,
    }
}
