//! `crates/<crate>/api.txt`: written, or compared with what there is.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use crate::Result;
use crate::packages::Package;

const HEAD: &str = "\
# The public API, with all features. `cargo xtask api` writes this file; what a change of it means for the version number
# stands in ARCHITECTURE.md, \"Versions\". `{ .. }`: fields that are not public; of a method, that its trait brings a body.
";

/// Writes the file, or tells what would change in it.
pub(crate) fn keep(package: &Package, lines: &[String], check: bool) -> Result<Vec<String>> {
    let file = package.folder.join("api.txt");
    let text = format!("{HEAD}{}\n", lines.join("\n"));
    let before = match fs::read_to_string(&file) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => String::new(),
        before => before?,
    };
    if !check {
        if before != text {
            fs::write(&file, text)?;
        }
        return Ok(Vec::new());
    }
    if before == text { Ok(Vec::new()) } else { Ok(difference(package, &before, &text)) }
}

fn difference(package: &Package, before: &str, now: &str) -> Vec<String> {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.lines().collect(), now.lines().collect());
    let mut findings = vec![format!("{}: the API is not what api.txt says; if that is meant, run cargo xtask api", package.name)];
    findings.extend(old.difference(&new).map(|line| format!("- {line}")));
    findings.extend(new.difference(&old).map(|line| format!("+ {line}")));
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_each_line() {
        let package = Package { name: "larder".to_owned(), folder: "nowhere".into(), features: Vec::new() };
        let findings = difference(&package, "pub fn a()\npub fn b()\n", "pub fn b()\npub fn c()\n");
        assert_eq!(findings[1..], ["- pub fn a()", "+ pub fn c()"]);
    }
}
