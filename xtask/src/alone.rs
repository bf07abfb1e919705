//! Each wire crate in an empty project of its own, as a user takes it: its example builds and runs there, and no package
//! comes along that has no business in it.

use crate::{Result, no_findings, workspace};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Folder, package, example, and the packages that must not come along.
const CRATES: &[(&str, &str, &str, &[&str])] = &[
    ("proto-e2", "larder-proto-e2", "decode_e2", &["tokio", "hyper", "rustls", "mio", "roxmltree", "quick-xml"]),
    ("proto-nvx", "larder-proto-nvx", "decode_nvx", &["tokio", "hyper", "rustls", "mio", "quick-xml"]),
];

/// What the example must print at least.
const PRINTED: &str = "ada";

/// Builds and runs the projects.
///
/// # Errors
/// One that does not build, prints something else, or brings what it must not.
pub fn run() -> Result<()> {
    let mut findings = Vec::new();
    for (folder, package, example, absent) in CRATES {
        let project = Project::create(folder, package, example)?;
        let printed = workspace::output(project.cargo(&["run", "--quiet", "--offline"]))?;
        if !printed.contains(PRINTED) {
            findings.push(format!("{package}: its example printed {printed:?}"));
        }
        let tree = workspace::output(project.cargo(&["tree", "--offline", "-e", "normal", "--prefix", "none"]))?;
        let packages: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
        println!("{package} alone: {} packages", packages.len() - 1);
        let unwanted = absent.iter().filter(|name| packages.contains(**name));
        findings.extend(unwanted.map(|name| format!("{package} alone brings {name}")));
    }
    no_findings("alone", &findings)
}

struct Project {
    folder: PathBuf,
    target: PathBuf,
}

impl Project {
    /// A project outside the workspace whose only program is an example of the crate.
    fn create(name: &str, package: &str, example: &str) -> Result<Self> {
        let root = workspace::root();
        let target = workspace::metadata()?.target_directory.into_std_path_buf().join("alone");
        let folder = target.join(name);
        std::fs::create_dir_all(folder.join("src"))?;
        let crates = root.join("crates");
        let manifest = format!(
            "[package]\nname = \"alone\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\nhttp = \"1\"\n\
             larder-core = {{ path = {:?} }}\n{package} = {{ path = {:?} }}\n",
            crates.join("core"),
            crates.join(name),
        );
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that the workspace is tested with; cargo drops what is not needed.
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        std::fs::copy(crates.join(name).join("examples").join(example).with_extension("rs"), folder.join("src/main.rs"))?;
        Ok(Self { folder, target })
    }

    fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = workspace::cargo(arguments);
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.target.join("target"));
        command
    }
}
