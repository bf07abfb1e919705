//! Rows become records.

use std::net::IpAddr;
use std::num::NonZeroU64;

use bytes::Bytes;
use larder_core::Secret;
use rusqlite::{Connection, Params, Row};

use super::schema::failed;
use crate::blobs::{BlobName, BlobPlace, StoredBlob};
use crate::contact::ContactKind;
use crate::env::Timestamp;
use crate::refusal::StoreError;
use crate::store::Found;
use crate::token::TokenHash;
use crate::types::{
    Account, AccountId, Application, ApplicationId, Blob, BlobId, Body, DownloadLink, Node, NodeId, NodeKey, Placed, Removal,
    ResellerUser, ResellerUserId, UnfinishedFile, UploadRight,
};

type Row_<T> = rusqlite::Result<T>;

pub(super) const APPLICATION: &str = "SELECT id, master, key, name FROM applications";
pub(super) const ACCOUNT: &str = "SELECT id, application, name, password, failures, locked_until, created FROM accounts";
pub(super) const CONTACT: &str = "SELECT account, kind, field, value FROM contacts";
pub(super) const NODE: &str = "SELECT account, parent, name, kind, id, created, modified, folders, files, revision, size, \
                               md5, blob FROM nodes";
pub(super) const BLOB: &str = "SELECT id, refs, size, md5, sums, name, content FROM blobs";
pub(super) const REMOVAL: &str = "SELECT id, name, due FROM removals";
pub(super) const RIGHT: &str = "SELECT hash, application, account, folder, overwrite, ip, first_byte_by, expires, started \
                                FROM upload_rights";
pub(super) const UNFINISHED: &str = "SELECT name, number, hash, application, account, path, size, md5, first, last, piece, \
                                     expires FROM unfinished_files";
pub(super) const LINK: &str = "SELECT hash, application, account, path, ip, expires FROM links";
pub(super) const USER: &str = "SELECT id, reseller, email, first_name, last_name, quota, password, enabled, created \
                               FROM reseller_users";

/// The first row, if there is one.
pub(super) fn one<T>(connection: &Connection, sql: &str, values: impl Params, read: fn(&Row<'_>) -> Row_<T>) -> Found<Option<T>> {
    let mut query = connection.prepare_cached(sql).map_err(failed)?;
    let mut rows = query.query(values).map_err(failed)?;
    rows.next().map_err(failed)?.map(read).transpose().map_err(failed)
}

/// All rows.
pub(super) fn all<T>(connection: &Connection, sql: &str, values: impl Params, read: fn(&Row<'_>) -> Row_<T>) -> Found<Vec<T>> {
    let mut query = connection.prepare_cached(sql).map_err(failed)?;
    query.query_map(values, read).map_err(failed)?.collect::<Row_<Vec<T>>>().map_err(failed)
}

/// Runs a statement that gives no rows.
pub(super) fn run(connection: &Connection, sql: &str, values: impl Params) -> Result<usize, StoreError> {
    connection.prepare_cached(sql).and_then(|mut sql| sql.execute(values)).map_err(failed)
}

pub(super) fn application(row: &Row<'_>) -> Row_<Application> {
    Ok(Application { id: ApplicationId(row.get(0)?), master: AccountId(row.get(1)?), key: row.get(2)?, name: row.get(3)? })
}

pub(super) fn account(row: &Row<'_>) -> Row_<Account> {
    let application: i64 = row.get(1)?;
    Ok(Account {
        id: AccountId(row.get(0)?),
        application: (application != 0).then_some(ApplicationId(application)),
        name: row.get(2)?,
        password: Secret::new(row.get::<_, String>(3)?),
        failures: row.get(4)?,
        locked_until: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        created: Timestamp(row.get(6)?),
    })
}

/// A field of a contact: whose, its name, its value.
pub(super) fn contact(row: &Row<'_>) -> Row_<((AccountId, ContactKind), String, String)> {
    let kind = if row.get(1)? { ContactKind::Billable } else { ContactKind::Technical };
    Ok(((AccountId(row.get(0)?), kind), row.get(2)?, row.get(3)?))
}

pub(super) fn node(row: &Row<'_>) -> Row_<Node> {
    let body = if row.get::<_, bool>(3)? {
        Body::File { size: row.get(10)?, md5: row.get(11)?, blob: BlobId(row.get(12)?) }
    } else {
        Body::Folder { folders: row.get(7)?, files: row.get(8)?, revision: row.get(9)? }
    };
    Ok(Node {
        key: NodeKey { account: AccountId(row.get(0)?), parent: NodeId(row.get(1)?), name: row.get(2)? },
        id: NodeId(row.get(4)?),
        created: Timestamp(row.get(5)?),
        modified: Timestamp(row.get(6)?),
        body,
    })
}

pub(super) fn blob(row: &Row<'_>) -> Row_<Blob> {
    let sums: Vec<u8> = row.get(4)?;
    let place = match row.get::<_, Option<[u8; 16]>>(5)? {
        Some(name) => BlobPlace::Named(BlobName(name)),
        None => BlobPlace::Inline(Bytes::from(row.get::<_, Vec<u8>>(6)?)),
    };
    Ok(Blob {
        id: BlobId(row.get(0)?),
        references: row.get(1)?,
        stored: StoredBlob {
            size: row.get(2)?,
            md5: row.get(3)?,
            sums: sums.as_chunks().0.iter().map(|sum| u32::from_be_bytes(*sum)).collect(),
            place,
        },
    })
}

pub(super) fn removal(row: &Row<'_>) -> Row_<Removal> {
    Ok(Removal { id: row.get(0)?, name: BlobName(row.get(1)?), due: Timestamp(row.get(2)?) })
}

fn address(row: &Row<'_>, column: usize) -> Row_<Option<IpAddr>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse())
        .transpose()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error)))
}

pub(super) fn right(row: &Row<'_>) -> Row_<UploadRight> {
    Ok(UploadRight {
        hash: TokenHash(row.get(0)?),
        application: ApplicationId(row.get(1)?),
        account: AccountId(row.get(2)?),
        folder: row.get(3)?,
        overwrite: row.get(4)?,
        ip: address(row, 5)?,
        first_byte_by: Timestamp(row.get(6)?),
        expires: Timestamp(row.get(7)?),
        started: row.get(8)?,
    })
}

pub(super) fn unfinished(row: &Row<'_>) -> Row_<UnfinishedFile> {
    let latest = match (row.get(8)?, row.get(9)?, row.get(10)?) {
        (Some(first), Some(last), Some(md5)) => Some(Placed { first, last, md5 }),
        _ => None,
    };
    Ok(UnfinishedFile {
        name: BlobName(row.get(0)?),
        number: row.get(1)?,
        hash: TokenHash(row.get(2)?),
        application: ApplicationId(row.get(3)?),
        account: AccountId(row.get(4)?),
        path: row.get(5)?,
        size: row.get(6)?,
        md5: row.get(7)?,
        latest,
        expires: Timestamp(row.get(11)?),
    })
}

pub(super) fn link(row: &Row<'_>) -> Row_<DownloadLink> {
    Ok(DownloadLink {
        hash: TokenHash(row.get(0)?),
        application: ApplicationId(row.get(1)?),
        account: AccountId(row.get(2)?),
        path: row.get(3)?,
        ip: address(row, 4)?,
        expires: Timestamp(row.get(5)?),
    })
}

pub(super) fn user(row: &Row<'_>) -> Row_<ResellerUser> {
    Ok(ResellerUser {
        id: ResellerUserId(row.get(0)?),
        reseller: AccountId(row.get(1)?),
        email: row.get(2)?,
        first_name: row.get(3)?,
        last_name: row.get(4)?,
        quota: NonZeroU64::new(row.get::<_, i64>(5)?.cast_unsigned()),
        password: Secret::new(row.get::<_, String>(6)?),
        enabled: row.get(7)?,
        created: Timestamp(row.get(8)?),
    })
}
