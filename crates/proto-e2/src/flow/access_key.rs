//! Making an access key, whose secret is told once.

use core::fmt;
use std::collections::BTreeSet;

use larder_core::{Error, ErrorKind, Meta, Operation, Settings};

use serde::Serialize;

use super::orphans::Orphans;
use super::parent::{Came, Next, Parent, Plot, ask, machine};
use crate::{AccessKeyCreated, AccessKeys, CreateAccessKey, E2, Fault, ListAccessKeys};

/// Makes an access key: looks at the keys that there are, asks for another once, and looks again if the reply was lost.
///
/// The request is sent a second time only if provably nothing of the first reached the service.
#[derive(Debug)]
pub struct CreateKey(Parent<Creating>);

impl CreateKey {
    /// A flow that has not begun.
    #[must_use]
    pub fn new(request: CreateAccessKey, settings: Settings<E2>) -> Self {
        let orphans = Orphans::new(&request);
        Self(Parent::new(Creating { request, orphans, lost: None }, settings))
    }

    pub(crate) fn made((request, settings): (CreateAccessKey, Settings<E2>)) -> Self {
        Self::new(request, settings)
    }
}

machine!(CreateKey => KeyOutcome);

/// What [`CreateKey`] comes to, unless it is refused or never reaches the service.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyOutcome {
    /// There is a key, and this is its secret.
    Created(AccessKeyCreated),
    /// Nobody knows.
    Lost(Box<LostKey>),
}

/// The reply to `create_access_key` was lost: there may be a key whose secret nobody has.
///
/// [`RemoveOrphans`](super::RemoveOrphans) removes it; then another can be made.
#[derive(Debug, Clone, PartialEq)]
pub struct LostKey {
    /// How the request ended.
    pub error: Box<Error<Fault>>,
    /// The keys that it may have left.
    pub orphans: Orphans,
}

impl fmt::Display for LostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.error, self.orphans)
    }
}

impl core::error::Error for LostKey {}

#[derive(Debug)]
struct Creating {
    request: CreateAccessKey,
    orphans: Orphans,
    lost: Option<Box<Error<Fault>>>,
}

enum Said {
    Before(Came<AccessKeys>),
    Created(Came<AccessKeyCreated>),
    After(Came<AccessKeys>),
}

impl Plot for Creating {
    const META: Meta = CreateAccessKey::META;
    type Said = Said;
    type Answer = KeyOutcome;

    fn of(&self) -> &impl Serialize {
        &self.request
    }

    fn begin(&self) -> Next<Self> {
        ask(self.list(), Said::Before)
    }

    fn heard(&mut self, said: Said) -> Result<Next<Self>, ErrorKind<Fault>> {
        Ok(match said {
            Said::Before(Ok(keys)) => {
                let ids: BTreeSet<String> = keys.access_keys.into_iter().map(|key| key.key_id).collect();
                self.orphans.there_were(ids);
                ask(self.request.clone(), Said::Created)
            }
            Said::Before(Err(error)) => Next::Done(Err(error)),
            Said::Created(Ok(created)) => Next::Done(Ok(KeyOutcome::Created(created))),
            Said::Created(Err(error)) if !may_be_there(&error) => Next::Done(Err(error)),
            // Whoever has lost interest does not wait for another look.
            Said::Created(Err(error)) if error.kind == ErrorKind::Cancelled => self.lost(error),
            Said::Created(Err(error)) => {
                self.lost = Some(error);
                ask(self.list(), Said::After)
            }
            Said::After(looked) => {
                if let Ok(keys) = looked {
                    self.orphans.look(&keys);
                }
                match self.lost.take() {
                    Some(error) => self.lost(error),
                    None => return Err(ErrorKind::Cancelled),
                }
            }
        })
    }
}

impl Creating {
    fn list(&self) -> ListAccessKeys {
        ListAccessKeys { email: self.request.email.clone(), storage_dn: self.request.storage_dn.clone() }
    }

    fn lost(&self, error: Box<Error<Fault>>) -> Next<Self> {
        Next::Done(Ok(KeyOutcome::Lost(Box::new(LostKey { error, orphans: self.orphans.clone() }))))
    }
}

/// Whether there may be a key all the same. What refuses the request as such leaves none; an answer of a gateway, which has no
/// code of the service's, or that the service is in trouble, says nothing of what was done before.
fn may_be_there(error: &Error<Fault>) -> bool {
    let refused = |fault: &Fault| matches!(fault.status, 400..=499 | 501) && !fault.code.as_str().is_empty();
    error.is_outcome_unknown() || error.fault().is_some_and(|fault| !refused(fault))
}
