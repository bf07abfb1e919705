//! No snapshot of the repository shows a secret that a test uses.

use std::fs;
use std::path::{Path, PathBuf};

use super::cabinet::{APP_KEY, CHILDS_PASSWORD, PASSWORD};
use super::e2::{self, API_KEY};
use super::strangers::WRONG;

/// What must be in no snapshot at all.
const NOWHERE: [&str; 6] = [PASSWORD, APP_KEY, CHILDS_PASSWORD, WRONG, API_KEY, e2::PASSWORD];

/// Secrets of tests, and what all canaries have in their names: in no snapshot but those of messages.
const SECRETS: [&str; 3] = [crate::nvx::PASSWORD, "correct horse", "canary"];

/// Where snapshots are messages as they are on the wire: samples of the documents, secrets and all.
const WIRE: [&str; 2] = ["crates/proto-e2/", "crates/proto-nvx/"];

#[test]
fn no_snapshot_shows_a_secret() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let mut snapshots = Vec::new();
    find(&root.join("crates"), &mut snapshots);
    find(&root.join("xtask"), &mut snapshots);
    assert!(snapshots.len() > 500, "the snapshots are elsewhere: {}", snapshots.len());
    for path in snapshots {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        let is_wire = WIRE.iter().any(|folder| name.starts_with(folder));
        // What stands above the second line of dashes is the test's own expression.
        let shown = text.splitn(3, "---\n").nth(2).unwrap_or(&text);
        let secrets = SECRETS.iter().filter(|_| !is_wire).chain(&NOWHERE);
        secrets.for_each(|secret| assert!(!shown.contains(secret), "{name} shows {secret}"));
    }
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            found.push(path);
        }
    }
}
