//! The printed examples, and which test holds each: a snapshot where it is a message, else the test that its row names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use larder_testkit::fixtures::{Direction, Fixture, folder};

use crate::Error;

/// How many there are, and which no test holds.
pub(crate) struct Prints {
    pub(crate) all: usize,
    pub(crate) missing: Vec<String>,
}

impl Prints {
    pub(crate) fn held(&self) -> usize {
        self.all - self.missing.len()
    }
}

/// The names of the snapshots of both proto crates: as insta writes them, with the module's name in front if the test is in
/// one, and without it.
pub(crate) struct Snapshots(BTreeMap<String, String>);

impl Snapshots {
    pub(crate) fn read() -> Result<Self, Error> {
        let mut names = BTreeMap::new();
        for api in ["e2", "nvx"] {
            for entry in std::fs::read_dir(folder().join(format!("../crates/proto-{api}/tests/it/snapshots")))? {
                let file = entry?.file_name().to_string_lossy().into_owned();
                let Some(name) = file.strip_prefix("it__").and_then(|name| name.strip_suffix(".snap")) else { continue };
                let bare = name.split_once("__").map_or("", |(_, name)| name);
                names.insert(name.to_owned(), bare.to_owned());
            }
        }
        Ok(Self(names))
    }

    /// Whether one of them holds a fixture.
    pub(crate) fn hold(&self, fixture: &Fixture) -> bool {
        self.0.contains_key(&fixture.snapshot) || self.0.values().any(|bare| *bare == fixture.snapshot)
    }
}

/// Snapshots that are named after a fixture, as far as there is none of that name any more.
pub(crate) fn orphans(all: &[Fixture], snapshots: &Snapshots) -> Vec<String> {
    let ids: BTreeSet<String> = all.iter().flat_map(|it| [it.snapshot.clone(), it.id.replace('/', "__")]).collect();
    let is_of_a_fixture =
        |name: &str| ["extra__", "faults__nvx__", "soap__nvx__", "e2__", "nvx__"].iter().any(|api| name.starts_with(api));
    let orphans = snapshots.0.iter().filter(|(name, bare)| {
        let is_named = ids.contains(*name) || ids.contains(*bare);
        !is_named && (is_of_a_fixture(name) || is_of_a_fixture(bare))
    });
    orphans.map(|(name, _)| format!("a snapshot without a fixture: {name}")).collect()
}

/// Compares the files with the index and the tests.
pub(crate) fn held(all: &[Fixture], snapshots: &Snapshots) -> Result<Prints, Error> {
    let root = folder().join("..");
    let is_held = |fixture: &Fixture| match fixture.direction {
        Direction::Other => root.join(&fixture.snapshot).is_file(),
        Direction::Request | Direction::Response => snapshots.hold(fixture),
    };
    let mut files = Vec::new();
    files_below(&folder().join("printed"), &mut files)?;
    let mut missing = Vec::new();
    for id in &files {
        match all.iter().find(|fixture| fixture.id == *id) {
            None => missing.push(format!("{id}: no row in the index")),
            Some(fixture) if !is_held(fixture) => missing.push(format!("{id}: no test holds it")),
            Some(_) => {}
        }
    }
    Ok(Prints { all: files.len(), missing })
}

/// The identifiers of the prints below a folder.
fn files_below(below: &Path, ids: &mut Vec<String>) -> Result<(), Error> {
    for entry in std::fs::read_dir(below)? {
        let path = entry?.path();
        if path.is_dir() {
            files_below(&path, ids)?;
        } else {
            let relative = path.strip_prefix(folder().join("printed"))?.with_extension("");
            ids.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    ids.sort();
    Ok(())
}
