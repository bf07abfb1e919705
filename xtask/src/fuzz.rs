//! Fuzzing: seeds of the fixtures, a run of each target under cargo-fuzz, and a table of what came of it.

mod keep;
mod report;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{Result, no_findings, workspace};
use clap::Args;
use report::Report;

const PACKAGE: &str = "larder-fuzz";

/// What to fuzz, and for how long.
#[derive(Args)]
pub struct Options {
    /// Only this target; repeatable
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// How long each target runs, in seconds
    #[arg(long, value_name = "N", default_value_t = 600)]
    seconds: u64,
    /// Print the names of the targets and do nothing else
    #[arg(long)]
    list: bool,
    /// Run nothing: of what earlier runs found, keep in crates/fuzz/corpus what reaches code that nothing there reaches
    #[arg(long, conflicts_with = "list")]
    keep: bool,
}

/// Runs the targets one after the other; all of them, whatever one finds.
///
/// # Errors
/// Inputs that were found; no cargo-fuzz.
pub fn run(options: &Options) -> Result<()> {
    let targets = targets(&options.targets)?;
    if options.list {
        targets.iter().for_each(|target| println!("{target}"));
        return Ok(());
    }
    let folders = Folders::new()?;
    if options.keep {
        return targets.iter().try_for_each(|target| keep::keep(&folders, target));
    }
    let mut findings = Vec::new();
    println!("{}", Report::HEAD);
    for target in &targets {
        let report = fuzz(&folders, target, options.seconds)?;
        println!("{report}");
        findings.extend(files(&folders.of("artifacts", target))?.into_iter().map(|file| file.display().to_string()));
    }
    no_findings("inputs that do what none may", &findings)
}

/// The targets: the binaries of the package.
fn targets(wanted: &[String]) -> Result<Vec<String>> {
    let metadata = workspace::metadata()?;
    let package = metadata.packages.iter().find(|package| *package.name == PACKAGE).ok_or("there is no package of targets")?;
    let all: Vec<String> = package.targets.iter().filter(|target| target.is_bin()).map(|target| target.name.clone()).collect();
    match wanted.iter().find(|target| !all.contains(target)) {
        Some(unknown) => Err(format!("there is no target {unknown}; there are {}", all.join(", ")).into()),
        None => Ok(if wanted.is_empty() { all } else { wanted.to_vec() }),
    }
}

/// Where inputs lie: what is kept in the repository, everything else below the folder of built things.
struct Folders {
    kept: PathBuf,
    built: PathBuf,
}

impl Folders {
    fn new() -> Result<Self> {
        let built = workspace::metadata()?.target_directory.into_std_path_buf().join("fuzz");
        Ok(Self { kept: workspace::root().join("crates/fuzz/corpus"), built })
    }

    fn kept(&self, target: &str) -> PathBuf {
        self.kept.join(target)
    }

    fn of(&self, what: &str, target: &str) -> PathBuf {
        self.built.join(what).join(target)
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    files.sort();
    Ok(files)
}

fn fuzz(folders: &Folders, target: &str, seconds: u64) -> Result<Report> {
    let (corpus, artifacts) = (folders.of("corpus", target), folders.of("artifacts", target));
    plant(folders, target)?;
    for folder in [&corpus, &artifacts] {
        std::fs::create_dir_all(folder)?;
    }
    let log = folders.built.join(format!("{target}.log"));
    let mut command = fuzzer(target, &[&corpus, &folders.of("seeds", target), &folders.kept(target)]);
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args([format!("-max_total_time={seconds}"), format!("-max_len={}", longest(target)?)]);
    command.args(["-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1"]);
    let status = command.stdout(Stdio::null()).stderr(std::fs::File::create(&log)?).status()?;
    let report = Report::read(target, &std::fs::read_to_string(&log)?, files(&artifacts)?.len());
    report.ok_or_else(|| format!("{target} ended with {status} before it began; see {}", log.display()).into())
}

/// A target under cargo-fuzz, over these folders; the first is where it puts what it finds. Arguments that follow are
/// libFuzzer's. No sanitizer: there is no `unsafe` to look at, and without one a run is several times as long.
fn fuzzer(target: &str, folders: &[&Path]) -> Command {
    let mut command = workspace::cargo(&["fuzz", "run", "--fuzz-dir", "crates/fuzz", "--sanitizer", "none", target]);
    command.args(folders.iter().filter(|folder| folder.is_dir())).arg("--");
    // The coverage that it looks at is an unstable flag of the compiler.
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

/// Writes the seeds of a target.
fn plant(folders: &Folders, target: &str) -> Result<()> {
    let mut command = replay(target);
    command.arg("--seeds").arg(folders.of("seeds", target)).stdout(Stdio::null());
    workspace::run(command)
}

/// The longest input that a target wants, in bytes.
fn longest(target: &str) -> Result<usize> {
    let mut command = replay(target);
    command.arg("--max-len");
    Ok(workspace::output(command)?.trim().parse()?)
}

/// A target without a fuzzer.
fn replay(target: &str) -> Command {
    workspace::cargo(&["run", "--quiet", "--locked", "--package", PACKAGE, "--bin", target, "--"])
}
