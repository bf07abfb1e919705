//! Opening, founding and recovering.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use larder_core::Secret;

use super::{Engine, accounts::Unwritten, partial::Partials};
use crate::blobs::{BlobFiles, DiskBlobs, MemoryBlobs};
use crate::contact::Contact;
use crate::disk::{Disk, SystemDisk, private_file, private_folder};
use crate::env::{Clock, Random, SystemClock, SystemRandom};
use crate::lock::FolderLock;
use crate::password::{PasswordCost, Passwords};
use crate::refusal::{OpenError, Refusal, StoreError};
use crate::rules::accounts::{self, NewAccount};
use crate::rules::listing::Cursors;
use crate::rules::{places, resellers};
use crate::sessions::Sessions;
use crate::store::{Model, Sqlite, Store};
use crate::token::{TokenHash, opaque, readable, uuid};
use crate::types::{AccountId, ApplicationId};

/// The engine's surroundings.
#[derive(Clone)]
pub struct Parts {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where random bytes come from.
    pub random: Arc<dyn Random>,
    /// Where the content of blobs goes. The database uses the real file system in any case.
    pub disk: Arc<dyn Disk>,
    /// What a password hash costs.
    pub password_cost: PasswordCost,
}

impl Default for Parts {
    /// The operating system's, and the default cost.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            disk: Arc::new(SystemDisk),
            password_cost: PasswordCost::default(),
        }
    }
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Parts").field("password_cost", &self.password_cost).finish_non_exhaustive()
    }
}

/// The first master account and its application.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The master's user name.
    pub master: String,
    /// The master's password.
    pub password: Secret,
    /// The application's name.
    pub application: String,
    /// The application's key, as [`accounts::check_app_key`] allows it; a random UUID if `None`.
    pub app_key: Option<String>,
    /// The master's key for the reseller API, as [`resellers::check_key`] allows it; random if `None`.
    pub api_key: Option<Secret>,
}

/// What was founded.
#[derive(Debug, Clone)]
pub struct Founded {
    /// The master account.
    pub master: AccountId,
    /// Its application.
    pub application: ApplicationId,
    /// The application's key.
    pub app_key: String,
    /// The master's key for the reseller API, which cannot be read again.
    pub api_key: Secret,
}

/// Random credentials for a [`Founding`], for whoever must write them down before.
#[derive(Debug, Clone)]
pub struct Generated {
    /// An application key: a UUID.
    pub app_key: String,
    /// A key for the reseller API.
    pub api_key: Secret,
    /// A password of 20 characters, 100 bits, that are hard to mistake for each other.
    pub password: Secret,
}

/// Makes up credentials.
///
/// # Errors
/// The random source failed.
pub fn generate(random: &dyn Random) -> Result<Generated, StoreError> {
    Ok(Generated { app_key: uuid(random)?, api_key: opaque(random)?, password: readable(random)? })
}

impl Engine {
    /// Opens the data folder, which is created if missing (its parent must exist): `lock`, `larder.db` with its
    /// companions, and `blobs`. Sweeps once, and removes what a crash left. After an orderly shutdown that takes no time; otherwise every
    /// blob's file is looked up once.
    ///
    /// # Errors
    /// [`OpenError`] says why not.
    pub fn open(folder: &Path, parts: Parts) -> Result<Self, OpenError> {
        let made = !folder.exists();
        if made {
            private_folder(folder).map_err(StoreError::io("creating the data folder"))?;
        }
        // Whoever made it, perhaps a process that crashed just then, may not have synced it.
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match parts.disk.sync_dir(parent) {
            // Somebody else's folder around it, which we may pass through but not open, is theirs to sync.
            Err(error) if !made && error.kind() == ErrorKind::PermissionDenied => {}
            synced => synced.map_err(StoreError::io("syncing the data folder's parent"))?,
        }
        let lock = FolderLock::take(folder)?;
        let database = folder.join("larder.db");
        // SQLite gives the files beside it the same permissions. The folder may have been made by somebody else, with
        // wider ones than ours.
        private_file(&database).map_err(StoreError::io("creating the database file"))?;
        parts.disk.sync_dir(folder).map_err(StoreError::io("syncing the data folder"))?;
        let sqlite = Sqlite::open(&database)?;
        let blobs = DiskBlobs::open(folder.join("blobs"), parts.disk.clone())?;
        let unclean = sqlite.was_unclean();
        let engine = Self::assemble(parts, Store::Sqlite(sqlite), Arc::new(blobs), Some(lock))?;
        engine.take_up_unfinished().map_err(storage)?;
        if unclean {
            engine.remove_orphans()?;
        }
        engine.sweep().map_err(storage)?;
        Ok(engine)
    }

    /// An engine that keeps everything in memory, for tests and simulations.
    ///
    /// # Errors
    /// The random source failed, or the password cost is out of range.
    pub fn in_memory(parts: Parts) -> Result<Self, StoreError> {
        Self::assemble(parts, Store::Model(Model::new()), Arc::new(MemoryBlobs::default()), None)
    }

    /// What a restart makes of it: all that is kept stays, acknowledged pieces of unfinished files too, and all that is in
    /// memory only is gone, such as sessions. For simulations; on disk, opening anew does more.
    ///
    /// # Errors
    /// Those of [`Self::in_memory`].
    pub fn restarted(self, parts: Parts) -> Result<Self, StoreError> {
        let Self { store, blobs, partial, _lock: lock, .. } = self;
        drop(partial);
        let engine = Self::assemble(parts, store, blobs, lock)?;
        engine.take_up_unfinished().map_err(storage)?;
        Ok(engine)
    }

    fn assemble(parts: Parts, store: Store, blobs: Arc<dyn BlobFiles>, lock: Option<FolderLock>) -> Result<Self, StoreError> {
        Ok(Self {
            passwords: Passwords::new(parts.password_cost, &*parts.random)?,
            sessions: Sessions::new(&*parts.random)?,
            unwritten: Unwritten::default(),
            clock: parts.clock,
            random: parts.random,
            store,
            blobs,
            cursors: Cursors::default(),
            partial: Partials::default(),
            _lock: lock,
        })
    }

    /// Takes up the files of which an earlier process had acknowledged pieces, and removes what else it left unfinished.
    fn take_up_unfinished(&self) -> Result<(), Refusal> {
        let mut files = self.store.read(|view| Ok(view.unfinished_files()?))?;
        let known: Vec<_> = files.iter().map(|file| (file.name, file.size)).collect();
        let mut missing = Vec::new();
        self.blobs.recover(&known, &mut |name| missing.push(name))?;
        files.retain(|file| !missing.contains(&file.name));
        self.partial.restore(files).into_iter().for_each(|lost| self.let_go(lost));
        if missing.is_empty() {
            return Ok(());
        }
        self.change(move |tx, _| missing.iter().try_for_each(|name| Ok(tx.drop_unfinished_file(*name)?))).wait()
    }

    /// Removes finished blobs that no row names: their writer was stopped before it could publish them.
    fn remove_orphans(&self) -> Result<(), StoreError> {
        let outcome = self.store.read(|view| {
            self.blobs.each(&mut |name| if view.names_blob(name)? { Ok(()) } else { self.blobs.remove(name) })?;
            Ok(())
        });
        outcome.map_err(storage)
    }

    /// Whether there is an application of that name or key.
    ///
    /// # Errors
    /// The storage failed.
    pub fn has_application(&self, name_or_key: &str) -> Result<bool, Refusal> {
        self.store.read(|view| Ok(places::application(view, name_or_key)?.is_some()))
    }

    /// Whether there is any account.
    ///
    /// # Errors
    /// The storage failed.
    pub fn is_founded(&self) -> Result<bool, Refusal> {
        self.store.read(|view| Ok(view.has_accounts()?))
    }

    /// Creates a master account with an application and a key for the reseller API. Blocks while the password is hashed.
    ///
    /// # Errors
    /// Those of [`accounts::create_master`], [`accounts::create_application`], [`resellers::check_key`] and
    /// [`resellers::set_key`].
    pub fn found(&self, founding: Founding) -> Result<Founded, Refusal> {
        founding.app_key.as_deref().map_or(Ok(()), accounts::check_app_key)?;
        founding.api_key.as_ref().map_or(Ok(()), resellers::check_key)?;
        let password = self.passwords.hash(&founding.password, &*self.random)?;
        let app_key = founding.app_key.map_or_else(|| uuid(&*self.random), Ok)?;
        let api_key = founding.api_key.map_or_else(|| opaque(&*self.random), Ok)?;
        let new = NewAccount { name: founding.master, password, contact: Contact::new() };
        let (hash, key, application) = (TokenHash::of("api", &api_key), app_key.clone(), founding.application);
        let created = self.change(move |tx, now| {
            let master = accounts::create_master(tx, &new, now)?;
            let application = accounts::create_application(tx, master.id, &application, &key, now)?;
            resellers::set_key(tx, master.id, &hash)?;
            Ok((master.id, application.id))
        });
        let (master, application) = created.wait()?;
        Ok(Founded { master, application, app_key, api_key })
    }
}

/// The failure of the storage behind a refusal of something that no rule refuses.
fn storage(refusal: Refusal) -> StoreError {
    if let Refusal::Storage(error) = refusal { error } else { StoreError::Database(refusal.to_string()) }
}
