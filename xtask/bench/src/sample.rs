//! The page that is read and written: 200 folders and 800 files, as a service would send them.

use larder_proto_nvx::imfs::{FileEntry, FolderEntry, FolderListing, FolderPage};
use larder_proto_nvx::values::{Date, Metadata, Tags};

/// A full page.
pub(crate) fn listing() -> FolderListing {
    let page = FolderPage {
        total_folder_count: 200,
        total_file_count: 312_509,
        page_folder_count: 200,
        page_file_count: 800,
        folders: (0..200).map(folder).collect(),
        files: (0..800).map(file).collect(),
    };
    FolderListing { list_folder: page }
}

/// Three in four are ASCII, one has characters to escape, some have umlauts and kanji.
fn name(at: u64) -> String {
    match at % 8 {
        3 => format!("Übung {at:04} 写真"),
        5 => format!("Tom & Jerry's \"best\" {at:04}"),
        _ => format!("IMG_{at:04}"),
    }
}

fn folder(at: u64) -> FolderEntry {
    let name = name(at);
    FolderEntry {
        folder_count: at % 7,
        file_count: at * 3,
        path: format!("Photos/2008/Summer/{name}"),
        name,
        created_date: Some(date(at)),
        metadata: Metadata::default(),
        file_tags: tags(at),
    }
}

/// Three in four have metadata, as the service knows it of pictures.
fn file(at: u64) -> FileEntry {
    let name = name(at) + ".jpg";
    FileEntry {
        size_bytes: 1_000_000 + at * 977,
        path: format!("Photos/2008/Summer/{name}"),
        created_date: Some(date(at)),
        metadata: if at.is_multiple_of(4) { Metadata::default() } else { metadata(at, &name) },
        name,
        file_tags: tags(at),
    }
}

fn date(at: u64) -> larder_proto_nvx::values::AnswerDate {
    Date::from_unix(1_178_113_001 + i64::try_from(at).unwrap_or(0) * 86_543).into()
}

fn metadata(at: u64, name: &str) -> Metadata {
    let entries = [
        ("MD5", format!("GLGS2vG/IhfLMnEHOC{at:04}==")),
        ("Width", format!("{}", 640 + at)),
        ("Height", format!("{}", 480 + at)),
        ("Camera", "Canon <EOS 40D>".to_owned()),
    ];
    let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Metadata { file_name: Some(name.to_owned()), entries, unread: None }
}

/// One in four has some.
fn tags(at: u64) -> Tags {
    let all: &[&str] = if at % 4 == 1 { &["holiday", "sea & sand", "Übung"] } else { &[] };
    all.iter().copied().collect()
}
