//! Where records are kept: lookups and puts, with no rule in them.
//!
//! The rules ([`crate::rules`]) are functions over [`View`] and [`Tx`]. [`Model`] keeps everything in maps: the oracle of
//! the tests and the store of simulations. [`Sqlite`] keeps it in one file. Both run the same closures, so that they can
//! differ only in what they keep, which is what the differential test compares.

mod dump;
mod model;
mod resellers;
mod sqlite;

pub use dump::dump;
pub use model::Model;
pub use resellers::{ResellerTx, ResellerView};
pub use sqlite::Sqlite;

use std::collections::BTreeMap;

use crate::blobs::BlobName;
use crate::contact::{Contact, ContactKind};
use crate::env::Timestamp;
use crate::pending::Pending;
use crate::refusal::{Refusal, StoreError};
use crate::token::TokenHash;
use crate::types::{
    AccessKey, Account, AccountId, Application, ApplicationId, Blob, BlobId, DownloadLink, Kind, Node, NodeId, NodeKey, Removal,
    ResellerUser, UnfinishedFile, UploadRight, UserStorage,
};

/// The result of a lookup.
pub type Found<T> = Result<T, StoreError>;

/// What a listing is sorted by. Equal entries are in the order of their names, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Sort {
    /// The name, by its UTF-8 bytes.
    #[default]
    Name,
    /// The creation time.
    Created,
    /// The size; folders have none.
    Size,
    /// The file type's name; folders have none.
    FileType,
}

/// Where a run of children begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seek {
    /// After so many others. The cost grows with the number.
    Skip(u64),
    /// After this name, in the direction of the run; only with [`Sort::Name`]. The cost is the same everywhere.
    After(String),
}

/// A run of files or of folders directly in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Children {
    /// The owner.
    pub account: AccountId,
    /// The folder.
    pub parent: NodeId,
    /// Which of the two.
    pub kind: Kind,
    /// The order.
    pub sort: Sort,
    /// The direction.
    pub descending: bool,
    /// The beginning.
    pub seek: Seek,
    /// The most entries wanted.
    pub limit: usize,
}

/// All that a store holds, for dumps.
#[derive(Debug, Clone, Default)]
pub struct Everything {
    /// Applications by number.
    pub applications: Vec<Application>,
    /// Accounts by number.
    pub accounts: Vec<Account>,
    /// Contacts that have fields.
    pub contacts: BTreeMap<(AccountId, ContactKind), Contact>,
    /// Nodes by key.
    pub nodes: Vec<Node>,
    /// Blobs by number.
    pub blobs: Vec<Blob>,
    /// Removals by number.
    pub removals: Vec<Removal>,
    /// Upload rights by expiry and hash.
    pub rights: Vec<UploadRight>,
    /// Unfinished files by number.
    pub unfinished: Vec<UnfinishedFile>,
    /// Links by expiry and hash.
    pub links: Vec<DownloadLink>,
    /// Owners of API keys.
    pub api_keys: Vec<AccountId>,
    /// Reseller users by number.
    pub reseller_users: Vec<ResellerUser>,
    /// Their storages by number.
    pub user_storages: Vec<UserStorage>,
    /// The access keys by number.
    pub access_keys: Vec<AccessKey>,
}

/// Lookups in one consistent state.
///
/// Every method fails only if the storage does.
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods, in the trait's own text")]
pub trait View: ResellerView {
    /// An application by number.
    fn application(&self, id: ApplicationId) -> Found<Option<Application>>;
    /// An application by key.
    fn application_by_key(&self, key: &str) -> Found<Option<Application>>;
    /// An application by name.
    fn application_by_name(&self, name: &str) -> Found<Option<Application>>;
    /// An account by number.
    fn account(&self, id: AccountId) -> Found<Option<Account>>;
    /// A child account by application and name; a master account by name where there is no application.
    fn account_by_name(&self, application: Option<ApplicationId>, name: &str) -> Found<Option<Account>>;
    /// Whether there is any account.
    fn has_accounts(&self) -> Found<bool>;
    /// Child accounts of an application by name.
    fn child_accounts(&self, application: ApplicationId, skip: u64, limit: usize) -> Found<Vec<Account>>;
    /// How many child accounts an application has.
    fn count_child_accounts(&self, application: ApplicationId) -> Found<u64>;
    /// A contact of an account; without fields if there is none.
    fn contact(&self, account: AccountId, kind: ContactKind) -> Found<Contact>;
    /// A file or a folder.
    fn node(&self, key: &NodeKey) -> Found<Option<Node>>;
    /// A run of files or folders.
    fn children(&self, run: &Children) -> Found<Vec<Node>>;
    /// The characters of the longest name in a folder; zero if it is empty. The cost grows with the folder.
    fn longest_name(&self, account: AccountId, parent: NodeId) -> Found<usize>;
    /// Content.
    fn blob(&self, id: BlobId) -> Found<Option<Blob>>;
    /// Whether any content is in the file of this name.
    fn names_blob(&self, name: BlobName) -> Found<bool>;
    /// The oldest removals that are due.
    fn removals_due(&self, now: Timestamp, limit: usize) -> Found<Vec<Removal>>;
    /// An upload right.
    fn upload_right(&self, hash: &TokenHash) -> Found<Option<UploadRight>>;
    /// All unfinished files, by number.
    fn unfinished_files(&self) -> Found<Vec<UnfinishedFile>>;
    /// A link.
    fn link(&self, hash: &TokenHash) -> Found<Option<DownloadLink>>;
    /// The reseller of an API key.
    fn api_key(&self, hash: &TokenHash) -> Found<Option<AccountId>>;
    /// A reseller's user by e-mail address.
    fn reseller_user(&self, email: &str) -> Found<Option<ResellerUser>>;
    /// A reseller's users by e-mail address, from the one after `after` on.
    fn reseller_users(&self, reseller: AccountId, after: &str, limit: usize) -> Found<Vec<ResellerUser>>;
    /// All of it. For dumps and tests: its size has no limit.
    fn everything(&self) -> Found<Everything>;
}

/// Lookups and puts in one transaction.
///
/// Every method fails only if the storage does.
#[expect(clippy::missing_errors_doc, reason = "said once, for all methods, in the trait's own text")]
pub trait Tx: View + ResellerTx {
    /// A number that was never given before, above all earlier ones.
    fn next_id(&mut self) -> Found<i64>;
    /// Adds an application.
    fn add_application(&mut self, application: &Application) -> Found<()>;
    /// Adds an account or replaces the one of its number.
    fn put_account(&mut self, account: &Account) -> Found<()>;
    /// Replaces a contact of an account.
    fn put_contact(&mut self, account: AccountId, kind: ContactKind, contact: &Contact) -> Found<()>;
    /// Adds a node.
    fn add_node(&mut self, node: &Node) -> Found<()>;
    /// Replaces the node at `old`, which may move it.
    fn replace_node(&mut self, old: &NodeKey, node: &Node) -> Found<()>;
    /// Removes a node, not what is in it.
    fn remove_node(&mut self, key: &NodeKey) -> Found<()>;
    /// Adds content.
    fn add_blob(&mut self, blob: &Blob) -> Found<()>;
    /// Sets how many files refer to some content.
    fn set_references(&mut self, id: BlobId, references: u64) -> Found<()>;
    /// Removes content.
    fn remove_blob(&mut self, id: BlobId) -> Found<()>;
    /// Adds a removal.
    fn add_removal(&mut self, removal: &Removal) -> Found<()>;
    /// Drops a removal that is done.
    fn drop_removal(&mut self, id: i64) -> Found<()>;
    /// Adds an upload right or replaces the one of its hash.
    fn put_upload_right(&mut self, right: &UploadRight) -> Found<()>;
    /// Drops up to `limit` upload rights that expired before `now`, and says how many.
    fn drop_upload_rights(&mut self, now: Timestamp, limit: usize) -> Found<usize>;
    /// Adds an unfinished file or replaces the one of its name.
    fn put_unfinished_file(&mut self, file: &UnfinishedFile) -> Found<()>;
    /// Drops an unfinished file, if it is there.
    fn drop_unfinished_file(&mut self, name: BlobName) -> Found<()>;
    /// Drops the unfinished files whose tokens ended before `now`.
    fn drop_unfinished_files(&mut self, now: Timestamp) -> Found<()>;
    /// Adds a link.
    fn add_link(&mut self, link: &DownloadLink) -> Found<()>;
    /// Drops up to `limit` links that ended before `now`, and says how many.
    fn drop_links(&mut self, now: Timestamp, limit: usize) -> Found<usize>;
    /// Gives a reseller an API key in place of the one it had.
    fn set_api_key(&mut self, reseller: AccountId, hash: &TokenHash) -> Found<()>;
    /// Adds a reseller's user or replaces the one of its number.
    fn put_reseller_user(&mut self, user: &ResellerUser) -> Found<()>;
}

/// One of the stores.
pub enum Store {
    /// Everything in memory, gone with the process.
    Model(Model),
    /// One database file.
    Sqlite(Sqlite),
}

impl Store {
    /// Looks things up in one consistent state. Blocks while the disk is read.
    ///
    /// # Errors
    /// Those of `job`, and a failure of the storage.
    pub fn read<T>(&self, job: impl FnOnce(&dyn View) -> Result<T, Refusal>) -> Result<T, Refusal> {
        match self {
            Self::Model(model) => model.read(job),
            Self::Sqlite(sqlite) => sqlite.read(job),
        }
    }

    /// Changes things in one transaction: all of it, or nothing where `job` refuses. `job` may run more than once.
    /// Blocks only while the writer's queue is full.
    pub fn change<T: Send + 'static>(&self, job: impl Fn(&mut dyn Tx) -> Result<T, Refusal> + Send + 'static) -> Pending<T> {
        match self {
            Self::Model(model) => Pending::ready(model.change(job)),
            Self::Sqlite(sqlite) => sqlite.change(job),
        }
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Model(_) => "Store::Model",
            Self::Sqlite(_) => "Store::Sqlite",
        })
    }
}
