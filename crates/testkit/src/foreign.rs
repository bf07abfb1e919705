//! Programs that none of us wrote, for tests that ask them for a second opinion.
//!
//! Where one is missing, its test is skipped with a line that says so; where `LARDER_NO_SKIP` is set, as in CI, the test
//! fails instead. `.ci/run` installs all that is asked for.
//!
//! ```
//! use larder_testkit::foreign;
//!
//! if let Some(mut python) = foreign::python(&["json"]) {
//!     assert_eq!(python.args(["-c", "import json; print(json.dumps([1]))"]).output().unwrap().stdout, b"[1]\n");
//! }
//! ```

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::{Command, Stdio};

/// A program of the machine, found as the shell finds it.
///
/// # Panics
/// If it is missing and `LARDER_NO_SKIP` is set.
#[must_use]
pub fn program(name: &str) -> Option<Command> {
    found(name.as_ref(), &["--version"], name)
}

/// A Python that has these packages, by the names under which they are imported: `LARDER_PYTHON`, or else `python3`.
///
/// # Panics
/// If there is none and `LARDER_NO_SKIP` is set.
#[must_use]
pub fn python(packages: &[&str]) -> Option<Command> {
    let python = std::env::var_os("LARDER_PYTHON").unwrap_or_else(|| OsString::from("python3"));
    let missing = format!("python3 with {}", packages.join(", "));
    found(&python, &["-c", &format!("import {}", packages.join(", "))], &missing)
}

/// A program that can do this much.
fn found(program: &OsStr, probe: &[&str], missing: &str) -> Option<Command> {
    let mut command = Command::new(program);
    let probed = command.args(probe).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    if probed.is_ok_and(|status| status.success()) {
        return Some(Command::new(program));
    }
    assert!(std::env::var_os("LARDER_NO_SKIP").is_none(), "{missing} is missing");
    // Not by `eprintln!`, which the test harness keeps to itself unless the test fails.
    let _ = writeln!(std::io::stderr(), "SKIPPED: there is no {missing} to compare with");
    None
}
