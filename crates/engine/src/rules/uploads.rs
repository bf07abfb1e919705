//! The right to upload: who may put files where, and until when.

use std::net::IpAddr;

use super::Ruled;
use super::places::{Place, absolute, actor, resolve};
use crate::env::{HOUR, MINUTE, Timestamp};
use crate::path::Dot;
use crate::refusal::Refusal;
use crate::store::{Tx, View};
use crate::token::TokenHash;
use crate::types::{Caller, UploadRight};

/// How long a token waits for the first byte of the first upload, unless asked otherwise.
pub const FIRST_BYTE: i64 = 10 * MINUTE;
/// How long a token lives, used or not; also the most that can be asked for.
pub const LIFETIME: i64 = 72 * HOUR;

/// What a new upload token is to allow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UploadTerms {
    /// The only folder to upload into; `None` leaves the choice to the upload.
    pub folder: Option<String>,
    /// Whether a file of the same name is replaced.
    pub overwrite: bool,
    /// The only address to upload from.
    pub ip: Option<IpAddr>,
    /// Milliseconds until the first byte must have come; [`FIRST_BYTE`] if `None`.
    pub first_byte: Option<i64>,
    /// Milliseconds until it ends; [`LIFETIME`] if `None` or longer.
    pub lifetime: Option<i64>,
}

/// Grants the right to upload. The folder need not exist.
///
/// # Errors
/// Those of [`resolve`].
pub fn grant(tx: &mut dyn Tx, caller: &Caller, terms: &UploadTerms, hash: TokenHash, now: Timestamp) -> Ruled<()> {
    actor(tx, caller)?;
    let folder = terms.folder.as_deref().map(|folder| absolute(tx, &resolve(tx, caller, folder, Dot::Root)?)).transpose()?;
    let within = |asked: Option<i64>, usual: i64| now.plus(asked.unwrap_or(usual).clamp(0, LIFETIME));
    let right = UploadRight {
        hash,
        application: caller.application,
        account: caller.account,
        folder,
        overwrite: terms.overwrite,
        ip: terms.ip,
        first_byte_by: within(terms.first_byte, FIRST_BYTE),
        expires: within(terms.lifetime, LIFETIME),
        started: false,
    };
    Ok(tx.put_upload_right(&right)?)
}

/// Whether the first byte must come in time: not for uploads in pieces by messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstByte {
    /// It must.
    Enforced,
    /// It need not.
    Ignored,
}

/// The right of a token, if it can be used now and from there; and the folder that the upload goes into.
///
/// # Errors
/// [`Refusal::InvalidUploadToken`]; [`Refusal::ExpiredUploadToken`]; [`Refusal::RestrictedIp`];
/// [`Refusal::AccessDenied`] for another folder than the token's; those of [`resolve`].
pub fn check(
    view: &dyn View,
    hash: &TokenHash,
    peer: IpAddr,
    folder: Option<&str>,
    first_byte: FirstByte,
    now: Timestamp,
) -> Ruled<(UploadRight, Place)> {
    let right = view.upload_right(hash)?.ok_or(Refusal::InvalidUploadToken)?;
    let late = first_byte == FirstByte::Enforced && !right.started && now > right.first_byte_by;
    if late || now > right.expires {
        return Err(Refusal::ExpiredUploadToken);
    }
    if right.ip.is_some_and(|only| only != peer) {
        return Err(Refusal::RestrictedIp);
    }
    let caller = Caller { application: right.application, account: right.account, ip: peer };
    actor(view, &caller).map_err(|refusal| refusal.mapped(&Refusal::SessionNotFound, Refusal::InvalidUploadToken))?;
    let bound = right.folder.as_deref().map(|folder| resolve(view, &caller, folder, Dot::Root)).transpose()?;
    let asked = folder.map(|folder| resolve(view, &caller, folder, Dot::Root)).transpose()?;
    let place = match (bound, asked) {
        (Some(bound), Some(asked)) if bound != asked => return Err(Refusal::AccessDenied),
        (Some(place), _) | (None, Some(place)) => place,
        (None, None) => resolve(view, &caller, "", Dot::Root)?,
    };
    Ok((right, place))
}

/// Notes that the first byte has come.
///
/// # Errors
/// [`Refusal::InvalidUploadToken`] if the right is gone.
pub fn start(tx: &mut dyn Tx, hash: &TokenHash) -> Ruled<()> {
    let mut right = tx.upload_right(hash)?.ok_or(Refusal::InvalidUploadToken)?;
    right.started = true;
    Ok(tx.put_upload_right(&right)?)
}
