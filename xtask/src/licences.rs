//! Every normal dependency may be shipped: its SPDX expression is satisfied by licences on the list.

use crate::{Result, no_findings, workspace};
use cargo_metadata::{DependencyKind, Metadata, PackageId};
use std::collections::BTreeSet;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Walks the normal dependencies of every member.
///
/// # Errors
/// Every package whose licence is absent, unreadable or not on the list.
pub fn run() -> Result<()> {
    let metadata = workspace::metadata()?;
    let shipped = normal_dependencies(&metadata);
    let mut findings = Vec::new();
    for package in metadata.packages.iter().filter(|package| shipped.contains(&package.id)) {
        let expression = package.license.as_deref().unwrap_or("");
        if !allows(expression) {
            findings.push(format!("{} {}: `{expression}`", package.name, package.version));
        }
    }
    println!("{} packages have a licence on the list", shipped.len() - findings.len());
    no_findings("licences not on the list (xtask/src/licences.rs)", &findings)
}

fn normal_dependencies(metadata: &Metadata) -> BTreeSet<&PackageId> {
    let nodes: Vec<_> = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).collect();
    let mut waiting: Vec<&PackageId> = metadata.workspace_members.iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if seen.insert(id) {
            let deps = nodes.iter().filter(|node| node.id == *id).flat_map(|node| &node.deps);
            let normal = deps.filter(|dep| dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal));
            waiting.extend(normal.map(|dep| &dep.pkg));
        }
    }
    seen
}

/// Whether an SPDX expression can be satisfied. The old form `MIT/Apache-2.0` means OR.
fn allows(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest).unwrap_or(false) && rest.is_empty()
}

/// `None` from this and the next two means that the expression does not parse.
fn either(rest: &mut &[&str]) -> Option<bool> {
    let mut value = both(rest)?;
    while rest.first() == Some(&"OR") {
        *rest = rest.get(1..)?;
        value |= both(rest)?;
    }
    Some(value)
}

fn both(rest: &mut &[&str]) -> Option<bool> {
    let mut value = one(rest)?;
    while rest.first() == Some(&"AND") {
        *rest = rest.get(1..)?;
        value &= one(rest)?;
    }
    Some(value)
}

fn one(rest: &mut &[&str]) -> Option<bool> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    if *first == "(" {
        let value = either(rest)?;
        let (close, after) = rest.split_first()?;
        *rest = after;
        return (*close == ")").then_some(value);
    }
    if let ["WITH", exception, after @ ..] = *rest {
        *rest = after;
        return Some(ALLOWED.contains(&format!("{first} WITH {exception}").as_str()));
    }
    Some(ALLOWED.contains(first))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn expressions() {
        for good in
            ["MIT", "GPL-3.0 OR MIT", "MIT/GPL-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR X"]
        {
            assert!(allows(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT )", "MIT MIT", "MIT WITH Odd-exception", "OR MIT"] {
            assert!(!allows(bad), "{bad}");
        }
    }
}
