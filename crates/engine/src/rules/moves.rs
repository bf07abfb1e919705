//! Moving and copying: several sources into one folder, all of them or none.

use super::Ruled;
use super::folders::{Change, batch, collision, count, ensure, new_folder};
use super::places::{Place, chain, find_in_folder, resolve};
use crate::env::Timestamp;
use crate::path::Dot;
use crate::refusal::{Refusal, StoreError};
use crate::store::{Seek, Tx};
use crate::types::{AccountId, Body, Caller, Kind, Node, NodeId, NodeKey};

/// Moves files, or folders, into an existing folder. Within an account one row changes for each source, whatever is below
/// it; into another account all rows below it do. Paths below may become longer than a path may be.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::InvalidPath`] for a source of that kind or a destination that is not there, and for a
/// folder that would go into itself; those of [`collision`] if a name is taken.
pub fn relocate(tx: &mut dyn Tx, caller: &Caller, sources: &[String], folder: &str, kind: Kind, now: Timestamp) -> Ruled<()> {
    let to = resolve(tx, caller, folder, Dot::Refused)?;
    let way = destination(tx, &to)?;
    for source in sources {
        let place = resolve(tx, caller, source, Dot::Refused)?;
        let (node, above) = find_in_folder(tx, &place, kind)?;
        let target = vacancy(tx, &way, &node, to.account)?;
        let modified = if kind == Kind::Folder { now } else { node.modified };
        tx.replace_node(&node.key, &Node { key: target.0, modified, ..node.clone() })?;
        count(tx, &above.key, Change::Lost(kind))?;
        count(tx, &target.1, Change::Gained(kind))?;
        if kind == Kind::Folder && place.account != to.account {
            hand_over(tx, node.id, place.account, to.account)?;
        }
    }
    Ok(())
}

/// Copies files, or folders with all that is in them, into a folder, which is made if it is missing. Content is shared,
/// not copied.
///
/// # Errors
/// Those of [`relocate`], but for the missing destination; [`Refusal::AlreadyExists`] if a file stands in its way.
pub fn copy(tx: &mut dyn Tx, caller: &Caller, sources: &[String], folder: &str, kind: Kind, now: Timestamp) -> Ruled<()> {
    let to = resolve(tx, caller, folder, Dot::Refused)?;
    ensure(tx, &to.root(), to.path.segments(), now)?;
    let way = destination(tx, &to)?;
    for source in sources {
        let place = resolve(tx, caller, source, Dot::Refused)?;
        let (node, _) = find_in_folder(tx, &place, kind)?;
        let (key, above) = vacancy(tx, &way, &node, to.account)?;
        let copied = duplicate(tx, &node, key, now)?;
        count(tx, &above, Change::Gained(kind))?;
        if kind == Kind::Folder {
            fill(tx, &node, &copied, now)?;
        }
    }
    Ok(())
}

/// The folders from the root to the destination.
fn destination(tx: &dyn Tx, to: &Place) -> Ruled<Vec<Node>> {
    chain(tx, &to.root(), to.path.segments())?
        .filter(|nodes| nodes.last().is_some_and(|node| node.kind() == Kind::Folder))
        .ok_or(Refusal::InvalidPath)
}

/// The key that `node` gets at the end of `way`, if it is free and not below `node` itself; and the folder's own key.
fn vacancy(tx: &dyn Tx, way: &[Node], node: &Node, account: AccountId) -> Ruled<(NodeKey, NodeKey)> {
    let folder = way.last().ok_or(Refusal::InvalidPath)?;
    if way.iter().any(|above| above.id == node.id) {
        return Err(Refusal::InvalidPath);
    }
    let key = NodeKey { account, parent: folder.id, name: node.key.name.clone() };
    match tx.node(&key)? {
        Some(there) => Err(collision(&there)),
        None => Ok((key, folder.key.clone())),
    }
}

/// Gives all that is below a folder to another account.
fn hand_over(tx: &mut dyn Tx, folder: NodeId, from: AccountId, to: AccountId) -> Ruled<()> {
    let mut left = vec![folder];
    while let Some(parent) = left.pop() {
        for kind in [Kind::File, Kind::Folder] {
            loop {
                let nodes = batch(tx, from, parent, kind, Seek::Skip(0))?;
                if nodes.is_empty() {
                    break;
                }
                for node in nodes {
                    if kind == Kind::Folder {
                        left.push(node.id);
                    }
                    let key = NodeKey { account: to, ..node.key.clone() };
                    tx.replace_node(&node.key.clone(), &Node { key, ..node })?;
                }
            }
        }
    }
    Ok(())
}

/// Stores a copy of one node at `key`: a file with the same content, or a folder with nothing in it.
fn duplicate(tx: &mut dyn Tx, node: &Node, key: NodeKey, now: Timestamp) -> Ruled<Node> {
    let copy = match &node.body {
        Body::Folder { .. } => new_folder(tx, key, now)?,
        Body::File { blob, .. } => {
            let references = tx.blob(*blob)?.ok_or(StoreError::Damaged("a file has no content"))?.references;
            tx.set_references(*blob, references + 1)?;
            Node { key, id: NodeId(tx.next_id()?), created: now, modified: now, body: node.body.clone() }
        }
    };
    tx.add_node(&copy)?;
    Ok(copy)
}

/// Copies what is in `from` into `to`, which is empty and not below it.
fn fill(tx: &mut dyn Tx, from: &Node, to: &Node, now: Timestamp) -> Ruled<()> {
    let mut left = vec![(from.clone(), to.clone())];
    while let Some((from, to)) = left.pop() {
        for kind in [Kind::File, Kind::Folder] {
            let mut seek = Seek::Skip(0);
            loop {
                let nodes = batch(tx, from.key.account, from.id, kind, seek)?;
                let Some(last) = nodes.last() else { break };
                seek = Seek::After(last.key.name.clone());
                for node in nodes {
                    let key = NodeKey { account: to.key.account, parent: to.id, name: node.key.name.clone() };
                    let copied = duplicate(tx, &node, key, now)?;
                    count(tx, &to.key, Change::Gained(kind))?;
                    if kind == Kind::Folder {
                        left.push((node, copied));
                    }
                }
            }
        }
    }
    Ok(())
}
