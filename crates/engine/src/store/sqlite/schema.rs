//! The tables, and how a database file becomes one of ours.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::refusal::{OpenError, StoreError};

/// "Lrdr": tells our files from others.
pub(super) const APPLICATION_ID: i64 = 0x4c72_6472;
/// The newest schema that this program knows.
pub(super) const VERSION: i64 = 1 + STEPS.len().cast_signed() as i64;

/// Rows that are written together stand together: nodes by folder, content in the order of its numbers. Only content with
/// a file of its own is indexed by its random name.
const SCHEMA: &str = "
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO state VALUES ('last_id', 0), ('unclean', 0);

CREATE TABLE applications (
  id INTEGER PRIMARY KEY, master INTEGER NOT NULL, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, application INTEGER NOT NULL, name TEXT NOT NULL, password TEXT NOT NULL,
  failures INTEGER NOT NULL, locked_until INTEGER, created INTEGER NOT NULL,
  UNIQUE (application, name)
) STRICT;

CREATE TABLE contacts (
  account INTEGER NOT NULL, kind INTEGER NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, kind, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE nodes (
  account INTEGER NOT NULL, parent INTEGER NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL, id INTEGER NOT NULL,
  created INTEGER NOT NULL, modified INTEGER NOT NULL,
  folders INTEGER NOT NULL, files INTEGER NOT NULL, revision INTEGER NOT NULL,
  size INTEGER NOT NULL, type TEXT NOT NULL, md5 BLOB NOT NULL, blob INTEGER NOT NULL,
  PRIMARY KEY (account, parent, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX nodes_by_kind ON nodes (account, parent, kind, name);

CREATE TABLE blobs (
  id INTEGER PRIMARY KEY, refs INTEGER NOT NULL, size INTEGER NOT NULL, md5 BLOB NOT NULL, sums BLOB NOT NULL,
  name BLOB, content BLOB
) STRICT;
CREATE UNIQUE INDEX blobs_by_name ON blobs (name) WHERE name IS NOT NULL;

CREATE TABLE removals (id INTEGER PRIMARY KEY, name BLOB NOT NULL, due INTEGER NOT NULL) STRICT;

CREATE TABLE upload_rights (
  hash BLOB PRIMARY KEY, application INTEGER NOT NULL, account INTEGER NOT NULL, folder TEXT, overwrite INTEGER NOT NULL,
  ip TEXT, first_byte_by INTEGER NOT NULL, expires INTEGER NOT NULL, started INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_rights_by_expiry ON upload_rights (expires, hash);

CREATE TABLE api_keys (reseller INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE) STRICT;

CREATE TABLE reseller_users (
  id INTEGER PRIMARY KEY, reseller INTEGER NOT NULL, email TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL, last_name TEXT,
  quota INTEGER NOT NULL, password TEXT NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE INDEX reseller_users_by_reseller ON reseller_users (reseller, email);
";

/// What makes each later schema of the one before it. A step that a release has is never changed.
const STEPS: &[&str] = &[
    super::resellers::STEP,
    "
CREATE TABLE unfinished_files (
  name BLOB PRIMARY KEY, number INTEGER NOT NULL, hash BLOB NOT NULL, application INTEGER NOT NULL, account INTEGER NOT NULL,
  path TEXT NOT NULL, size INTEGER NOT NULL, md5 BLOB NOT NULL, first INTEGER, last INTEGER, piece BLOB,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE links (
  hash BLOB PRIMARY KEY, application INTEGER NOT NULL, account INTEGER NOT NULL, path TEXT NOT NULL, ip TEXT,
  expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX links_by_expiry ON links (expires, hash);
",
];

pub(super) fn failed(error: rusqlite::Error) -> StoreError {
    use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};
    match error.sqlite_error() {
        Some(cause) if cause.code == rusqlite::ErrorCode::DiskFull => StoreError::Full,
        Some(cause) if matches!(cause.extended_code, SQLITE_IOERR_FSYNC | SQLITE_IOERR_DIR_FSYNC) => {
            StoreError::Sync(error.to_string())
        }
        Some(_) | None => StoreError::Database(error.to_string()),
    }
}

/// Opens the connection that writes, and makes or checks the schema.
pub(super) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let connection = Connection::open(path).map_err(failed)?;
    prepare(&connection)?;
    Ok(connection)
}

fn prepare(connection: &Connection) -> Result<(), OpenError> {
    let number =
        |pragma: &str| -> Result<i64, OpenError> { Ok(connection.query_row(pragma, (), |row| row.get(0)).map_err(failed)?) };
    let (owner, found) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    if owner != APPLICATION_ID && (owner != 0 || tables != 0) {
        return Err(OpenError::Foreign);
    }
    if found > VERSION {
        return Err(OpenError::NewerSchema { found, known: VERSION });
    }
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;")
        .map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    if found == 0 {
        let first =
            format!("BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; {SCHEMA} PRAGMA user_version = 1; COMMIT;");
        connection.execute_batch(&first).map_err(failed)?;
    }
    for (version, step) in (2..).zip(STEPS).filter(|(version, _)| *version > found) {
        let step = format!("BEGIN IMMEDIATE; {step} PRAGMA user_version = {version}; COMMIT;");
        connection.execute_batch(&step).map_err(failed)?;
    }
    Ok(())
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}
