//! Whose file tree a path leads into, and what is there.

use super::Ruled;
use crate::path::{Absolute, Dot, Form, RelPath};
use crate::refusal::{Refusal, StoreError};
use crate::store::View;
use crate::types::{Account, AccountId, Application, ApplicationId, Caller, Kind, Node, NodeKey};

/// A path in somebody's file tree; nothing need be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The application of the tree.
    pub application: ApplicationId,
    /// The owner of the tree.
    pub account: AccountId,
    /// The path below its root.
    pub path: RelPath,
}

impl Place {
    /// The key of the tree's root folder.
    #[must_use]
    pub fn root(&self) -> NodeKey {
        NodeKey::root(self.account, self.application)
    }
}

/// The caller's own account and application.
///
/// # Errors
/// [`Refusal::SessionNotFound`] if either is gone.
pub fn actor(view: &dyn View, caller: &Caller) -> Ruled<(Account, Application)> {
    let account = view.account(caller.account)?.ok_or(Refusal::SessionNotFound)?;
    let application = view.application(caller.application)?.ok_or(Refusal::SessionNotFound)?;
    Ok((account, application))
}

/// The account called `user` in `application`: a child, or the application's master.
///
/// # Errors
/// Only those of the storage.
pub fn user(view: &dyn View, application: &Application, user: &str) -> Ruled<Option<Account>> {
    if let Some(child) = view.account_by_name(Some(application.id), user)? {
        return Ok(Some(child));
    }
    Ok(view.account(application.master)?.filter(|master| master.name == user))
}

/// The application with that name or key.
///
/// # Errors
/// Only those of the storage.
pub fn application(view: &dyn View, name_or_key: &str) -> Ruled<Option<Application>> {
    match view.application_by_key(name_or_key)? {
        Some(found) => Ok(Some(found)),
        None => Ok(view.application_by_name(name_or_key)?),
    }
}

/// Finds out whose tree `text` leads into: `//application/user/path` is absolute; `/application/user/path` is absolute if
/// the first name is that of the caller's application (or its key) and the second that of one of its accounts; anything
/// else is relative to the caller's root.
///
/// # Errors
/// Those of [`RelPath::parse`]; [`Refusal::AccessDenied`] for an account on which the caller may not act;
/// [`Refusal::InvalidPath`] for an absolute path to an account that does not exist.
pub fn resolve(view: &dyn View, caller: &Caller, text: &str, dot: Dot) -> Ruled<Place> {
    let own = |rest| Ok(Place { application: caller.application, account: caller.account, path: RelPath::parse(rest, dot)? });
    match Form::of(text) {
        Form::Relative(rest) => own(rest),
        Form::Perhaps(parts) => {
            let (_, application) = actor(view, caller)?;
            let named = parts.application == application.key || parts.application == application.name;
            match if named { user(view, &application, parts.user)? } else { None } {
                Some(owner) => enter(view, caller, &application, &owner, parts, dot),
                None => own(text),
            }
        }
        Form::Absolute(parts) => {
            let (account, _) = actor(view, caller)?;
            // Whoever may not act there is not told what exists.
            let missing = || if account.is_master() { Refusal::InvalidPath } else { Refusal::AccessDenied };
            let application = application(view, parts.application)?.ok_or_else(missing)?;
            if account.is_master() && application.master != account.id {
                return Err(Refusal::AccessDenied);
            }
            let owner = user(view, &application, parts.user)?.ok_or_else(missing)?;
            enter(view, caller, &application, &owner, parts, dot)
        }
        Form::Broken => Err(Refusal::InvalidPath),
    }
}

fn enter(
    view: &dyn View,
    caller: &Caller,
    application: &Application,
    owner: &Account,
    parts: Absolute<'_>,
    dot: Dot,
) -> Ruled<Place> {
    may_act_on(view, caller, application, owner)?;
    Ok(Place { application: application.id, account: owner.id, path: RelPath::parse(parts.rest, dot)? })
}

/// A place as an absolute path, `//application/user/path`, which means the same to everybody.
///
/// # Errors
/// Only those of the storage.
pub fn absolute(view: &dyn View, place: &Place) -> Ruled<String> {
    const GONE: StoreError = StoreError::Damaged("a tree has no owner");
    let application = view.application(place.application)?.ok_or(GONE)?;
    let owner = view.account(place.account)?.ok_or(GONE)?;
    Ok(format!("//{}/{}/{}", application.name, owner.name, place.path.text()))
}

/// An account may act on itself, within the application it logged in to; a master on itself and every child in all of its
/// applications.
///
/// # Errors
/// [`Refusal::AccessDenied`].
pub fn may_act_on(view: &dyn View, caller: &Caller, application: &Application, owner: &Account) -> Ruled<()> {
    if owner.id == caller.account && application.id == caller.application {
        return Ok(());
    }
    let (account, _) = actor(view, caller)?;
    if account.is_master() && application.master == account.id { Ok(()) } else { Err(Refusal::AccessDenied) }
}

/// The nodes from the root down to the end of `segments`; `None` if one is missing or a file stands in the way.
///
/// # Errors
/// Only those of the storage.
pub fn chain(view: &dyn View, root: &NodeKey, segments: &[String]) -> Ruled<Option<Vec<Node>>> {
    let start = view.node(root)?.ok_or(StoreError::Damaged("an account has no root folder"))?;
    let mut nodes = vec![start];
    for name in segments {
        let Some(parent) = nodes.last().filter(|node| node.kind() == Kind::Folder) else { return Ok(None) };
        let key = NodeKey { account: root.account, parent: parent.id, name: name.clone() };
        let Some(next) = view.node(&key)? else { return Ok(None) };
        nodes.push(next);
    }
    Ok(Some(nodes))
}

/// The node at `place`.
///
/// # Errors
/// Only those of the storage.
pub fn find(view: &dyn View, place: &Place) -> Ruled<Option<Node>> {
    Ok(chain(view, &place.root(), place.path.segments())?.and_then(|mut nodes| nodes.pop()))
}

/// The node of that kind at `place`, which is not the root, and the folder that it is in.
///
/// # Errors
/// [`Refusal::InvalidPath`].
pub fn find_in_folder(view: &dyn View, place: &Place, kind: Kind) -> Ruled<(Node, Node)> {
    let mut nodes = chain(view, &place.root(), place.path.segments())?.ok_or(Refusal::InvalidPath)?;
    match (nodes.pop(), nodes.pop()) {
        (Some(node), Some(folder)) if node.kind() == kind => Ok((node, folder)),
        _ => Err(Refusal::InvalidPath),
    }
}
