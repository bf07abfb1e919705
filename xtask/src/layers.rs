//! The arrows between the crates, what no layer may pull in, and how many packages a user gets.
//!
//! Architecture invariant: arrows run one way, and neither the core nor a protocol knows a runtime, a socket or TLS.

use crate::{Result, no_findings, workspace};
use cargo_metadata::{DependencyKind, Metadata, PackageId};
use std::collections::{BTreeMap, BTreeSet};

/// Each member and the members that it may use in its normal dependencies.
const ALLOWED: &[(&str, &[&str])] = &[
    ("larder-core", &[]),
    ("larder-proto-e2", &["larder-core"]),
    ("larder-proto-nvx", &["larder-core"]),
    ("larder-transport", &["larder-core"]),
    ("larder", &["larder-core", "larder-proto-e2", "larder-proto-nvx", "larder-transport"]),
    ("larder-engine", &["larder-core", "larder-proto-e2", "larder-proto-nvx"]),
    ("larder-server", &["larder-core", "larder-engine", "larder-transport", "larder-proto-e2", "larder-proto-nvx"]),
    ("larder-cli", &["larder", "larder-core", "larder-engine", "larder-server"]),
    ("larder-testkit", &["larder-core", "larder-proto-e2", "larder-proto-nvx", "larder-engine"]),
    (
        "larder-coverage",
        &[
            "larder-core",
            "larder-proto-e2",
            "larder-proto-nvx",
            "larder-engine",
            "larder-server",
            "larder-transport",
            "larder-testkit",
        ],
    ),
    ("larder-public-api", &[]),
    ("larder-describe", &["larder-core", "larder-proto-e2", "larder-testkit"]),
    ("larder-fuzz", &["larder-core", "larder-proto-e2", "larder-proto-nvx", "larder-testkit", "larder-transport"]),
    ("larder-embeddings", &[]),
    ("larder-wasm", &["larder-core", "larder-proto-nvx"]),
    ("xtask", &[]),
];

const IO: &[&str] = &["tokio", "hyper", "rustls", "mio", "socket2"];

/// Each member and the packages that must not be among its dependencies, however deep.
const ABSENT: &[(&str, &[&str])] =
    &[("larder-core", IO), ("larder-proto-e2", IO), ("larder-proto-nvx", IO), ("larder-proto-e2", &["roxmltree"])];

/// Each member and the most packages that it may bring, itself included.
const AT_MOST: &[(&str, usize)] = &[("larder-core", 30), ("larder", 80)];

/// What the clients without a runtime must not bring, however deep: the facade with everything but `hyper`.
const WITHOUT_A_RUNTIME: (&str, &str, &[&str]) = ("larder", "e2,nvx,tls,tracing", &["tokio", "hyper", "mio", "futures-core"]);

/// Holds all four and prints the counts.
///
/// # Errors
/// Every arrow, package and count that is not allowed; or cargo's own failure.
pub fn run() -> Result<()> {
    let metadata = workspace::metadata()?;
    let mut findings = wrong_edges(&normal_edges(&metadata), ALLOWED);
    findings.extend(unwanted(&metadata, ABSENT));
    for (member, limit) in AT_MOST {
        let count = packages(member)?;
        println!("{member}: {count} packages on {}, at most {limit}", workspace::TARGET);
        if count > *limit {
            findings.push(format!("{member} brings {count} packages, more than {limit}"));
        }
    }
    findings.extend(runtime_in_the_tree()?);
    no_findings("layers", &findings)
}

fn runtime_in_the_tree() -> Result<Vec<String>> {
    let (member, features, absent) = WITHOUT_A_RUNTIME;
    let tree = tree(member, &["--no-default-features", "--features", features])?;
    let names: BTreeSet<_> = tree.lines().filter_map(name_and_version).collect();
    println!("{member} without a runtime: {} packages", names.len());
    let found = names.iter().filter(|(name, _)| absent.contains(name));
    Ok(found.map(|(name, _)| format!("{member} with only {features} must not bring {name}")).collect())
}

type Edges = BTreeMap<String, BTreeSet<String>>;

/// Member by member, which other members it names as normal dependencies, on any platform and under any feature.
fn normal_edges(metadata: &Metadata) -> Edges {
    let members: BTreeSet<String> = metadata.workspace_packages().iter().map(|package| package.name.to_string()).collect();
    let edges = metadata.workspace_packages().into_iter().map(|package| {
        let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
        let inside = normal.map(|dependency| dependency.name.clone()).filter(|name| members.contains(name));
        (package.name.to_string(), inside.collect())
    });
    edges.collect()
}

fn wrong_edges(edges: &Edges, allowed: &[(&str, &[&str])]) -> Vec<String> {
    let mut findings = Vec::new();
    for (member, targets) in edges {
        match allowed.iter().find(|(name, _)| name == member) {
            None => findings.push(format!("{member} has no row in the table of arrows (xtask/src/layers.rs)")),
            Some((_, allowed)) => {
                let wrong = targets.iter().filter(|target| !allowed.contains(&target.as_str()));
                findings.extend(wrong.map(|target| format!("{member} must not depend on {target}")));
            }
        }
    }
    findings
}

/// The forbidden packages found, with features unified over the whole workspace: stricter than any one user's build.
fn unwanted(metadata: &Metadata, absent: &[(&str, &[&str])]) -> Vec<String> {
    let mut findings = Vec::new();
    for (member, names) in absent {
        let Some(start) = metadata.workspace_packages().into_iter().find(|package| *package.name == *member) else {
            findings.push(format!("there is no member {member}"));
            continue;
        };
        let below = reachable(metadata, &start.id);
        let bad = names.iter().filter(|name| metadata.packages.iter().any(|it| *it.name == **name && below.contains(&it.id)));
        findings.extend(
            bad.map(|name| format!("{member} must never depend on {name}; see: cargo tree -e normal -p {member} -i {name}")),
        );
    }
    findings
}

/// Everything below `start` by normal dependencies.
fn reachable<'a>(metadata: &'a Metadata, start: &'a PackageId) -> BTreeSet<&'a PackageId> {
    let nodes: BTreeMap<_, _> = metadata.resolve.iter().flat_map(|resolve| &resolve.nodes).map(|node| (&node.id, node)).collect();
    let mut seen = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in nodes.get(id).iter().flat_map(|node| &node.deps) {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                waiting.push(&dependency.pkg);
            }
        }
    }
    seen
}

/// How many packages a user of `member` alone gets: `cargo tree` resolves features for that member only.
fn packages(member: &str) -> Result<usize> {
    let tree = tree(member, &[])?;
    let names: BTreeSet<_> = tree.lines().filter_map(name_and_version).collect();
    Ok(names.len())
}

/// What `cargo tree` says of a member with these features.
fn tree(member: &str, features: &[&str]) -> Result<String> {
    let mut arguments = vec!["tree", "--locked", "-p", member, "-e", "normal", "--target", workspace::TARGET, "--prefix", "none"];
    arguments.extend(features);
    workspace::output(workspace::cargo(&arguments))
}

fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(member: &str, target: &str) -> Edges {
        BTreeMap::from([(member.to_owned(), BTreeSet::from([target.to_owned()]))])
    }

    #[test]
    fn a_forbidden_arrow_is_named() {
        let findings = wrong_edges(&edges("larder-proto-e2", "larder-proto-nvx"), ALLOWED);
        assert_eq!(findings, ["larder-proto-e2 must not depend on larder-proto-nvx"]);
        assert!(wrong_edges(&edges("larder-proto-e2", "larder-core"), ALLOWED).is_empty());
    }

    #[test]
    fn an_unknown_member_is_named() {
        assert_eq!(wrong_edges(&edges("larder-new", "larder-core"), ALLOWED).len(), 1);
    }

    #[test]
    fn an_unwanted_package_is_found_however_deep() {
        let metadata = workspace::metadata().expect("metadata");
        let findings = unwanted(&metadata, &[("larder-server", &["mio"]), ("larder-core", &["mio"])]);
        assert_eq!(findings.len(), 1, "{findings:?}");
    }

    #[test]
    fn marks_of_the_tree_do_not_count() {
        assert_eq!(name_and_version("serde_derive v1.0.0 (proc-macro) (*)"), Some(("serde_derive", "v1.0.0")));
        assert_eq!(name_and_version(""), None);
    }
}
