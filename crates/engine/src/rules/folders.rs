//! Making, deleting and renaming folders, and the counts that they keep.

use super::Ruled;
use super::files::release;
use super::places::{find_in_folder, resolve};
use crate::env::Timestamp;
use crate::path::{Dot, MAX_PATH, check_name};
use crate::refusal::{Refusal, StoreError};
use crate::store::{Children, Seek, Sort, Tx, View};
use crate::types::{AccountId, Body, Caller, Kind, Node, NodeId, NodeKey};

/// Entries handled at a time when a whole tree is.
pub const BATCH: usize = 1_000;

/// A change of one folder's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// One more of a kind.
    Gained(Kind),
    /// One less of a kind.
    Lost(Kind),
    /// As many as before, under other names or with other content.
    Same,
}

/// Notes a change of what is directly in the folder at `key`.
///
/// # Errors
/// Only those of the storage.
pub fn count(tx: &mut dyn Tx, key: &NodeKey, change: Change) -> Ruled<()> {
    const DAMAGED: StoreError = StoreError::Damaged("a folder's counts");
    let mut folder = tx.node(key)?.ok_or(DAMAGED)?;
    let Body::Folder { folders, files, revision } = &mut folder.body else { return Err(DAMAGED.into()) };
    *revision += 1;
    match change {
        Change::Gained(Kind::Folder) => *folders += 1,
        Change::Gained(Kind::File) => *files += 1,
        Change::Lost(Kind::Folder) => *folders = folders.checked_sub(1).ok_or(DAMAGED)?,
        Change::Lost(Kind::File) => *files = files.checked_sub(1).ok_or(DAMAGED)?,
        Change::Same => {}
    }
    Ok(tx.replace_node(key, &folder)?)
}

/// Why a node of this name cannot be put there, if one is there.
#[must_use]
pub const fn collision(there: &Node) -> Refusal {
    match there.kind() {
        Kind::Folder => Refusal::FolderAlreadyExists,
        Kind::File => Refusal::AlreadyExists,
    }
}

/// An empty folder at `key`, not yet stored.
///
/// # Errors
/// Only those of the storage.
pub fn new_folder(tx: &mut dyn Tx, key: NodeKey, now: Timestamp) -> Ruled<Node> {
    let id = NodeId(tx.next_id()?);
    Ok(Node { key, id, created: now, modified: now, body: Body::Folder { folders: 0, files: 0, revision: 0 } })
}

/// The folder at the end of `segments`, which is made, with all above it, where it is missing. Also says whether it was
/// made.
///
/// # Errors
/// [`Refusal::AlreadyExists`] if a file stands in the way.
pub fn ensure(tx: &mut dyn Tx, root: &NodeKey, segments: &[String], now: Timestamp) -> Ruled<(Node, bool)> {
    let mut here = tx.node(root)?.ok_or(StoreError::Damaged("an account has no root folder"))?;
    let mut made = false;
    for name in segments {
        let key = NodeKey { account: root.account, parent: here.id, name: name.clone() };
        let next = match tx.node(&key)? {
            Some(node) if node.kind() == Kind::Folder => node,
            Some(file) => return Err(collision(&file)),
            None => {
                let node = new_folder(tx, key, now)?;
                tx.add_node(&node)?;
                count(tx, &here.key, Change::Gained(Kind::Folder))?;
                made = true;
                node
            }
        };
        here = next;
    }
    Ok((here, made))
}

/// Makes folders, each with all that is missing above it.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::FolderAlreadyExists`] if one is there; [`Refusal::AlreadyExists`] if a file is in the
/// way; [`Refusal::InvalidPath`] for a root.
pub fn create(tx: &mut dyn Tx, caller: &Caller, paths: &[String], now: Timestamp) -> Ruled<()> {
    for path in paths {
        let place = resolve(tx, caller, path, Dot::Refused)?;
        if place.path.is_root() {
            return Err(Refusal::InvalidPath);
        }
        let (_, made) = ensure(tx, &place.root(), place.path.segments(), now)?;
        if !made {
            return Err(Refusal::FolderAlreadyExists);
        }
    }
    Ok(())
}

/// Up to [`BATCH`] children of one kind, by name.
///
/// # Errors
/// Only those of the storage.
pub fn batch(view: &dyn View, account: AccountId, parent: NodeId, kind: Kind, seek: Seek) -> Ruled<Vec<Node>> {
    Ok(view.children(&Children { account, parent, kind, sort: Sort::Name, descending: false, seek, limit: BATCH })?)
}

/// Deletes folders with all that is in them, in one transaction: the time grows with the number of entries, the memory
/// with the number of folders.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::InvalidPath`] for a folder that is not there, or a root.
pub fn delete(tx: &mut dyn Tx, caller: &Caller, paths: &[String], now: Timestamp) -> Ruled<()> {
    for path in paths {
        let place = resolve(tx, caller, path, Dot::Refused)?;
        let (folder, above) = find_in_folder(tx, &place, Kind::Folder)?;
        tx.remove_node(&folder.key)?;
        count(tx, &above.key, Change::Lost(Kind::Folder))?;
        empty(tx, place.account, folder.id, now)?;
    }
    Ok(())
}

/// Removes all that is in a folder whose own row is gone already.
fn empty(tx: &mut dyn Tx, account: AccountId, folder: NodeId, now: Timestamp) -> Ruled<()> {
    let mut left = vec![folder];
    while let Some(parent) = left.pop() {
        for kind in [Kind::File, Kind::Folder] {
            loop {
                let nodes = batch(tx, account, parent, kind, Seek::Skip(0))?;
                if nodes.is_empty() {
                    break;
                }
                for node in nodes {
                    tx.remove_node(&node.key)?;
                    match node.body {
                        Body::Folder { .. } => left.push(node.id),
                        Body::File { blob, .. } => release(tx, blob, now)?,
                    }
                }
            }
        }
    }
    Ok(())
}

/// Gives the file or folder at `path` another name: one row changes, whatever is below it.
///
/// # Errors
/// Those of [`resolve`] and [`check_name`]; [`Refusal::InvalidPath`] if it is not there; the codes of [`collision`] if
/// the name is taken; [`Refusal::PathTooLong`] if its own path would be. Paths below it are not looked at.
pub fn rename(tx: &mut dyn Tx, caller: &Caller, path: &str, name: &str, kind: Kind, now: Timestamp) -> Ruled<()> {
    let place = resolve(tx, caller, path, Dot::Refused)?;
    check_name(name)?;
    let (node, above) = find_in_folder(tx, &place, kind)?;
    if node.key.name == name {
        return Ok(());
    }
    let other = place.path.chars() - node.key.name.chars().count() + name.chars().count();
    if other > MAX_PATH {
        return Err(Refusal::PathTooLong);
    }
    let key = NodeKey { name: name.to_owned(), ..node.key.clone() };
    if let Some(there) = tx.node(&key)? {
        return Err(collision(&there));
    }
    let old = node.key.clone();
    let modified = if kind == Kind::Folder { now } else { node.modified };
    tx.replace_node(&old, &Node { key, modified, ..node })?;
    count(tx, &above.key, Change::Same)
}
