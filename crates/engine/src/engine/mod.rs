//! Everything tied together, one method for each operation.
//!
//! Lookups return at once, and block while the disk is read. Changes return a [`Pending`]. Methods that hash passwords or
//! write content block for as long as that takes. The engine is meant to be shared in an [`Arc`] and, by a server with a
//! runtime, called on threads that may block.

mod accounts;
mod links;
mod namespace;
mod open;
mod partial;
mod resellers;
mod rewrite;
mod transfer;

pub use accounts::Login;
pub use links::Link;
pub use open::{Founded, Founding, Generated, Parts, generate};
pub use partial::{MAX_PARTIAL, MAX_PARTIAL_PER_ACCOUNT, Piece};
pub(crate) use resellers::{STORAGE_LABEL, storage_name};
pub use rewrite::{Rewrite, Source};
pub use transfer::{Destination, Download, EndOfFile, SweepReport, Upload};

use std::sync::Arc;

use crate::blobs::BlobFiles;
use crate::env::{Clock, Random, Timestamp};
use crate::lock::FolderLock;
use crate::password::Passwords;
use crate::pending::Pending;
use crate::refusal::Refusal;
use crate::rules::listing::Cursors;
use crate::sessions::Sessions;
use crate::store::{Store, Tx};

/// The storage system.
pub struct Engine {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    // Dropped before the lock, so that nobody else opens the folder while the writer still works.
    store: Store,
    blobs: Arc<dyn BlobFiles>,
    passwords: Passwords,
    sessions: Sessions,
    unwritten: accounts::Unwritten,
    cursors: Cursors,
    partial: partial::Partials,
    _lock: Option<FolderLock>,
}

impl Engine {
    /// The engine's present time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The store, for dumps and diagnosis.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// One transaction at the present time.
    fn change<T: Send + 'static>(
        &self,
        job: impl Fn(&mut dyn Tx, Timestamp) -> Result<T, Refusal> + Send + 'static,
    ) -> Pending<T> {
        let now = self.now();
        self.store.change(move |tx| job(tx, now))
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("store", &self.store).finish_non_exhaustive()
    }
}
