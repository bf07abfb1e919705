//! The printed examples, and which test holds each: a snapshot where it is a message, else the test that its row names.

use std::collections::BTreeSet;
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

/// The names of the snapshots of both proto crates.
pub(crate) struct Snapshots(BTreeSet<String>);

impl Snapshots {
    pub(crate) fn read() -> Result<Self, Error> {
        let mut names = BTreeSet::new();
        for api in ["e2", "nvx"] {
            for entry in std::fs::read_dir(folder().join(format!("../crates/proto-{api}/tests/it/snapshots")))? {
                let file = entry?.file_name().to_string_lossy().into_owned();
                // insta puts the test's name before ours, and the module's if the test is in one.
                let Some(name) = file.strip_prefix("it__").and_then(|name| name.strip_suffix(".snap")) else { continue };
                names.extend(name.split_once("__").map(|(_, name)| name.to_owned()));
                names.insert(name.to_owned());
            }
        }
        Ok(Self(names))
    }

    /// Whether one of them holds a fixture.
    pub(crate) fn hold(&self, fixture: &Fixture) -> bool {
        self.0.contains(&fixture.snapshot)
    }
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
