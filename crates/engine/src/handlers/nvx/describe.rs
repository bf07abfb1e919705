//! The engine's records, as the API tells them; and the API's contact data, as the engine keeps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use larder_proto_nvx::accounting::{self, EmailFormat};
use larder_proto_nvx::imfs::{FileEntry, FolderEntry, FolderPage, GetPathInfo, PathFacts};
use larder_proto_nvx::values::{AnswerDate, Date, EmailAddress, Metadata, Tags, Text};

use crate::Contact;
use crate::env::Timestamp;
use crate::rules::listing::{Entry, EntryKind};

/// The contact data of an account, under the names that the API has for them.
pub(super) fn contact<const STATE: usize>(given: &accounting::Contact<STATE>) -> Contact {
    let country = given.country.map(|country| country.to_string());
    let fields = [
        ("FirstName", given.first_name.as_ref().map(Text::as_str)),
        ("LastName", given.last_name.as_ref().map(Text::as_str)),
        ("MiddleInitial", given.middle_initial.as_ref().map(Text::as_str)),
        ("PhoneNumber", given.phone_number.as_ref().map(Text::as_str)),
        ("EmailAddress", given.email_address.as_ref().map(EmailAddress::as_str)),
        ("EmailFormat", given.email_format.map(EmailFormat::as_str)),
        ("Address1", given.address1.as_ref().map(Text::as_str)),
        ("Address2", given.address2.as_ref().map(Text::as_str)),
        ("City", given.city.as_ref().map(Text::as_str)),
        ("State", given.state.as_ref().map(Text::as_str)),
        ("CountryID", country.as_deref()),
        ("PostalCode", given.postal_code.as_ref().map(Text::as_str)),
    ];
    fields.into_iter().filter_map(|(field, value)| Some((field, value?))).collect()
}

/// Dates on the wire have seconds.
pub(super) fn date(time: Timestamp) -> Date {
    Date::from_unix(time.0.div_euclid(1_000))
}

/// The MD5 of a file's content, as the API writes it.
pub(super) fn digest(entry: &Entry) -> Option<String> {
    match &entry.kind {
        EntryKind::File { md5, .. } => Some(STANDARD.encode(md5)),
        EntryKind::Folder { .. } => None,
    }
}

fn metadata(entry: &Entry) -> Metadata {
    let md5 = digest(entry).map(|md5| ("MD5".to_owned(), md5));
    let file_name = md5.as_ref().map(|_| entry.name.clone());
    Metadata { file_name, entries: md5.into_iter().collect(), unread: None }
}

pub(super) fn put(page: &mut FolderPage, entry: Entry) {
    let created_date = Some(AnswerDate::Known(date(entry.created)));
    let metadata = metadata(&entry);
    match entry.kind {
        EntryKind::Folder { folders, files } => page.folders.push(FolderEntry {
            folder_count: folders,
            file_count: files,
            name: entry.name,
            path: entry.path,
            created_date,
            metadata,
            file_tags: Tags::default(),
        }),
        EntryKind::File { size, .. } => page.files.push(FileEntry {
            size_bytes: size,
            name: entry.name,
            path: entry.path,
            created_date,
            metadata,
            file_tags: Tags::default(),
        }),
    }
}

pub(super) fn facts(entry: &Entry, asked: &GetPathInfo) -> PathFacts {
    let (size_bytes, file_type) = match &entry.kind {
        EntryKind::Folder { .. } => (None, None),
        EntryKind::File { size, file_type, .. } => (Some(*size), Some(file_type.as_str().to_owned())),
    };
    PathFacts {
        item_name: entry.name.clone(),
        is_file: size_bytes.is_some(),
        created_date: Some(AnswerDate::Known(date(entry.created))),
        size_bytes,
        file_type,
        metadata: if asked.show_metadata == Some(true) { metadata(entry) } else { Metadata::default() },
        tags: Tags::default(),
        is_shared: asked.show_is_shared.filter(|asked| *asked).map(|_| false),
        modified_date: Some(AnswerDate::Known(date(entry.modified))),
        item_id: u64::try_from(entry.id.0).ok(),
    }
}
