//! Links: the right to download one file for some time, without a session.

use std::net::IpAddr;

use super::Ruled;
use super::files;
use super::listing::Entry;
use super::places::{Place, absolute, actor, find, resolve};
use crate::env::Timestamp;
use crate::path::Dot;
use crate::refusal::Refusal;
use crate::store::{Tx, View};
use crate::token::TokenHash;
use crate::types::{Blob, Caller, DownloadLink, Kind};

/// What new links are to allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkTerms {
    /// Milliseconds until they end.
    pub lifetime: i64,
    /// The only address to download from.
    pub ip: Option<IpAddr>,
}

/// Where a new link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The file, below its owner's root.
    pub path: String,
    /// The same, as it stands behind the token in the link's URL, without a slash in front.
    pub url: String,
}

/// Grants a link to a file.
///
/// # Errors
/// Those of [`resolve`]; [`Refusal::InvalidPath`] if no file is there.
pub fn grant(tx: &mut dyn Tx, caller: &Caller, path: &str, terms: &LinkTerms, hash: TokenHash, now: Timestamp) -> Ruled<Target> {
    let place = resolve(tx, caller, path, Dot::Refused)?;
    find(tx, &place)?.filter(|node| node.kind() == Kind::File).ok_or(Refusal::InvalidPath)?;
    let whole = absolute(tx, &place)?;
    let url = if leads_back(tx, caller, &place)? { place.path.text() } else { whole.trim_start_matches('/').to_owned() };
    let (application, account) = (caller.application, caller.account);
    tx.add_link(&DownloadLink { hash, application, account, path: whole, ip: terms.ip, expires: now.plus(terms.lifetime) })?;
    Ok(Target { path: place.path.text(), url })
}

/// Whether the path in a URL means the same place without its application and user. It does not in somebody else's tree,
/// nor where folders are named like those two.
fn leads_back(view: &dyn View, caller: &Caller, place: &Place) -> Ruled<bool> {
    match resolve(view, caller, &format!("/{}", place.path.text()), Dot::Refused) {
        Ok(there) => Ok(there == *place),
        Err(Refusal::Storage(error)) => Err(error.into()),
        Err(_) => Ok(false),
    }
}

/// The file that a link leads to, and its content, if it can be used now and from there, and for that path.
///
/// # Errors
/// [`Refusal::InvalidDownloadToken`]; [`Refusal::RestrictedIp`]; [`Refusal::AccessDenied`] for another path than the
/// link's; those of [`files::content`].
pub fn content(view: &dyn View, hash: &TokenHash, peer: IpAddr, path: &str, now: Timestamp) -> Ruled<(Entry, Blob)> {
    let link = view.link(hash)?.filter(|link| now <= link.expires).ok_or(Refusal::InvalidDownloadToken)?;
    if link.ip.is_some_and(|only| only != peer) {
        return Err(Refusal::RestrictedIp);
    }
    let caller = Caller { application: link.application, account: link.account, ip: peer };
    actor(view, &caller).map_err(|refusal| refusal.mapped(&Refusal::SessionNotFound, Refusal::InvalidDownloadToken))?;
    let bound = resolve(view, &caller, &link.path, Dot::Refused)?;
    match resolve(view, &caller, path, Dot::Refused) {
        Ok(asked) if asked == bound => files::content(view, &caller, &link.path),
        Err(Refusal::Storage(error)) => Err(error.into()),
        Ok(_) | Err(_) => Err(Refusal::AccessDenied),
    }
}
