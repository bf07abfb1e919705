//! Everything in ordered maps.

mod resellers;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::{Children, Everything, Found, Seek, Sort, Tx, View};
use crate::blobs::{BlobName, BlobPlace};
use crate::contact::{Contact, ContactKind};
use crate::env::Timestamp;
use crate::refusal::{Refusal, StoreError};
use crate::token::TokenHash;
use crate::types::{
    AccessKey, AccessKeyId, Account, AccountId, Application, ApplicationId, Blob, BlobId, DownloadLink, Node, NodeId, NodeKey,
    Removal, ResellerUser, ResellerUserId, UnfinishedFile, UploadRight, UserStorage, UserStorageId,
};

/// A store in memory. A transaction works on a copy, which becomes the state if it succeeds: simple enough to trust,
/// and meant for tests and small simulations.
#[derive(Debug, Default)]
pub struct Model(RwLock<Box<State>>);

#[derive(Debug, Clone, Default)]
struct State {
    last_id: i64,
    applications: BTreeMap<ApplicationId, Application>,
    accounts: BTreeMap<AccountId, Account>,
    contacts: BTreeMap<(AccountId, ContactKind), Contact>,
    nodes: BTreeMap<NodeKey, Node>,
    blobs: BTreeMap<BlobId, Blob>,
    removals: BTreeMap<i64, Removal>,
    rights: BTreeMap<TokenHash, UploadRight>,
    unfinished: BTreeMap<BlobName, UnfinishedFile>,
    links: BTreeMap<TokenHash, DownloadLink>,
    api_keys: BTreeMap<AccountId, TokenHash>,
    reseller_users: BTreeMap<ResellerUserId, ResellerUser>,
    user_storages: BTreeMap<UserStorageId, UserStorage>,
    access_keys: BTreeMap<AccessKeyId, AccessKey>,
}

impl Model {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn read<T>(&self, job: impl FnOnce(&dyn View) -> Result<T, Refusal>) -> Result<T, Refusal> {
        job(&**self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn change<T>(&self, job: impl Fn(&mut dyn Tx) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut copy = state.clone();
        let outcome = job(&mut *copy)?;
        *state = copy;
        Ok(outcome)
    }
}

impl State {
    fn in_folder(&self, account: AccountId, parent: NodeId) -> impl Iterator<Item = &Node> {
        let first = NodeKey { account, parent, name: String::new() };
        self.nodes
            .range(first..)
            .map(|(_, node)| node)
            .take_while(move |node| node.key.account == account && node.key.parent == parent)
    }

    fn children_by_name(&self, application: ApplicationId) -> Vec<Account> {
        let mut found: Vec<_> =
            self.accounts.values().filter(|account| account.application == Some(application)).cloned().collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

fn compare(sort: Sort, a: &Node, b: &Node) -> Ordering {
    match sort {
        Sort::Name => Ordering::Equal,
        Sort::Created => a.created.cmp(&b.created),
        Sort::Size => a.size().cmp(&b.size()),
        Sort::FileType => a.file_type().cmp(b.file_type()),
    }
    .then_with(|| a.key.name.cmp(&b.key.name))
}

impl View for State {
    fn application(&self, id: ApplicationId) -> Found<Option<Application>> {
        Ok(self.applications.get(&id).cloned())
    }

    fn application_by_key(&self, key: &str) -> Found<Option<Application>> {
        Ok(self.applications.values().find(|application| application.key == key).cloned())
    }

    fn application_by_name(&self, name: &str) -> Found<Option<Application>> {
        Ok(self.applications.values().find(|application| application.name == name).cloned())
    }

    fn account(&self, id: AccountId) -> Found<Option<Account>> {
        Ok(self.accounts.get(&id).cloned())
    }

    fn account_by_name(&self, application: Option<ApplicationId>, name: &str) -> Found<Option<Account>> {
        Ok(self.accounts.values().find(|account| account.application == application && account.name == name).cloned())
    }

    fn has_accounts(&self) -> Found<bool> {
        Ok(!self.accounts.is_empty())
    }

    fn child_accounts(&self, application: ApplicationId, skip: u64, limit: usize) -> Found<Vec<Account>> {
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        Ok(self.children_by_name(application).into_iter().skip(skip).take(limit).collect())
    }

    fn count_child_accounts(&self, application: ApplicationId) -> Found<u64> {
        Ok(self.children_by_name(application).len() as u64)
    }

    fn contact(&self, account: AccountId, kind: ContactKind) -> Found<Contact> {
        Ok(self.contacts.get(&(account, kind)).cloned().unwrap_or_default())
    }

    fn node(&self, key: &NodeKey) -> Found<Option<Node>> {
        Ok(self.nodes.get(key).cloned())
    }

    fn children(&self, run: &Children) -> Found<Vec<Node>> {
        let mut found: Vec<_> = self.in_folder(run.account, run.parent).filter(|node| node.kind() == run.kind).cloned().collect();
        found.sort_by(|a, b| compare(run.sort, a, b));
        if run.descending {
            found.reverse();
        }
        let skip = match &run.seek {
            Seek::Skip(number) => usize::try_from(*number).unwrap_or(usize::MAX),
            Seek::After(name) => found
                .iter()
                .take_while(|node| if run.descending { node.key.name >= *name } else { node.key.name <= *name })
                .count(),
        };
        Ok(found.into_iter().skip(skip).take(run.limit).collect())
    }

    fn longest_name(&self, account: AccountId, parent: NodeId) -> Found<usize> {
        Ok(self.in_folder(account, parent).map(|node| node.key.name.chars().count()).max().unwrap_or(0))
    }

    fn blob(&self, id: BlobId) -> Found<Option<Blob>> {
        Ok(self.blobs.get(&id).cloned())
    }

    fn names_blob(&self, name: BlobName) -> Found<bool> {
        Ok(self.blobs.values().any(|blob| blob.stored.place == BlobPlace::Named(name)))
    }

    fn removals_due(&self, now: Timestamp, limit: usize) -> Found<Vec<Removal>> {
        Ok(self.removals.values().filter(|removal| removal.due <= now).take(limit).cloned().collect())
    }

    fn upload_right(&self, hash: &TokenHash) -> Found<Option<UploadRight>> {
        Ok(self.rights.get(hash).cloned())
    }

    fn unfinished_files(&self) -> Found<Vec<UnfinishedFile>> {
        let mut found: Vec<_> = self.unfinished.values().cloned().collect();
        found.sort_by_key(|file| (file.number, file.name));
        Ok(found)
    }

    fn link(&self, hash: &TokenHash) -> Found<Option<DownloadLink>> {
        Ok(self.links.get(hash).cloned())
    }

    fn api_key(&self, hash: &TokenHash) -> Found<Option<AccountId>> {
        Ok(self.api_keys.iter().find(|(_, key)| *key == hash).map(|(account, _)| *account))
    }

    fn reseller_user(&self, email: &str) -> Found<Option<ResellerUser>> {
        Ok(self.reseller_users.values().find(|user| user.email == email).cloned())
    }

    fn reseller_users(&self, reseller: AccountId, after: &str, limit: usize) -> Found<Vec<ResellerUser>> {
        let mut found: Vec<_> = self
            .reseller_users
            .values()
            .filter(|user| user.reseller == reseller && user.email.as_str() > after)
            .cloned()
            .collect();
        found.sort_by(|a, b| a.email.cmp(&b.email));
        found.truncate(limit);
        Ok(found)
    }

    fn everything(&self) -> Found<Everything> {
        let mut rights: Vec<_> = self.rights.values().cloned().collect();
        rights.sort_by_key(|right| (right.expires, right.hash));
        let mut links: Vec<_> = self.links.values().cloned().collect();
        links.sort_by_key(|link| (link.expires, link.hash));
        Ok(Everything {
            applications: self.applications.values().cloned().collect(),
            accounts: self.accounts.values().cloned().collect(),
            contacts: self.contacts.clone(),
            nodes: self.nodes.values().cloned().collect(),
            blobs: self.blobs.values().cloned().collect(),
            removals: self.removals.values().cloned().collect(),
            rights,
            unfinished: self.unfinished_files()?,
            links,
            api_keys: self.api_keys.keys().copied().collect(),
            reseller_users: self.reseller_users.values().cloned().collect(),
            user_storages: self.user_storages.values().cloned().collect(),
            access_keys: self.access_keys.values().cloned().collect(),
        })
    }
}

/// Where a put breaks a key that the database would refuse too.
const TAKEN: StoreError = StoreError::Damaged("a key is taken");

impl Tx for State {
    fn next_id(&mut self) -> Found<i64> {
        self.last_id += 1;
        Ok(self.last_id)
    }

    fn add_application(&mut self, application: &Application) -> Found<()> {
        match self.applications.insert(application.id, application.clone()) {
            None => Ok(()),
            Some(_) => Err(TAKEN),
        }
    }

    fn put_account(&mut self, account: &Account) -> Found<()> {
        self.accounts.insert(account.id, account.clone());
        Ok(())
    }

    fn put_contact(&mut self, account: AccountId, kind: ContactKind, contact: &Contact) -> Found<()> {
        if contact.is_empty() {
            self.contacts.remove(&(account, kind));
        } else {
            self.contacts.insert((account, kind), contact.clone());
        }
        Ok(())
    }

    fn add_node(&mut self, node: &Node) -> Found<()> {
        match self.nodes.insert(node.key.clone(), node.clone()) {
            None => Ok(()),
            Some(_) => Err(TAKEN),
        }
    }

    fn replace_node(&mut self, old: &NodeKey, node: &Node) -> Found<()> {
        self.nodes.remove(old);
        self.add_node(node)
    }

    fn remove_node(&mut self, key: &NodeKey) -> Found<()> {
        self.nodes.remove(key);
        Ok(())
    }

    fn add_blob(&mut self, blob: &Blob) -> Found<()> {
        match self.blobs.insert(blob.id, blob.clone()) {
            None => Ok(()),
            Some(_) => Err(TAKEN),
        }
    }

    fn set_references(&mut self, id: BlobId, references: u64) -> Found<()> {
        if let Some(blob) = self.blobs.get_mut(&id) {
            blob.references = references;
        }
        Ok(())
    }

    fn remove_blob(&mut self, id: BlobId) -> Found<()> {
        self.blobs.remove(&id);
        Ok(())
    }

    fn add_removal(&mut self, removal: &Removal) -> Found<()> {
        match self.removals.insert(removal.id, removal.clone()) {
            None => Ok(()),
            Some(_) => Err(TAKEN),
        }
    }

    fn drop_removal(&mut self, id: i64) -> Found<()> {
        self.removals.remove(&id);
        Ok(())
    }

    fn put_upload_right(&mut self, right: &UploadRight) -> Found<()> {
        self.rights.insert(right.hash, right.clone());
        Ok(())
    }

    fn drop_upload_rights(&mut self, now: Timestamp, limit: usize) -> Found<usize> {
        let mut expired: Vec<_> =
            self.rights.values().filter(|right| right.expires < now).map(|right| (right.expires, right.hash)).collect();
        expired.sort_unstable();
        expired.truncate(limit);
        for (_, hash) in &expired {
            self.rights.remove(hash);
        }
        Ok(expired.len())
    }

    fn put_unfinished_file(&mut self, file: &UnfinishedFile) -> Found<()> {
        self.unfinished.insert(file.name, file.clone());
        Ok(())
    }

    fn drop_unfinished_file(&mut self, name: BlobName) -> Found<()> {
        self.unfinished.remove(&name);
        Ok(())
    }

    fn drop_unfinished_files(&mut self, now: Timestamp) -> Found<()> {
        self.unfinished.retain(|_, file| file.expires >= now);
        Ok(())
    }

    fn add_link(&mut self, link: &DownloadLink) -> Found<()> {
        match self.links.insert(link.hash, link.clone()) {
            None => Ok(()),
            Some(_) => Err(TAKEN),
        }
    }

    fn drop_links(&mut self, now: Timestamp, limit: usize) -> Found<usize> {
        let mut ended: Vec<_> =
            self.links.values().filter(|link| link.expires < now).map(|link| (link.expires, link.hash)).collect();
        ended.sort_unstable();
        ended.truncate(limit);
        for (_, hash) in &ended {
            self.links.remove(hash);
        }
        Ok(ended.len())
    }

    fn set_api_key(&mut self, reseller: AccountId, hash: &TokenHash) -> Found<()> {
        self.api_keys.insert(reseller, *hash);
        Ok(())
    }

    fn put_reseller_user(&mut self, user: &ResellerUser) -> Found<()> {
        self.reseller_users.insert(user.id, user.clone());
        Ok(())
    }
}
