//! `fixtures/`: what was printed goes in, raw messages and an index come out. Its README explains the files.
//!
//! * `sources`: the rows written by hand, and the text that each one means
//! * `derive`: from a row and its text to messages
//! * `faults`: the codes, and which operation may answer which
//! * `soap`: what of SOAP follows from other messages
//! * `curl`, `message`: the notations, read and written
//! * `tree`: files in memory, and how two trees differ
//! * `seal`: hashes that keep the prints as they are

mod curl;
mod derive;
mod faults;
mod message;
mod seal;
mod soap;
mod sources;
mod tree;

use crate::{Result, no_findings};
use clap::Args;
use sources::Source;
use std::path::Path;
use tree::Tree;

const BY_HAND: [&str; 3] = ["printed", "corrected", "extra"];
const DERIVED: [&str; 2] = ["messages", "index.tsv"];

/// What to do with the fixtures; without a flag, derive and write.
#[derive(Args, Default)]
pub struct Options {
    /// Change nothing; list what differs and fail
    #[arg(long)]
    pub check: bool,
    /// First accept the files written by hand as they are now
    #[arg(long, conflicts_with = "check")]
    pub seal: bool,
}

/// Derives the fixtures below `folder`, or checks them.
///
/// # Errors
/// Files that differ, broken seals, rows without files and files without rows, messages that are malformed.
pub fn run(folder: &Path, options: &Options) -> Result<()> {
    let hand = Tree::read(folder, &BY_HAND)?;
    if options.seal {
        std::fs::write(folder.join(seal::FILE), seal::text(&hand))?;
    }
    let sealed = std::fs::read_to_string(folder.join(seal::FILE)).unwrap_or_default();
    let broken = seal::broken(&sealed, &hand);
    let table = std::fs::read_to_string(folder.join("sources.tsv"))?;
    let ledger = std::fs::read_to_string(folder.join("LEDGER.md"))?;
    let rows = sources::parse(&table)?;
    let mut findings = sources::inconsistent(&rows, &hand, &ledger);
    findings.extend(sources::miscounted(&rows));
    findings.extend(strangers(folder)?);
    let faults = faults(folder)?;
    findings.extend(faults.inconsistent(&ledger));
    let (derived, malformed) = derive::all(&rows, &faults, &hand);
    findings.extend(broken);
    findings.extend(malformed);
    let found = Tree::read(folder, &DERIVED)?;
    let differences = derived.differences(&found);
    if options.check {
        findings.extend(differences.iter().cloned());
    }
    if !findings.is_empty() {
        findings.push("derived files are renewed by `cargo xtask fixtures`; files changed by hand need `--seal` too".to_owned());
        return no_findings("fixtures", &findings);
    }
    if !options.check {
        derived.write(folder, &found)?;
        println!("{} files renewed", differences.len());
    }
    println!("{}", summary(&rows, &derived));
    Ok(())
}

/// What lies in the folder and belongs to nothing.
fn strangers(folder: &Path) -> Result<Vec<String>> {
    const TABLES: [&str; 7] =
        [".gitattributes", "README.md", "LEDGER.md", "sources.tsv", faults::CODES, faults::TABLE, seal::FILE];
    let mut findings = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ![&BY_HAND[..], &DERIVED, &TABLES].concat().contains(&name.as_str()) {
            findings.push(format!("nobody knows what this is: {name}"));
        }
    }
    Ok(findings)
}

fn faults(folder: &Path) -> Result<faults::Faults> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    faults::Faults::parse(&read(faults::CODES)?, &read(faults::TABLE)?)
}

fn summary(rows: &[Source], derived: &Tree) -> String {
    let extra = rows.iter().filter(|row| row.is_extra()).count();
    format!("fixtures: {} prints, {extra} extra messages, {} derived files", rows.len() - extra, derived.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixtures() -> std::path::PathBuf {
        crate::workspace::root().join("fixtures")
    }

    #[test]
    fn a_changed_byte_breaks_its_seal() {
        let sealed = std::fs::read_to_string(fixtures().join(seal::FILE)).expect("sums");
        let mut hand = Tree::read(&fixtures(), &BY_HAND).expect("tree");
        assert!(seal::broken(&sealed, &hand).is_empty());
        let name = "printed/nvx/IMFS/ListFolder/xml-response-1.txt";
        let mut bytes = hand.get(name).expect("a print").to_vec();
        bytes[0] ^= 1;
        hand.insert(name, bytes);
        assert_eq!(seal::broken(&sealed, &hand), [format!("changed since it was sealed: {name}")]);
    }

    #[test]
    fn every_difference_is_named() {
        let table = std::fs::read_to_string(fixtures().join("sources.tsv")).expect("rows");
        let rows = sources::parse(&table).expect("rows");
        let hand = Tree::read(&fixtures(), &BY_HAND).expect("tree");
        let faults = faults(&fixtures()).expect("tables");
        let (derived, malformed) = derive::all(&rows, &faults, &hand);
        assert!(malformed.is_empty(), "{malformed:?}");
        let mut found = derived.clone();
        found.insert("messages/surplus.xml", Vec::new());
        found.insert("index.tsv", b"id".to_vec());
        let differences = derived.differences(&found);
        assert_eq!(differences, ["changed: index.tsv (first at byte 2)", "surplus: messages/surplus.xml"]);
    }
}
