//! Mutation testing of `core`: each rule changed in turn, and a test that notices. Takes about an hour, so that it is no part of
//! CI.

use crate::{Result, no_findings, workspace};
use clap::Args;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const PACKAGE: &str = "larder-core";
/// The survivors that are known, below the root: each with its reason.
const KNOWN: &str = "crates/core/mutants.txt";
/// Below the root; cargo-mutants adds a folder `mutants.out`.
const OUTPUT: &str = "target";
/// Of a hundred mutants that compile, so many are caught at least.
const LEAST: usize = 85;

/// What to mutate.
#[derive(Args)]
pub struct Options {
    /// Only mutants whose name matches this regular expression; repeatable
    #[arg(long = "re", short = 'F', value_name = "REGEX")]
    regexes: Vec<String>,
    /// Only mutants of this file, or of those that match this glob; repeatable
    #[arg(long = "file", short, value_name = "GLOB")]
    files: Vec<String>,
    /// Mutants that are tested at once; each has a copy of the tree
    #[arg(long, short, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// Run nothing: judge the run that this folder `mutants.out` is of
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["regexes", "files", "jobs"])]
    judge: Option<std::path::PathBuf>,
}

/// Runs cargo-mutants on `core` with core's own tests, and compares the survivors with those that are known.
///
/// # Errors
/// A survivor that is not known, fewer than 85 of a hundred caught, no cargo-mutants.
pub fn run(options: &Options) -> Result<()> {
    let root = workspace::root();
    let folder = match &options.judge {
        Some(folder) => folder.clone(),
        None => {
            mutate(options)?;
            root.join(OUTPUT).join("mutants.out")
        }
    };
    let known = known(&std::fs::read_to_string(root.join(KNOWN))?)?;
    let outcomes = Outcomes::read(&folder.join("outcomes.json"))?;
    // A few of them say nothing of a hundred.
    let is_whole = options.regexes.is_empty() && options.files.is_empty();
    no_findings(&format!("what {KNOWN} does not allow"), &findings(&outcomes, &known, is_whole))
}

fn mutate(options: &Options) -> Result<()> {
    let hint = |problem| format!("{problem}\nis it installed? cargo install cargo-mutants");
    workspace::output(workspace::cargo(&["mutants", "--version"])).map_err(hint)?;
    let mut command = workspace::cargo(&["mutants", "--package", PACKAGE, "--colors", "never", "--output", OUTPUT]);
    command.args(["--jobs", &options.jobs.to_string()]);
    command.args(options.regexes.iter().flat_map(|regex| ["--re", regex]));
    command.args(options.files.iter().flat_map(|file| ["--file", file]));
    // What is built again and again is built in steps; random tests that find a mutant do so in few cases.
    command.envs([("CARGO_INCREMENTAL", "1"), ("CARGO_PROFILE_DEV_DEBUG", "0"), ("PROPTEST_CASES", "48")]);
    // Failing tests need not say where; and each copy of the tree has its own `target`: no other build may stand in it.
    command.env("RUST_BACKTRACE", "0").env_remove("CARGO_TARGET_DIR");
    let status = command.status()?;
    // 2: some survived; 3: some went round for ever. Both are in its report.
    if matches!(status.code(), Some(0 | 2 | 3)) { Ok(()) } else { Err(format!("cargo mutants ended with {status}").into()) }
}

/// What came of a run.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcomes {
    caught: usize,
    timeout: usize,
    unviable: usize,
    survivors: Vec<String>,
}

impl Outcomes {
    fn read(file: &Path) -> Result<Self> {
        let report: Value = serde_json::from_slice(&std::fs::read(file)?)?;
        let mut outcomes = Self::default();
        for outcome in report["outcomes"].as_array().ok_or("a report without outcomes")? {
            let name = || outcome["scenario"]["Mutant"]["name"].as_str().map(key).ok_or("an outcome without a name");
            match outcome["summary"].as_str() {
                Some("CaughtMutant") => outcomes.caught += 1,
                Some("Timeout") => outcomes.timeout += 1,
                Some("Unviable") => outcomes.unviable += 1,
                Some("MissedMutant") => outcomes.survivors.push(name()?),
                // The tree as it is.
                Some("Success") => {}
                other => return Err(format!("an outcome that is {other:?}").into()),
            }
        }
        Ok(outcomes)
    }

    fn viable(&self) -> usize {
        self.caught + self.timeout + self.survivors.len()
    }
}

/// A mutant's name without line and column, which move with every change: `src/json.rs: replace > with >= in f`.
fn key(name: &str) -> String {
    let path = name.strip_prefix("crates/core/").unwrap_or(name);
    let mut parts = path.splitn(4, ':');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(file), Some(_line), Some(_column), Some(what)) => format!("{file}:{what}"),
        _ => path.to_owned(),
    }
}

/// The survivors that are known, each as often as it stands there: a line is `mutant | reason`.
fn known(text: &str) -> Result<BTreeMap<String, usize>> {
    let mut known = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (mutant, reason) = line.rsplit_once(" | ").ok_or_else(|| format!("{KNOWN}: no reason in {line:?}"))?;
        if reason.trim().is_empty() {
            return Err(format!("{KNOWN}: no reason in {line:?}").into());
        }
        *known.entry(mutant.trim().to_owned()).or_default() += 1;
    }
    Ok(known)
}

/// Survivors that are not known, and too many of them.
fn findings(outcomes: &Outcomes, known: &BTreeMap<String, usize>, is_whole: bool) -> Vec<String> {
    let (viable, missed) = (outcomes.viable(), outcomes.survivors.len());
    let caught = outcomes.caught + outcomes.timeout;
    let tenths = (caught * 1000).checked_div(viable).unwrap_or(1000);
    println!("mutants of {PACKAGE}: {viable} that compile, {} that do not", outcomes.unviable);
    println!("{caught} caught ({} of them by time), {missed} missed: {}.{} %", outcomes.timeout, tenths / 10, tenths % 10);
    let mut left = known.clone();
    let mut findings: Vec<String> = Vec::new();
    for survivor in &outcomes.survivors {
        match left.get_mut(survivor).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => findings.push(survivor.clone()),
        }
    }
    findings.extend((is_whole && tenths < LEAST * 10).then(|| format!("fewer than {LEAST} of a hundred are caught")));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "src/json.rs: replace > with >= in has_more_values_than";

    fn outcomes(caught: usize, survivors: &[&str]) -> Outcomes {
        Outcomes { caught, survivors: survivors.iter().map(|name| (*name).to_owned()).collect(), ..Outcomes::default() }
    }

    #[test]
    fn a_mutant_is_known_by_what_it_does_wherever_it_stands_now() {
        assert_eq!(key("crates/core/src/json.rs:16:38: replace > with >= in has_more_values_than"), NAME);
        assert_eq!(key("crates/core/src/a.rs:1:2: replace b::c -> bool with true"), "src/a.rs: replace b::c -> bool with true");
    }

    #[test]
    fn a_survivor_must_be_known_as_often_as_it_is() {
        let once = known(&format!("# why\n\n{NAME} | the other test is exact\n")).unwrap();
        let unknown = |survivors: &[&str]| findings(&outcomes(99, survivors), &once, true);
        assert_eq!((unknown(&[]), unknown(&[NAME])), (vec![], vec![]));
        assert_eq!(unknown(&[NAME, NAME]), [NAME]);
        assert_eq!(unknown(&["src/json.rs: another"]), ["src/json.rs: another"]);
    }

    #[test]
    fn known_or_not_most_must_be_caught() {
        let known = known(&format!("{NAME} | a\n{NAME} | b\n{NAME} | c\n")).unwrap();
        let passes = |caught, is_whole| findings(&outcomes(caught, &[NAME; 3]), &known, is_whole).is_empty();
        assert!(passes(17, true) && !passes(16, true));
        assert!(passes(16, false), "of a few, none need be caught");
        // Nothing to catch is nothing missed.
        assert_eq!(findings(&outcomes(0, &[]), &known, true), Vec::<String>::new());
    }

    #[test]
    fn a_line_without_a_reason_is_none() {
        for text in [NAME.to_owned(), format!("{NAME} | "), format!("{NAME} |")] {
            assert!(known(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_list_that_is_there_can_be_read() {
        let text = std::fs::read_to_string(workspace::root().join(KNOWN)).unwrap();
        assert!(known(&text).is_ok_and(|known| known.keys().all(|mutant| mutant.starts_with("src/"))));
    }
}
