//! A stable text of all that a store holds, for comparisons. It shows no secret, no hash and no random name, but personal data.

use std::fmt::Write as _;

use super::{Found, View};
use crate::blobs::BlobPlace;
use crate::token::hex;
use crate::types::Body;

/// Writes one line for each record, in the order of their keys.
///
/// # Errors
/// The storage failed.
pub fn dump(view: &dyn View) -> Found<String> {
    let all = view.everything()?;
    let mut text = String::new();
    let mut line = |args: std::fmt::Arguments<'_>| {
        let _ = writeln!(text, "{args}");
    };
    for it in &all.applications {
        line(format_args!("application {} {:?} of {}", it.id.0, it.name, it.master.0));
    }
    for it in &all.accounts {
        let application = it.application.map_or(0, |id| id.0);
        let locked = it.locked_until.map_or(0, |at| at.0);
        line(format_args!("account {} {:?} in {application} failures {} locked {locked}", it.id.0, it.name, it.failures));
    }
    for ((account, kind), contact) in &all.contacts {
        for (field, value) in contact.fields() {
            line(format_args!("contact of {} {kind:?} {field} {value:?}", account.0));
        }
    }
    for it in &all.nodes {
        let (key, times) = (&it.key, (it.created.0, it.modified.0));
        line(format_args!("node {} {} {:?} = {} {times:?} {}", key.account.0, key.parent.0, key.name, it.id.0, body(&it.body)));
    }
    for it in &all.blobs {
        let place = match &it.stored.place {
            BlobPlace::Inline(content) => format!("inline {}", content.len()),
            BlobPlace::Named(_) => "file".to_owned(),
        };
        let (size, md5) = (it.stored.size, hex(&it.stored.md5));
        line(format_args!("blob {} x{} {size} {md5} {:08x?} {place}", it.id.0, it.references, it.stored.sums));
    }
    for it in &all.removals {
        line(format_args!("removal {} due {}", it.id, it.due.0));
    }
    for it in &all.rights {
        line(format_args!(
            "right of {} in {} into {:?} overwrite {} ip {:?} by {} until {} started {}",
            it.account.0, it.application.0, it.folder, it.overwrite, it.ip, it.first_byte_by.0, it.expires.0, it.started
        ));
    }
    for it in &all.unfinished {
        let latest = it.latest.map(|piece| (piece.first, piece.last, hex(&piece.md5)));
        let (at, bytes) = ((it.account.0, it.application.0), (it.size, hex(&it.md5)));
        line(format_args!("unfinished {at:?} {:?} {bytes:?} latest {latest:?} until {}", it.path, it.expires.0));
    }
    for it in &all.links {
        let at = (it.account.0, it.application.0);
        line(format_args!("link of {at:?} to {:?} ip {:?} until {}", it.path, it.ip, it.expires.0));
    }
    for it in &all.api_keys {
        line(format_args!("api key of {}", it.0));
    }
    for it in &all.reseller_users {
        let names = (&it.first_name, &it.last_name);
        line(format_args!(
            "user {} {:?} of {} {names:?} quota {:?} enabled {}",
            it.id.0, it.email, it.reseller.0, it.quota, it.enabled
        ));
    }
    for it in &all.user_storages {
        line(format_args!("storage {} of {} in {:?} ssd {} since {}", it.id.0, it.user.0, it.region, it.is_ssd, it.created.0));
    }
    for it in &all.access_keys {
        let what = (it.permissions, &it.buckets);
        line(format_args!("access key {} {:?} of {} {what:?} since {}", it.id.0, it.name, it.storage.0, it.created.0));
    }
    Ok(text)
}

fn body(body: &Body) -> String {
    match body {
        Body::Folder { folders, files, revision } => format!("folder {folders}/{files} r{revision}"),
        Body::File { size, md5, blob } => format!("file {size} {} blob {}", hex(md5), blob.0),
    }
}
