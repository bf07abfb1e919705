//! One SQLite file: WAL, a sync for every commit, one writer, several readers.

mod resellers;
mod rows;
mod schema;
mod tables;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use super::{Tx, View};
use crate::pending::Pending;
use crate::refusal::{OpenError, Refusal, StoreError};
use schema::failed;
use tables::Tables;
use writer::Writer;

/// Connections that read at once; who comes later waits.
const READERS: usize = 4;

/// A store in one database file.
pub struct Sqlite {
    path: PathBuf,
    // Dropped before the writer, which empties the log into the database when it is the last: a connection that only reads
    // cannot.
    readers: Mutex<Readers>,
    writer: Writer,
    returned: Condvar,
    unclean: bool,
}

#[derive(Default)]
struct Readers {
    idle: Vec<Connection>,
    open: usize,
}

impl Sqlite {
    /// Opens or creates the database at `path`.
    ///
    /// # Errors
    /// It is not one of ours, a newer program wrote it, or the storage failed.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let connection = schema::open_writer(path)?;
        let unclean: bool =
            connection.query_row("SELECT value FROM state WHERE name = 'unclean'", (), |row| row.get(0)).map_err(failed)?;
        writer::mark(&connection, true)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Writer::start(connection)?,
            readers: Mutex::default(),
            returned: Condvar::new(),
            unclean,
        })
    }

    /// Whether the process that had it open before ended without closing it.
    #[must_use]
    pub const fn was_unclean(&self) -> bool {
        self.unclean
    }

    /// The SQL of all tables and indexes, in the order of their creation.
    ///
    /// # Errors
    /// The storage failed.
    pub fn schema(&self) -> Result<String, StoreError> {
        let lease = self.lease()?;
        let sql = lease
            .connection()?
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            .and_then(|mut query| query.query_map((), |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>())
            .map_err(failed)?;
        Ok(sql.join(";\n"))
    }

    /// Lets the database grow to so many pages, or as far as it is if that is more; `None` ends the limit until the next
    /// start. Says how many pages those are. What needs more is refused with [`StoreError::Full`], as on a full disk.
    pub fn limit_pages(&self, pages: Option<u32>) -> Pending<u32> {
        self.writer.limit(pages)
    }

    pub(super) fn read<T>(&self, job: impl FnOnce(&dyn View) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let lease = self.lease()?;
        let connection = lease.connection()?;
        connection.prepare_cached("BEGIN").and_then(|mut begin| begin.execute(())).map_err(failed)?;
        job(&Tables(connection))
    }

    pub(super) fn change<T: Send + 'static>(
        &self,
        job: impl Fn(&mut dyn Tx) -> Result<T, Refusal> + Send + 'static,
    ) -> Pending<T> {
        self.writer.change(job)
    }

    fn pool(&self) -> MutexGuard<'_, Readers> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lease(&self) -> Result<Lease<'_>, StoreError> {
        let mut pool = self.pool();
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(Lease { from: self, connection: Some(connection) });
            }
            if pool.open < READERS {
                let connection = schema::open_reader(&self.path)?;
                pool.open += 1;
                return Ok(Lease { from: self, connection: Some(connection) });
            }
            pool = self.returned.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A reader's connection. It goes back when this is dropped, by a panic too, and its transaction ends.
struct Lease<'s> {
    from: &'s Sqlite,
    connection: Option<Connection>,
}

impl Lease<'_> {
    fn connection(&self) -> Result<&Connection, StoreError> {
        self.connection.as_ref().ok_or(StoreError::Stopped)
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit() {
            let _ = connection.prepare_cached("COMMIT").and_then(|mut end| end.execute(()));
        }
        let mut pool = self.from.pool();
        // A connection that cannot end its transaction is closed.
        if connection.is_autocommit() {
            pool.idle.push(connection);
        } else {
            pool.open -= 1;
        }
        drop(pool);
        self.from.returned.notify_one();
    }
}

impl std::fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sqlite").field("path", &self.path).finish_non_exhaustive()
    }
}
