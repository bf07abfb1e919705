//! Each published crate in an empty project of its own, as a user takes it: a program does there what the crate is for, with each
//! set of features that matters, and no package comes along that has no business in it.
//!
//! The programs are examples of their crates. They are built where they lie, by a manifest that knows nothing of the workspace.

use crate::{Result, no_findings, workspace};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A program, and how its crate is built for it.
struct Program {
    /// The folder under `crates`, and the package.
    place: (&'static str, &'static str),
    /// The file under `examples`.
    file: &'static str,
    /// Features of the crate; `default` stands for its own.
    features: &'static str,
    /// What the program uses beside the crate: lines of a manifest.
    beside: &'static [&'static str],
    /// What it must print.
    prints: &'static str,
    how: How,
}

/// How a program is run.
#[derive(PartialEq, Eq)]
enum How {
    /// By itself.
    Run,
    /// Not at all: that it builds is what matters.
    Check,
    /// It serves, and says where, until all others have run.
    Serve,
    /// With what the one that serves has said.
    Call,
}

const CORE: (&str, &str) = ("core", "larder-core");
const E2: (&str, &str) = ("proto-e2", "larder-proto-e2");
const NVX: (&str, &str) = ("proto-nvx", "larder-proto-nvx");
const TRANSPORT: (&str, &str) = ("transport", "larder-transport");
const LARDER: (&str, &str) = ("larder", "larder");

const BYTES: &str = "bytes = \"1\"";
const HTTP: &str = "http = \"1\"";
const HYPER: &str = "hyper = \"1\"";
const JSON: &str = "serde_json = \"1\"";
const SERDE: &str = "serde = { version = \"1\", features = [\"derive\"] }";
const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt\", \"sync\"] }";
const THREADS: &str = "tokio = { version = \"1\", features = [\"net\", \"rt-multi-thread\", \"sync\"] }";

/// In this order: who serves comes before who calls.
#[rustfmt::skip]
const PROGRAMS: &[Program] = &[
    Program { place: CORE, file: "greeter/main.rs", features: "", beside: &[BYTES, HTTP, JSON, SERDE], prints: "Good day, Ada.", how: How::Run },
    Program { place: CORE, file: "greeter/main.rs", features: "schema", beside: &[BYTES, HTTP, JSON, SERDE], prints: "", how: How::Check },
    Program { place: E2, file: "decode_e2.rs", features: "", beside: &[HTTP], prints: "ada@example.com may store", how: How::Run },
    Program { place: E2, file: "decode_e2.rs", features: "schema", beside: &[HTTP], prints: "", how: How::Check },
    Program { place: NVX, file: "decode_nvx.rs", features: "", beside: &[HTTP], prints: "ada, bob", how: How::Run },
    Program { place: NVX, file: "decode_nvx.rs", features: "schema", beside: &[HTTP], prints: "", how: How::Check },
    Program { place: TRANSPORT, file: "greeter.rs", features: "default", beside: &[HTTP, HYPER, JSON, SERDE, TOKIO], prints: "Good day, Ada.", how: How::Run },
    Program { place: TRANSPORT, file: "greeter_blocking.rs", features: "", beside: &[HTTP, JSON, SERDE], prints: "Good day, Charles.", how: How::Run },
    Program { place: TRANSPORT, file: "greeter_blocking.rs", features: "tls", beside: &[HTTP, JSON, SERDE], prints: "", how: How::Check },
    Program { place: TRANSPORT, file: "greeter.rs", features: "hyper,tracing", beside: &[HTTP, HYPER, JSON, SERDE, TOKIO], prints: "", how: How::Check },
    Program { place: ("engine", "larder-engine"), file: "store_and_read.rs", features: "default", beside: &[], prints: "It is on the disk", how: How::Run },
    Program { place: ("server", "larder-server"), file: "whole_service.rs", features: "default", beside: &[THREADS], prints: "HTTP/1.1 200 OK", how: How::Serve },
    Program { place: LARDER, file: "tour.rs", features: "default", beside: &[BYTES, TOKIO], prints: "Dear Ada, the engine works.", how: How::Call },
    Program { place: LARDER, file: "blocking.rs", features: "nvx", beside: &[BYTES], prints: "has 4 bytes, and 4 came", how: How::Call },
    Program { place: LARDER, file: "blocking.rs", features: "e2,nvx,tls,schema,tracing", beside: &[BYTES], prints: "", how: How::Check },
    Program { place: ("testkit", "larder-testkit"), file: "own_simulation.rs", features: "default", beside: &[HTTP, JSON, SERDE], prints: "1000 scenarios", how: How::Run },
];

const RUNTIMES: &[&str] = &["tokio", "hyper", "mio", "futures-core"];
const TLS: &[&str] = &["rustls", "ring", "webpki-roots"];
const STORAGE: &[&str] = &["rusqlite", "argon2"];
const MARKUP: &[&str] = &["roxmltree", "quick-xml"];

/// Packages that must not come along.
fn unwanted(program: &Program) -> Vec<&'static str> {
    let has = |feature: &str| program.features.split(',').any(|it| it == feature || it == "default");
    let mut lists = Vec::new();
    match program.place.1 {
        "larder-core" | "larder-proto-e2" | "larder-testkit" => lists.extend([RUNTIMES, TLS, STORAGE, MARKUP]),
        "larder-proto-nvx" => lists.extend([RUNTIMES, TLS, STORAGE, &["quick-xml"]]),
        "larder-transport" | "larder" => {
            lists.push(STORAGE);
            lists.extend((!has("hyper")).then_some(RUNTIMES));
            lists.extend((!has("tls") && !has("hyper")).then_some(TLS));
        }
        "larder-engine" => lists.extend([RUNTIMES, TLS]),
        "larder-server" => lists.push(&["webpki-roots", "ring"]),
        _ => {}
    }
    if !has("schema") && program.place.1 != "larder-server" {
        lists.push(&["schemars"]);
    }
    lists.concat()
}

/// Builds and runs the projects.
///
/// # Errors
/// One that does not build, prints something else, or brings what it must not.
pub fn run() -> Result<()> {
    let (mut findings, mut service) = (Vec::new(), None);
    for program in PROGRAMS {
        let project = Project::create(program)?;
        let name = format!("{} alone [{}]", program.place.1, program.features);
        let packages = project.packages()?;
        println!("{name}: {} packages, {}", packages.len(), project.does(&mut service)?);
        let brought = unwanted(program).into_iter().filter(|unwanted| packages.contains(*unwanted));
        findings.extend(brought.map(|unwanted| format!("{name} brings {unwanted}")));
    }
    no_findings("alone", &findings)
}

struct Project<'a> {
    program: &'a Program,
    folder: PathBuf,
    target: PathBuf,
}

impl<'a> Project<'a> {
    /// A project outside the workspace whose only program is an example of the crate.
    fn create(program: &'a Program) -> Result<Self> {
        let crates = workspace::root().join("crates");
        let target = workspace::metadata()?.target_directory.into_std_path_buf().join("alone");
        let (short, package) = program.place;
        let folder = target.join(format!("{short}-{}", program.features.replace(',', "-")));
        std::fs::create_dir_all(&folder)?;
        let (name, path) = (format!("alone-{short}"), crates.join(short).join("examples").join(program.file));
        let mut manifest = format!(
            "[package]\nname = {name:?}\nedition = \"2024\"\n\n[workspace]\n\n[[bin]]\nname = {name:?}\npath = {path:?}\n\n[dependencies]\n"
        );
        let others: &[_] = if package == CORE.1 || package == "larder-server" || package == "larder" { &[] } else { &[CORE] };
        for (short, package) in others {
            writeln!(manifest, "{package} = {{ path = {:?} }}", crates.join(short))?;
        }
        writeln!(manifest, "{package} = {{ path = {:?}{} }}", crates.join(short), features(program.features))?;
        manifest.push_str(&program.beside.join("\n"));
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that the workspace is tested with; cargo drops what is not needed.
        std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { program, folder, target })
    }

    /// The packages that a user gets: what the program names beside the crate is among them anyway, or the program's own.
    fn packages(&self) -> Result<BTreeSet<String>> {
        let (_, package) = self.program.place;
        let arguments = ["tree", "--offline", "-e", "normal", "--target", workspace::TARGET, "--prefix", "none", "-p", package];
        let tree = workspace::output(self.cargo(&arguments))?;
        Ok(tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
    }

    /// Lets the program do its job, and says what that was.
    fn does(&self, service: &mut Option<Service>) -> Result<&'static str> {
        let Program { how, prints, .. } = self.program;
        let mut run = self.cargo(&["run", "--quiet", "--offline"]);
        match how {
            How::Check => {
                workspace::run(self.cargo(&["check", "--quiet", "--offline"]))?;
                return Ok("builds");
            }
            How::Serve => {
                workspace::run(self.cargo(&["build", "--quiet", "--offline"]))?;
                *service = Some(Service::start(run, prints)?);
                return Ok("serves");
            }
            How::Call => {
                run.arg("--").args(&service.as_ref().ok_or("nobody serves")?.arguments);
            }
            How::Run => {}
        }
        let printed = workspace::output(run)?;
        if printed.contains(prints) { Ok("does its job") } else { Err(format!("it printed {printed:?}").into()) }
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = workspace::cargo(arguments);
        // Nobody debugs these; the target folder is one for all, so that what two projects share is built once.
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.target.join("target"));
        command.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_INCREMENTAL", "0");
        command
    }
}

/// The end of a dependency's line.
fn features(features: &str) -> String {
    let names: Vec<_> = features.split(',').filter(|name| !name.is_empty() && *name != "default").collect();
    let defaults = if features.split(',').any(|name| name == "default") { "" } else { ", default-features = false" };
    format!("{defaults}, features = {names:?}")
}

/// The program that serves; it ends when its input does.
struct Service {
    child: Child,
    /// It says a last word: somebody must be there to hear it.
    _says: Lines<BufReader<ChildStdout>>,
    arguments: Vec<String>,
}

impl Service {
    fn start(mut command: Command, prints: &str) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let mut line = || lines.next().ok_or("the service ended before it said where it is");
        let (called, place) = (line()??, line()??);
        let service = Self { child, _says: lines, arguments: place.split_whitespace().map(str::to_owned).collect() };
        if called.contains(prints) { Ok(service) } else { Err(format!("the service answered {called:?}").into()) }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_crate_is_there() {
        let packages: BTreeSet<_> = PROGRAMS.iter().map(|program| program.place.1).collect();
        assert_eq!(packages.len(), 8, "{packages:?}");
    }

    #[test]
    fn features_are_written_as_cargo_wants_them() {
        assert_eq!(features("default"), ", features = []");
        assert_eq!(features("hyper,tls"), ", default-features = false, features = [\"hyper\", \"tls\"]");
    }
}
