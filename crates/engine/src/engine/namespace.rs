//! Files and folders. Every path may be relative to the caller's root or absolute; see [`crate::rules::places::resolve`].

use super::Engine;
use crate::pending::Pending;
use crate::refusal::Refusal;
use crate::rules::listing::{self, Entry, Listing, Page};
use crate::rules::{files, folders, moves};
use crate::types::{Caller, Kind};

impl Engine {
    /// Makes folders, each with all that is missing above it: all of them or none.
    ///
    /// # Errors
    /// Those of [`folders::create`].
    pub fn create_folders(&self, caller: &Caller, paths: Vec<String>) -> Pending<()> {
        let caller = *caller;
        self.change(move |tx, now| folders::create(tx, &caller, &paths, now))
    }

    /// A page of a folder; the empty path and `.` are the root.
    ///
    /// # Errors
    /// Those of [`listing::list`].
    pub fn list_folder(&self, caller: &Caller, path: &str, page: &Page) -> Result<Listing, Refusal> {
        self.store.read(|view| listing::list(view, caller, path, page, &self.cursors))
    }

    /// What a path leads to.
    ///
    /// # Errors
    /// Those of [`listing::info`].
    pub fn path_info(&self, caller: &Caller, path: &str) -> Result<Entry, Refusal> {
        self.store.read(|view| listing::info(view, caller, path))
    }

    /// Deletes files: all of them or none.
    ///
    /// # Errors
    /// Those of [`files::delete`].
    pub fn delete_files(&self, caller: &Caller, paths: Vec<String>) -> Pending<()> {
        let caller = *caller;
        self.change(move |tx, now| files::delete(tx, &caller, &paths, now))
    }

    /// Deletes folders with all that is in them: all of them or none.
    ///
    /// # Errors
    /// Those of [`folders::delete`].
    pub fn delete_folders(&self, caller: &Caller, paths: Vec<String>) -> Pending<()> {
        let caller = *caller;
        self.change(move |tx, now| folders::delete(tx, &caller, &paths, now))
    }

    /// Gives a file another name.
    ///
    /// # Errors
    /// Those of [`folders::rename`].
    pub fn rename_file(&self, caller: &Caller, path: &str, name: &str) -> Pending<()> {
        self.rename(caller, path, name, Kind::File)
    }

    /// Gives a folder another name.
    ///
    /// # Errors
    /// Those of [`folders::rename`].
    pub fn rename_folder(&self, caller: &Caller, path: &str, name: &str) -> Pending<()> {
        self.rename(caller, path, name, Kind::Folder)
    }

    fn rename(&self, caller: &Caller, path: &str, name: &str, kind: Kind) -> Pending<()> {
        let (caller, path, name) = (*caller, path.to_owned(), name.to_owned());
        self.change(move |tx, now| folders::rename(tx, &caller, &path, &name, kind, now))
    }

    /// Moves files into an existing folder: all of them or none.
    ///
    /// # Errors
    /// Those of [`moves::relocate`].
    pub fn move_files(&self, caller: &Caller, sources: Vec<String>, folder: &str) -> Pending<()> {
        let (caller, folder) = (*caller, folder.to_owned());
        self.change(move |tx, now| moves::relocate(tx, &caller, &sources, &folder, Kind::File, now))
    }

    /// Moves folders into an existing folder: all of them or none.
    ///
    /// # Errors
    /// Those of [`moves::relocate`].
    pub fn move_folders(&self, caller: &Caller, sources: Vec<String>, folder: &str) -> Pending<()> {
        let (caller, folder) = (*caller, folder.to_owned());
        self.change(move |tx, now| moves::relocate(tx, &caller, &sources, &folder, Kind::Folder, now))
    }

    /// Copies files into a folder, which is made if missing: all of them or none. Content is shared.
    ///
    /// # Errors
    /// Those of [`moves::copy`].
    pub fn copy_files(&self, caller: &Caller, sources: Vec<String>, folder: &str) -> Pending<()> {
        let (caller, folder) = (*caller, folder.to_owned());
        self.change(move |tx, now| moves::copy(tx, &caller, &sources, &folder, Kind::File, now))
    }

    /// Copies folders, with all that is in them, into a folder, which is made if missing: all of them or none.
    ///
    /// # Errors
    /// Those of [`moves::copy`].
    pub fn copy_folders(&self, caller: &Caller, sources: Vec<String>, folder: &str) -> Pending<()> {
        let (caller, folder) = (*caller, folder.to_owned());
        self.change(move |tx, now| moves::copy(tx, &caller, &sources, &folder, Kind::Folder, now))
    }
}
