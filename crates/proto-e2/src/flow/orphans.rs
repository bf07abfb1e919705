//! Access keys whose secret nobody has: how to find them, and how to remove them and no others.

use core::fmt;
use std::collections::{BTreeSet, VecDeque};

use larder_core::{ErrorKind, Meta, Operation, PeerFlaw, Reject, Settings};

use serde::{Deserialize, Serialize};

use super::parent::{Came, Next, Parent, Plot, ask, machine};
use crate::{
    AccessKey, AccessKeyId, AccessKeyName, AccessKeyRemoved, AccessKeys, CreateAccessKey, E2, Email, ErrorCode, Fault,
    KeyDescription, ListAccessKeys, RemoveAccessKey, StorageDn,
};

/// The keys that a lost `create_access_key` may have left: those of its name that were not there before it. The service says
/// nothing that would tell for sure, since other writers may make keys of the same name at the same time (ledger E30): who
/// gives every key a name that nobody else uses is safe from that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphans {
    email: Email,
    storage_dn: StorageDn,
    name: AccessKeyName,
    description: KeyDescription,
    /// The keys before.
    before: BTreeSet<String>,
    suspects: Vec<AccessKey>,
    /// New ones that the caller knows to be another's.
    others: BTreeSet<String>,
    has_looked: bool,
    /// More than one key has been a suspect.
    is_ambiguous: bool,
}

impl Orphans {
    pub(super) fn new(request: &CreateAccessKey) -> Self {
        Self {
            email: request.email.clone(),
            storage_dn: request.storage_dn.clone(),
            name: request.name.clone(),
            description: request.permissions.into(),
            before: BTreeSet::new(),
            suspects: Vec::new(),
            others: BTreeSet::new(),
            has_looked: false,
            is_ambiguous: false,
        }
    }

    /// What `request` may have left since `before` was listed: for who made the request without a
    /// [`CreateKey`](super::CreateKey), or did not wait for its end.
    #[must_use]
    pub fn since(request: &CreateAccessKey, before: &AccessKeys) -> Self {
        let mut orphans = Self::new(request);
        orphans.there_were(before.access_keys.iter().map(|key| key.key_id.clone()).collect());
        orphans
    }

    pub(super) fn there_were(&mut self, ids: BTreeSet<String>) {
        self.before = ids;
    }

    /// The keys that may be the lost one. At most one is: once there was more than one, other writers use the same name, and
    /// none is removed before [`only`](Self::only) has said which.
    #[must_use]
    pub fn suspects(&self) -> &[AccessKey] {
        &self.suspects
    }

    /// Whether the list of keys was read after the reply was lost. If not, [`suspects`](Self::suspects) is empty, and the
    /// first [`RemoveOrphans`] looks and removes nothing.
    #[must_use]
    pub fn has_looked(&self) -> bool {
        self.has_looked
    }

    /// Keeps the suspects of which this is true, and takes the others for another writer's from now on.
    #[must_use]
    pub fn only(mut self, mut is_lost: impl FnMut(&AccessKey) -> bool) -> Self {
        let (lost, others): (Vec<_>, Vec<_>) = self.suspects.into_iter().partition(|key| is_lost(key));
        self.others.extend(others.into_iter().map(|key| key.key_id));
        Self { suspects: lost, is_ambiguous: false, ..self }
    }

    /// Takes what a list shows for the suspects.
    pub(super) fn look(&mut self, keys: &AccessKeys) {
        let suspects: Vec<AccessKey> = keys.access_keys.iter().filter(|key| self.is_suspect(key)).cloned().collect();
        let seen: BTreeSet<&String> = self.suspects.iter().chain(&suspects).map(|key| &key.key_id).collect();
        self.is_ambiguous |= seen.len() > 1;
        self.suspects = suspects;
        self.has_looked = true;
    }

    fn is_suspect(&self, key: &AccessKey) -> bool {
        let is_new = !self.before.contains(&key.key_id) && !self.others.contains(&key.key_id);
        // What is said in other words than the document's may be the same permissions.
        let may_do_the_same = match &key.description {
            Some(KeyDescription::Other(_)) | None => true,
            Some(description) => *description == self.description,
        };
        is_new && may_do_the_same && key.name.as_deref() == Some(self.name.as_str())
    }

    /// The suspects that a newer list still shows, if it shows no other and it is clear which of them is meant.
    fn still_there(&self, keys: &AccessKeys) -> Option<Vec<String>> {
        let found = keys.access_keys.iter().filter(|key| self.is_suspect(key)).map(|key| &key.key_id);
        let known: BTreeSet<&String> = self.suspects.iter().map(|key| &key.key_id).collect();
        let found: Vec<String> = found.cloned().collect();
        let is_clear = found.is_empty() || !self.is_ambiguous;
        (is_clear && found.iter().all(|id| known.contains(id))).then_some(found)
    }
}

impl fmt::Display for Orphans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.has_looked, self.suspects.len()) {
            (false, _) => f.write_str("a key of that name may be there: nobody has looked"),
            (true, 0) => f.write_str("no new key of that name is there yet"),
            (true, 1) => f.write_str("a new key of that name is there"),
            (true, more) => write!(f, "{more} new keys of that name are there"),
        }
    }
}

/// Removes the suspects of [`Orphans`], and nothing else: not before it has looked once more.
#[derive(Debug)]
pub struct RemoveOrphans(Parent<Removing>);

impl RemoveOrphans {
    /// A flow that has not begun.
    #[must_use]
    pub fn new(orphans: Orphans, settings: Settings<E2>) -> Self {
        Self(Parent::new(Removing { orphans, left: VecDeque::new(), removed: Vec::new() }, settings))
    }

    pub(crate) fn made((orphans, settings): (Orphans, Settings<E2>)) -> Self {
        Self::new(orphans, settings)
    }
}

machine!(RemoveOrphans => OrphansRemoved);

/// What [`RemoveOrphans`] comes to. After an error in the middle, the same [`Orphans`] can be used again: what is gone is no
/// suspect any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrphansRemoved {
    /// These keys are gone. None when none was there: the lost request left nothing, or has not been carried out yet.
    Removed(Vec<AccessKeyId>),
    /// Nothing was removed, since other keys of the name are there than were known, or several of which only one can be the
    /// lost one. Look at the [suspects](Orphans::suspects), choose with [`Orphans::only`], and try again with these.
    LookAgain(Orphans),
}

#[derive(Debug)]
struct Removing {
    orphans: Orphans,
    left: VecDeque<AccessKeyId>,
    removed: Vec<AccessKeyId>,
}

enum Said {
    Listed(Came<AccessKeys>),
    Removed(Came<AccessKeyRemoved>),
}

impl Plot for Removing {
    const META: Meta = RemoveAccessKey::META;
    type Said = Said;
    type Answer = OrphansRemoved;

    fn of(&self) -> &impl Serialize {
        &self.orphans
    }

    fn begin(&self) -> Next<Self> {
        let Orphans { email, storage_dn, .. } = self.orphans.clone();
        ask(ListAccessKeys { email, storage_dn }, Said::Listed)
    }

    fn heard(&mut self, said: Said) -> Result<Next<Self>, ErrorKind<Fault>> {
        match said {
            Said::Listed(Ok(keys)) => {
                let Some(ids) = self.orphans.still_there(&keys) else {
                    self.orphans.look(&keys);
                    return Ok(Next::Done(Ok(OrphansRemoved::LookAgain(self.orphans.clone()))));
                };
                self.left =
                    ids.into_iter().map(AccessKeyId::try_from).collect::<Result<_, _>>().map_err(|rule| {
                        ErrorKind::Peer(PeerFlaw::Malformed { status: 200, reject: Reject::new("key_id", rule) })
                    })?;
                Ok(self.remove())
            }
            Said::Removed(Err(error)) if error.fault().is_none_or(|fault| fault.code != ErrorCode::AccessKeyNonExistent) => {
                Ok(Next::Done(Err(error)))
            }
            // Gone is gone, whoever did it.
            Said::Removed(_) => {
                self.removed.extend(self.left.pop_front());
                Ok(self.remove())
            }
            Said::Listed(Err(error)) => Ok(Next::Done(Err(error))),
        }
    }
}

impl Removing {
    /// The next one.
    fn remove(&mut self) -> Next<Self> {
        let Some(access_key) = self.left.front().cloned() else {
            return Next::Done(Ok(OrphansRemoved::Removed(core::mem::take(&mut self.removed))));
        };
        let Orphans { email, storage_dn, .. } = self.orphans.clone();
        ask(RemoveAccessKey { email, storage_dn, access_key }, Said::Removed)
    }
}
