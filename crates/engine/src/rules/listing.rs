//! What is in a folder, page by page, and what a path leads to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Ruled;
use super::places::{Place, find, resolve};
use crate::env::Timestamp;
use crate::path::{Dot, MAX_NAME, MAX_PATH};
use crate::refusal::Refusal;
use crate::store::{Children, Seek, Sort, View};
use crate::types::{AccountId, Body, Caller, FileType, Kind, Node, NodeId};

/// The most entries of a page.
pub const MAX_PAGE_SIZE: u32 = 1_000;
/// Page ends that are remembered. Beyond it all are forgotten, and each reader of a deep page pays for one skip.
const MAX_CURSORS: usize = 4_096;

/// A file or a folder as listings and path information show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: NodeId,
    /// The account that owns it.
    pub account: AccountId,
    /// Its name; empty for a root folder.
    pub name: String,
    /// Its path, relative to the owner's root.
    pub path: String,
    /// When it was created.
    pub created: Timestamp,
    /// When its content, or for a folder its name or place, last changed.
    pub modified: Timestamp,
    /// What it is.
    pub kind: EntryKind,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Folder {
        /// How many folders are directly in it.
        folders: u64,
        /// How many files are directly in it.
        files: u64,
    },
    /// A file.
    File {
        /// Its length in bytes.
        size: u64,
        /// The MD5 of its content.
        md5: [u8; 16],
        /// The type that its name tells.
        file_type: FileType,
    },
}

impl Entry {
    /// `node` as seen at `path`.
    #[must_use]
    pub fn new(node: Node, path: String) -> Self {
        let kind = match node.body {
            Body::Folder { folders, files, .. } => EntryKind::Folder { folders, files },
            Body::File { size, md5, .. } => EntryKind::File { size, md5, file_type: FileType::of(&node.key.name) },
        };
        let name = if path.is_empty() { String::new() } else { node.key.name };
        Self { id: node.id, account: node.key.account, name, path, created: node.created, modified: node.modified, kind }
    }

    /// Whether it is a file.
    #[must_use]
    pub const fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::File { .. })
    }
}

/// Which page of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// From one on.
    pub number: u32,
    /// Entries, from 1 to [`MAX_PAGE_SIZE`].
    pub size: u32,
    /// The order within folders and within files; folders always come first.
    pub sort: Sort,
    /// The direction of that order.
    pub descending: bool,
}

impl Page {
    /// How many entries stand before it.
    ///
    /// # Errors
    /// [`Refusal::PageSizeExceedsLimit`] for a size out of range, or page zero.
    pub fn offset(&self) -> Ruled<u64> {
        let before = self.number.checked_sub(1).filter(|_| (1..=MAX_PAGE_SIZE).contains(&self.size));
        Ok(u64::from(before.ok_or(Refusal::PageSizeExceedsLimit)?) * u64::from(self.size))
    }
}

/// A page of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// How many folders the folder has.
    pub total_folders: u64,
    /// How many files it has.
    pub total_files: u64,
    /// The page: folders, then files.
    pub entries: Vec<Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cursor {
    folder: NodeId,
    revision: u64,
    kind: Kind,
    descending: bool,
    skip: u64,
}

/// Where pages ended, so that the next one in the order of names begins with a key instead of a skip. A folder's
/// revision is part of the key: whoever finds a page end here would have skipped to the same place.
#[derive(Debug, Default)]
pub struct Cursors(Mutex<HashMap<Cursor, String>>);

impl Cursors {
    fn seek(&self, cursor: Cursor) -> Seek {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&cursor).cloned().map_or(Seek::Skip(cursor.skip), Seek::After)
    }

    fn note(&self, cursor: Cursor, name: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_CURSORS {
            known.clear();
        }
        known.insert(cursor, name.to_owned());
    }
}

/// A page of the folder at `path`. A page past the end is empty.
///
/// # Errors
/// Those of [`resolve`] and [`Page::offset`]; [`Refusal::FolderNotFound`]; [`Refusal::PathTooLong`] if anything in the
/// folder has a path that is longer than a path may be.
pub fn list(view: &dyn View, caller: &Caller, path: &str, page: &Page, cursors: &Cursors) -> Ruled<Listing> {
    let skip = page.offset()?;
    let place = resolve(view, caller, path, Dot::Root)?;
    let folder = find(view, &place)?.ok_or(Refusal::FolderNotFound)?;
    let Body::Folder { folders, files, revision } = folder.body else { return Err(Refusal::FolderNotFound) };
    check_paths(view, &place, folder.id)?;
    let mut entries = Vec::new();
    for (kind, before, total) in [(Kind::Folder, 0, folders), (Kind::File, folders, files)] {
        let room = u64::from(page.size) - entries.len() as u64;
        let skip = skip.saturating_sub(before);
        let wanted = room.min(total.saturating_sub(skip));
        if wanted == 0 {
            continue;
        }
        let cursor = Cursor { folder: folder.id, revision, kind, descending: page.descending, skip };
        let seek = if page.sort == Sort::Name && skip > 0 { cursors.seek(cursor) } else { Seek::Skip(skip) };
        let limit = usize::try_from(wanted).unwrap_or(usize::MAX);
        let run = Children {
            account: place.account,
            parent: folder.id,
            kind,
            sort: page.sort,
            descending: page.descending,
            seek,
            limit,
        };
        let found = view.children(&run)?;
        if let (Sort::Name, Some(last)) = (page.sort, found.last()) {
            cursors.note(Cursor { skip: skip + found.len() as u64, ..cursor }, &last.key.name);
        }
        entries.extend(found.into_iter().map(|node| {
            let path = child_path(&place, &node.key.name);
            Entry::new(node, path)
        }));
    }
    Ok(Listing { total_folders: folders, total_files: files, entries })
}

fn child_path(place: &Place, name: &str) -> String {
    if place.path.is_root() { name.to_owned() } else { format!("{}/{name}", place.path.text()) }
}

/// Looks at the names only where the folder's own path is long enough for one of them to be too long.
fn check_paths(view: &dyn View, place: &Place, folder: NodeId) -> Ruled<()> {
    let before = place.path.chars() + 1;
    if before + MAX_NAME > MAX_PATH && before + view.longest_name(place.account, folder)? > MAX_PATH {
        return Err(Refusal::PathTooLong);
    }
    Ok(())
}

/// The file or folder at `path`; the empty path is the root.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::InvalidPath`] if nothing is there.
pub fn info(view: &dyn View, caller: &Caller, path: &str) -> Ruled<Entry> {
    let place = resolve(view, caller, path, Dot::Refused)?;
    let node = find(view, &place)?.ok_or(Refusal::InvalidPath)?;
    Ok(Entry::new(node, place.path.text()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_ends_of_pages_are_known_and_then_none() {
        let cursors = Cursors::default();
        let cursor = |skip: usize| {
            let skip = u64::try_from(skip).unwrap();
            Cursor { folder: NodeId(1), revision: 1, kind: Kind::File, descending: false, skip }
        };
        (0..MAX_CURSORS).for_each(|skip| cursors.note(cursor(skip), "name"));
        assert!((0..MAX_CURSORS).all(|skip| matches!(cursors.seek(cursor(skip)), Seek::After(_))));
        cursors.note(cursor(MAX_CURSORS), "name");
        assert!(matches!(cursors.seek(cursor(0)), Seek::Skip(0)));
        assert!(matches!(cursors.seek(cursor(MAX_CURSORS)), Seek::After(_)));
    }
}
