//! Publishing, finding and deleting files, and the content that they share.

use super::Ruled;
use super::folders::{Change, collision, count, ensure};
use super::listing::Entry;
use super::places::{Place, find, find_in_folder, resolve};
use crate::blobs::{BlobPlace, StoredBlob};
use crate::env::{MINUTE, Timestamp};
use crate::path::Dot;
use crate::refusal::{Refusal, StoreError};
use crate::store::{Tx, View};
use crate::types::{Blob, BlobId, Body, Caller, Kind, Node, NodeId, NodeKey, Removal};

/// How long the file of released content stays: downloads that looked it up just before can still open it.
pub const REMOVAL_DELAY: i64 = 10 * MINUTE;

/// Takes away one reference to content. The last one takes the content, whose file is queued for removal.
///
/// # Errors
/// Only those of the storage.
pub fn release(tx: &mut dyn Tx, id: BlobId, now: Timestamp) -> Ruled<()> {
    let blob = tx.blob(id)?.ok_or(StoreError::Damaged("a file has no content"))?;
    if blob.references > 1 {
        return Ok(tx.set_references(id, blob.references - 1)?);
    }
    tx.remove_blob(id)?;
    if let BlobPlace::Named(name) = blob.stored.place {
        let id = tx.next_id()?;
        tx.add_removal(&Removal { id, name, due: now.plus(REMOVAL_DELAY) })?;
    }
    Ok(())
}

/// Deletes files.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::InvalidPath`] for one that is not there or is a folder.
pub fn delete(tx: &mut dyn Tx, caller: &Caller, paths: &[String], now: Timestamp) -> Ruled<()> {
    for path in paths {
        let place = resolve(tx, caller, path, Dot::Refused)?;
        let (file, folder) = find_in_folder(tx, &place, Kind::File)?;
        tx.remove_node(&file.key)?;
        count(tx, &folder.key, Change::Lost(Kind::File))?;
        if let Body::File { blob, .. } = file.body {
            release(tx, blob, now)?;
        }
    }
    Ok(())
}

/// Whether a file could be put at `place`, as far as that is known before its content is.
///
/// # Errors
/// Those of [`publish`].
pub fn may_publish(view: &dyn View, place: &Place, overwrite: bool) -> Ruled<()> {
    let above = place.path.split_last().map_or(0, |(above, _)| above.len());
    for depth in 1..=above {
        let way = Place { path: place.path.first(depth), ..place.clone() };
        match find(view, &way)? {
            Some(node) if node.kind() == Kind::File => return Err(Refusal::AlreadyExists),
            Some(_) => {}
            None => return Ok(()),
        }
    }
    match find(view, place)? {
        Some(node) if node.kind() == Kind::Folder => Err(Refusal::FolderAlreadyExists),
        Some(_) if !overwrite => Err(Refusal::AlreadyExists),
        Some(_) | None => Ok(()),
    }
}

/// Makes stored content a file at `place`, with all folders that are missing above it. With `overwrite` it replaces a file
/// that is there, which keeps its number and its creation time.
///
/// # Errors
/// [`Refusal::InvalidPath`] for a root; [`Refusal::FolderAlreadyExists`] if a folder is there;
/// [`Refusal::AlreadyExists`] if a file is there and may not be replaced, or stands in the way of a folder.
pub fn publish(tx: &mut dyn Tx, place: &Place, stored: &StoredBlob, overwrite: bool, now: Timestamp) -> Ruled<Entry> {
    let (above, name) = place.path.split_last().ok_or(Refusal::InvalidPath)?;
    let (folder, _) = ensure(tx, &place.root(), above, now)?;
    let key = NodeKey { account: place.account, parent: folder.id, name: name.to_owned() };
    let there = tx.node(&key)?;
    let blob = BlobId(tx.next_id()?);
    tx.add_blob(&Blob { id: blob, references: 1, stored: stored.clone() })?;
    let body = Body::File { size: stored.size, md5: stored.md5, blob };
    let node = match there {
        None => {
            let node = Node { key, id: NodeId(tx.next_id()?), created: now, modified: now, body };
            tx.add_node(&node)?;
            count(tx, &folder.key, Change::Gained(Kind::File))?;
            node
        }
        Some(Node { body: Body::File { blob: old, .. }, id, created, .. }) if overwrite => {
            let node = Node { key, id, created, modified: now, body };
            tx.replace_node(&node.key, &node)?;
            count(tx, &folder.key, Change::Same)?;
            release(tx, old, now)?;
            node
        }
        Some(other) => return Err(collision(&other)),
    };
    Ok(Entry::new(node, place.path.text()))
}

/// The file at `place` and its content, for a change of it.
///
/// # Errors
/// [`Refusal::InvalidPath`] if no file is there.
pub fn base(view: &dyn View, place: &Place) -> Ruled<Blob> {
    match find(view, place)?.ok_or(Refusal::InvalidPath)?.body {
        Body::File { blob, .. } => Ok(view.blob(blob)?.ok_or(StoreError::Damaged("a file has no content"))?),
        Body::Folder { .. } => Err(Refusal::InvalidPath),
    }
}

/// Whether the file at `place` still has that content.
///
/// # Errors
/// Those of [`base`]; [`Refusal::FileLocked`] if it has other content by now.
pub fn check_base(view: &dyn View, place: &Place, expected: BlobId) -> Ruled<()> {
    if base(view, place)?.id == expected { Ok(()) } else { Err(Refusal::FileLocked) }
}

/// The file at `path` and its content, for a download.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::DownloadPathNotFound`] if no file is there.
pub fn content(view: &dyn View, caller: &Caller, path: &str) -> Ruled<(Entry, Blob)> {
    let place = resolve(view, caller, path, Dot::Refused)
        .map_err(|refusal| refusal.mapped(&Refusal::InvalidPath, Refusal::DownloadPathNotFound))?;
    let node = find(view, &place)?.ok_or(Refusal::DownloadPathNotFound)?;
    let Body::File { blob, .. } = node.body else { return Err(Refusal::DownloadPathNotFound) };
    let blob = view.blob(blob)?.ok_or(StoreError::Damaged("a file has no content"))?;
    Ok((Entry::new(node, place.path.text()), blob))
}
