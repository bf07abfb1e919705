//! Lookups and puts as SQL, on the connection of a running transaction.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use rusqlite::Connection;

use super::rows::{self, all, one, run};
use crate::blobs::{BlobName, BlobPlace};
use crate::contact::{Contact, ContactKind};
use crate::env::Timestamp;
use crate::store::{Children, Everything, Found, Seek, Sort, Tx, View};
use crate::token::TokenHash;
use crate::types::{
    Account, AccountId, Application, ApplicationId, Blob, BlobId, Body, DownloadLink, Kind, Node, NodeId, NodeKey, Removal,
    ResellerUser, UnfinishedFile, UploadRight,
};

/// A transaction on one connection.
pub(super) struct Tables<'c>(pub(super) &'c Connection);

const fn is_billable(kind: ContactKind) -> bool {
    match kind {
        ContactKind::Technical => false,
        ContactKind::Billable => true,
    }
}

fn limited(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl View for Tables<'_> {
    fn application(&self, id: ApplicationId) -> Found<Option<Application>> {
        one(self.0, &format!("{} WHERE id = ?1", rows::APPLICATION), (id.0,), rows::application)
    }

    fn application_by_key(&self, key: &str) -> Found<Option<Application>> {
        one(self.0, &format!("{} WHERE key = ?1", rows::APPLICATION), (key,), rows::application)
    }

    fn application_by_name(&self, name: &str) -> Found<Option<Application>> {
        one(self.0, &format!("{} WHERE name = ?1", rows::APPLICATION), (name,), rows::application)
    }

    fn account(&self, id: AccountId) -> Found<Option<Account>> {
        one(self.0, &format!("{} WHERE id = ?1", rows::ACCOUNT), (id.0,), rows::account)
    }

    fn account_by_name(&self, application: Option<ApplicationId>, name: &str) -> Found<Option<Account>> {
        let sql = format!("{} WHERE application = ?1 AND name = ?2", rows::ACCOUNT);
        one(self.0, &sql, (application.map_or(0, |id| id.0), name), rows::account)
    }

    fn has_accounts(&self) -> Found<bool> {
        Ok(one(self.0, "SELECT 1 FROM accounts LIMIT 1", (), |_| Ok(()))?.is_some())
    }

    fn child_accounts(&self, application: ApplicationId, skip: u64, limit: usize) -> Found<Vec<Account>> {
        let sql = format!("{} WHERE application = ?1 ORDER BY name LIMIT ?2 OFFSET ?3", rows::ACCOUNT);
        all(self.0, &sql, (application.0, limited(limit), i64::try_from(skip).unwrap_or(i64::MAX)), rows::account)
    }

    fn count_child_accounts(&self, application: ApplicationId) -> Found<u64> {
        let sql = "SELECT count(*) FROM accounts WHERE application = ?1";
        Ok(one(self.0, sql, (application.0,), |row| row.get(0))?.unwrap_or(0))
    }

    fn contact(&self, account: AccountId, kind: ContactKind) -> Found<Contact> {
        let sql = format!("{} WHERE account = ?1 AND kind = ?2", rows::CONTACT);
        let fields = all(self.0, &sql, (account.0, is_billable(kind)), rows::contact)?;
        Ok(fields.into_iter().map(|(_, field, value)| (field, value)).collect())
    }

    fn node(&self, key: &NodeKey) -> Found<Option<Node>> {
        let sql = format!("{} WHERE account = ?1 AND parent = ?2 AND name = ?3", rows::NODE);
        one(self.0, &sql, (key.account.0, key.parent.0, &key.name), rows::node)
    }

    fn children(&self, run: &Children) -> Found<Vec<Node>> {
        let (way, beyond) = if run.descending { ("DESC", "<") } else { ("ASC", ">") };
        let order = match run.sort {
            Sort::Name => format!("name {way}"),
            Sort::Created => format!("created {way}, name {way}"),
            Sort::Size => format!("size {way}, name {way}"),
            Sort::FileType => format!("type {way}, name {way}"),
        };
        let folder = (run.account.0, run.parent.0, run.kind == Kind::File, limited(run.limit));
        // Without being told, SQLite walks the primary key, through all files where folders are wanted.
        let by_kind = "INDEXED BY nodes_by_kind WHERE account = ?1 AND parent = ?2 AND kind = ?3";
        let head = format!("{} {by_kind}", rows::NODE);
        match &run.seek {
            Seek::Skip(skip) => {
                let sql = match run.sort {
                    // Only the index, not the rows, is read on the way to the first one.
                    Sort::Name if *skip > 0 => format!(
                        "{head} AND name {beyond}= (SELECT name FROM nodes {by_kind} ORDER BY {order} LIMIT 1 OFFSET ?5) \
                         ORDER BY {order} LIMIT ?4"
                    ),
                    Sort::Name | Sort::Created | Sort::Size | Sort::FileType => {
                        format!("{head} ORDER BY {order} LIMIT ?4 OFFSET ?5")
                    }
                };
                let skip = i64::try_from(*skip).unwrap_or(i64::MAX);
                all(self.0, &sql, (folder.0, folder.1, folder.2, folder.3, skip), rows::node)
            }
            Seek::After(name) => {
                let sql = format!("{head} AND name {beyond} ?5 ORDER BY {order} LIMIT ?4");
                all(self.0, &sql, (folder.0, folder.1, folder.2, folder.3, name), rows::node)
            }
        }
    }

    fn longest_name(&self, account: AccountId, parent: NodeId) -> Found<usize> {
        let sql = "SELECT coalesce(max(length(name)), 0) FROM nodes WHERE account = ?1 AND parent = ?2";
        Ok(one(self.0, sql, (account.0, parent.0), |row| row.get(0))?.unwrap_or(0))
    }

    fn blob(&self, id: BlobId) -> Found<Option<Blob>> {
        one(self.0, &format!("{} WHERE id = ?1", rows::BLOB), (id.0,), rows::blob)
    }

    fn names_blob(&self, name: BlobName) -> Found<bool> {
        Ok(one(self.0, "SELECT 1 FROM blobs WHERE name = ?1", (name.0,), |_| Ok(()))?.is_some())
    }

    fn removals_due(&self, now: Timestamp, limit: usize) -> Found<Vec<Removal>> {
        let sql = format!("{} WHERE due <= ?1 ORDER BY id LIMIT ?2", rows::REMOVAL);
        all(self.0, &sql, (now.0, limited(limit)), rows::removal)
    }

    fn upload_right(&self, hash: &TokenHash) -> Found<Option<UploadRight>> {
        one(self.0, &format!("{} WHERE hash = ?1", rows::RIGHT), (hash.0,), rows::right)
    }

    fn unfinished_files(&self) -> Found<Vec<UnfinishedFile>> {
        all(self.0, &format!("{} ORDER BY number, name", rows::UNFINISHED), (), rows::unfinished)
    }

    fn link(&self, hash: &TokenHash) -> Found<Option<DownloadLink>> {
        one(self.0, &format!("{} WHERE hash = ?1", rows::LINK), (hash.0,), rows::link)
    }

    fn api_key(&self, hash: &TokenHash) -> Found<Option<AccountId>> {
        one(self.0, "SELECT reseller FROM api_keys WHERE hash = ?1", (hash.0,), |row| row.get(0).map(AccountId))
    }

    fn reseller_user(&self, email: &str) -> Found<Option<ResellerUser>> {
        one(self.0, &format!("{} WHERE email = ?1", rows::USER), (email,), rows::user)
    }

    fn reseller_users(&self, reseller: AccountId, after: &str, limit: usize) -> Found<Vec<ResellerUser>> {
        let sql = format!("{} WHERE reseller = ?1 AND email > ?2 ORDER BY email LIMIT ?3", rows::USER);
        all(self.0, &sql, (reseller.0, after, limited(limit)), rows::user)
    }

    fn everything(&self) -> Found<Everything> {
        let mut contacts = BTreeMap::<_, Contact>::new();
        for (key, field, value) in all(self.0, rows::CONTACT, (), rows::contact)? {
            contacts.entry(key).or_default().set(field, value);
        }
        let by_id = |select: &str| format!("{select} ORDER BY id");
        Ok(Everything {
            applications: all(self.0, &by_id(rows::APPLICATION), (), rows::application)?,
            accounts: all(self.0, &by_id(rows::ACCOUNT), (), rows::account)?,
            contacts,
            nodes: all(self.0, &format!("{} ORDER BY account, parent, name", rows::NODE), (), rows::node)?,
            blobs: all(self.0, &by_id(rows::BLOB), (), rows::blob)?,
            removals: all(self.0, &by_id(rows::REMOVAL), (), rows::removal)?,
            rights: all(self.0, &format!("{} ORDER BY expires, hash", rows::RIGHT), (), rows::right)?,
            unfinished: self.unfinished_files()?,
            links: all(self.0, &format!("{} ORDER BY expires, hash", rows::LINK), (), rows::link)?,
            api_keys: all(self.0, "SELECT reseller FROM api_keys ORDER BY 1", (), |row| row.get(0).map(AccountId))?,
            reseller_users: all(self.0, &by_id(rows::USER), (), rows::user)?,
            user_storages: self.all_user_storages()?,
            access_keys: self.all_access_keys()?,
        })
    }
}

impl Tables<'_> {
    fn write_node(&self, sql: &str, node: &Node, old: Option<&NodeKey>) -> Found<()> {
        let (folders, files, revision, size, md5, blob) = match &node.body {
            Body::Folder { folders, files, revision } => (*folders, *files, *revision, 0, [].as_slice(), 0),
            Body::File { size, md5, blob } => (0, 0, 0, *size, md5.as_slice(), blob.0),
        };
        let mut statement = self.0.prepare_cached(sql).map_err(super::failed)?;
        let mut bind = || {
            statement.raw_bind_parameter(1, node.key.account.0)?;
            statement.raw_bind_parameter(2, node.key.parent.0)?;
            statement.raw_bind_parameter(3, &node.key.name)?;
            statement.raw_bind_parameter(4, node.kind() == Kind::File)?;
            statement.raw_bind_parameter(5, node.id.0)?;
            statement.raw_bind_parameter(6, node.created.0)?;
            statement.raw_bind_parameter(7, node.modified.0)?;
            statement.raw_bind_parameter(8, folders)?;
            statement.raw_bind_parameter(9, files)?;
            statement.raw_bind_parameter(10, revision)?;
            statement.raw_bind_parameter(11, size)?;
            statement.raw_bind_parameter(12, node.file_type())?;
            statement.raw_bind_parameter(13, md5)?;
            statement.raw_bind_parameter(14, blob)?;
            if let Some(old) = old {
                statement.raw_bind_parameter(15, old.account.0)?;
                statement.raw_bind_parameter(16, old.parent.0)?;
                statement.raw_bind_parameter(17, &old.name)?;
            }
            statement.raw_execute()
        };
        bind().map(drop).map_err(super::failed)
    }
}

impl Tx for Tables<'_> {
    fn next_id(&mut self) -> Found<i64> {
        let sql = "UPDATE state SET value = value + 1 WHERE name = 'last_id' RETURNING value";
        one(self.0, sql, (), |row| row.get(0))?.ok_or(crate::refusal::StoreError::Damaged("the sequence is missing"))
    }

    fn add_application(&mut self, it: &Application) -> Found<()> {
        let sql = "INSERT INTO applications (id, master, key, name) VALUES (?1, ?2, ?3, ?4)";
        run(self.0, sql, (it.id.0, it.master.0, &it.key, &it.name)).map(drop)
    }

    fn put_account(&mut self, it: &Account) -> Found<()> {
        let sql = "INSERT INTO accounts (id, application, name, password, failures, locked_until, created) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET application = ?2, name = ?3, \
                   password = ?4, failures = ?5, locked_until = ?6, created = ?7";
        let (application, locked) = (it.application.map_or(0, |id| id.0), it.locked_until.map(|at| at.0));
        let values = (it.id.0, application, &it.name, it.password.expose(), it.failures, locked, it.created.0);
        run(self.0, sql, values).map(drop)
    }

    fn put_contact(&mut self, account: AccountId, kind: ContactKind, contact: &Contact) -> Found<()> {
        let kind = is_billable(kind);
        run(self.0, "DELETE FROM contacts WHERE account = ?1 AND kind = ?2", (account.0, kind))?;
        for (field, value) in contact.fields() {
            let sql = "INSERT INTO contacts (account, kind, field, value) VALUES (?1, ?2, ?3, ?4)";
            run(self.0, sql, (account.0, kind, field, value))?;
        }
        Ok(())
    }

    fn add_node(&mut self, node: &Node) -> Found<()> {
        let sql = "INSERT INTO nodes (account, parent, name, kind, id, created, modified, folders, files, revision, size, \
                   type, md5, blob) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
        self.write_node(sql, node, None)
    }

    fn replace_node(&mut self, old: &NodeKey, node: &Node) -> Found<()> {
        let sql = "UPDATE nodes SET account = ?1, parent = ?2, name = ?3, kind = ?4, id = ?5, created = ?6, modified = ?7, \
                   folders = ?8, files = ?9, revision = ?10, size = ?11, type = ?12, md5 = ?13, blob = ?14 \
                   WHERE account = ?15 AND parent = ?16 AND name = ?17";
        self.write_node(sql, node, Some(old))
    }

    fn remove_node(&mut self, key: &NodeKey) -> Found<()> {
        let sql = "DELETE FROM nodes WHERE account = ?1 AND parent = ?2 AND name = ?3";
        run(self.0, sql, (key.account.0, key.parent.0, &key.name)).map(drop)
    }

    fn add_blob(&mut self, it: &Blob) -> Found<()> {
        let sql = "INSERT INTO blobs (id, refs, size, md5, sums, name, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let sums: Vec<u8> = it.stored.sums.iter().flat_map(|sum| sum.to_be_bytes()).collect();
        let (name, content) = match &it.stored.place {
            BlobPlace::Inline(content) => (None, Some(content.as_ref())),
            BlobPlace::Named(name) => (Some(name.0), None),
        };
        run(self.0, sql, (it.id.0, it.references, it.stored.size, it.stored.md5, sums, name, content)).map(drop)
    }

    fn set_references(&mut self, id: BlobId, references: u64) -> Found<()> {
        run(self.0, "UPDATE blobs SET refs = ?2 WHERE id = ?1", (id.0, references)).map(drop)
    }

    fn remove_blob(&mut self, id: BlobId) -> Found<()> {
        run(self.0, "DELETE FROM blobs WHERE id = ?1", (id.0,)).map(drop)
    }

    fn add_removal(&mut self, it: &Removal) -> Found<()> {
        run(self.0, "INSERT INTO removals (id, name, due) VALUES (?1, ?2, ?3)", (it.id, it.name.0, it.due.0)).map(drop)
    }

    fn drop_removal(&mut self, id: i64) -> Found<()> {
        run(self.0, "DELETE FROM removals WHERE id = ?1", (id,)).map(drop)
    }

    fn put_upload_right(&mut self, it: &UploadRight) -> Found<()> {
        let sql = "INSERT OR REPLACE INTO upload_rights (hash, application, account, folder, overwrite, ip, first_byte_by, \
                   expires, started) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let ip = it.ip.map(|ip| ip.to_string());
        let (ids, times) = ((it.application.0, it.account.0), (it.first_byte_by.0, it.expires.0));
        let values = (it.hash.0, ids.0, ids.1, &it.folder, it.overwrite, ip, times.0, times.1, it.started);
        run(self.0, sql, values).map(drop)
    }

    fn drop_upload_rights(&mut self, now: Timestamp, limit: usize) -> Found<usize> {
        let sql = "DELETE FROM upload_rights WHERE hash IN \
                   (SELECT hash FROM upload_rights WHERE expires < ?1 ORDER BY expires, hash LIMIT ?2)";
        run(self.0, sql, (now.0, limited(limit)))
    }

    fn put_unfinished_file(&mut self, it: &UnfinishedFile) -> Found<()> {
        let sql = "INSERT OR REPLACE INTO unfinished_files (name, number, hash, application, account, path, size, md5, first, \
                   last, piece, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
        let latest = it.latest.map(|piece| (piece.first, piece.last, piece.md5));
        let (first, last, piece) = (latest.map(|it| it.0), latest.map(|it| it.1), latest.map(|it| it.2));
        let (ids, file) = ((it.application.0, it.account.0), (it.name.0, it.number));
        let values = (file.0, file.1, it.hash.0, ids.0, ids.1, &it.path, it.size, it.md5, first, last, piece, it.expires.0);
        run(self.0, sql, values).map(drop)
    }

    fn drop_unfinished_file(&mut self, name: BlobName) -> Found<()> {
        run(self.0, "DELETE FROM unfinished_files WHERE name = ?1", (name.0,)).map(drop)
    }

    fn drop_unfinished_files(&mut self, now: Timestamp) -> Found<()> {
        run(self.0, "DELETE FROM unfinished_files WHERE expires < ?1", (now.0,)).map(drop)
    }

    fn add_link(&mut self, it: &DownloadLink) -> Found<()> {
        let sql = "INSERT INTO links (hash, application, account, path, ip, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let ip = it.ip.map(|ip| ip.to_string());
        run(self.0, sql, (it.hash.0, it.application.0, it.account.0, &it.path, ip, it.expires.0)).map(drop)
    }

    fn drop_links(&mut self, now: Timestamp, limit: usize) -> Found<usize> {
        let sql = "DELETE FROM links WHERE hash IN (SELECT hash FROM links WHERE expires < ?1 ORDER BY expires, hash LIMIT ?2)";
        run(self.0, sql, (now.0, limited(limit)))
    }

    fn set_api_key(&mut self, reseller: AccountId, hash: &TokenHash) -> Found<()> {
        run(self.0, "INSERT OR REPLACE INTO api_keys (reseller, hash) VALUES (?1, ?2)", (reseller.0, hash.0)).map(drop)
    }

    fn put_reseller_user(&mut self, it: &ResellerUser) -> Found<()> {
        let sql = "INSERT INTO reseller_users (id, reseller, email, first_name, last_name, quota, password, enabled, \
                   created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET reseller = ?2, \
                   email = ?3, first_name = ?4, last_name = ?5, quota = ?6, password = ?7, enabled = ?8, created = ?9";
        // SQLite's integers have a sign; no query compares quotas.
        let (quota, password) = (it.quota.map_or(0, NonZeroU64::get).cast_signed(), it.password.expose());
        let names = (&it.first_name, &it.last_name);
        let values = (it.id.0, it.reseller.0, &it.email, names.0, names.1, quota, password, it.enabled, it.created.0);
        run(self.0, sql, values).map(drop)
    }
}
