//! What rustdoc knows of a crate, as JSON.
//!
//! rustdoc says it only when it is allowed what is not stable. The environment that allows it must reach rustdoc alone: the build
//! scripts of dependencies look at it too, and cargo would build them anew, there and back. So this program stands in for rustdoc
//! while cargo runs, and calls the real one.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use rustdoc_types::{Crate, FORMAT_VERSION};

use crate::Result;
use crate::packages::{Package, Workspace};

/// Tells this program that it is rustdoc, and which the real one is.
const REAL: &str = "LARDER_RUSTDOC";

/// What rustdoc said, and where it is.
pub(crate) struct Document {
    pub(crate) file: PathBuf,
    pub(crate) content: Crate,
}

/// Builds the document of a package with these features, which are arguments of cargo.
pub(crate) fn of(workspace: &Workspace, package: &Package, features: &[&str]) -> Result<Document> {
    let real = std::env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["rustdoc", "--quiet", "--locked", "--lib", "-p", &package.name]).args(features);
    // A profile of the caller's must not matter; neither must a warning.
    command.args(["--", "-Zunstable-options", "--output-format", "json", "--cap-lints", "allow"]);
    command.env("RUSTDOC", std::env::current_exe()?).env(REAL, real);
    let status = command.status()?;
    if !status.success() {
        return Err(format!("{}: cargo rustdoc ended with {status}", package.name).into());
    }
    let file = workspace.target().join("doc").join(package.name.replace('-', "_")).with_extension("json");
    let content = parse(&fs::read(&file)?)?;
    Ok(Document { file, content })
}

/// Reads the version first: another one has other fields.
fn parse(json: &[u8]) -> Result<Crate> {
    let value: serde_json::Value = serde_json::from_slice(json)?;
    let version = value.get("format_version").and_then(serde_json::Value::as_u64);
    if version != Some(u64::from(FORMAT_VERSION)) {
        return Err(format!(
            "rustdoc writes format {version:?} and rustdoc-types reads {FORMAT_VERSION}: after a change of the compiler, change \
             `public-api` and `rustdoc-types` in Cargo.toml with it"
        )
        .into());
    }
    Ok(serde_json::from_value(value)?)
}

/// Whether cargo called us in rustdoc's place.
pub(crate) fn is_rustdoc() -> bool {
    std::env::var_os(REAL).is_some()
}

/// Is rustdoc.
pub(crate) fn rustdoc() -> ExitCode {
    let real = std::env::var_os(REAL).unwrap_or_default();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match Command::new(&real).args(arguments).env_remove(REAL).env("RUSTC_BOOTSTRAP", "1").status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{}: {problem}", real.display());
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn another_format_is_told() {
        let problem = super::parse(br#"{"format_version":1}"#).err().map(|problem| problem.to_string());
        assert!(problem.is_some_and(|problem| problem.contains("rustdoc writes format Some(1)")));
    }
}
