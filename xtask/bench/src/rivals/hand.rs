//! Larder's own types, filled by hand from roxmltree's nodes: a `match` over exact names.

use larder_proto_nvx::imfs::{FileEntry, FolderEntry, FolderListing, FolderPage};
use larder_proto_nvx::values::{AnswerDate, Date, Metadata, Tags};
use roxmltree::{Document, Node};

use super::markup;

/// Reads a listing; `None` for anything that is none.
pub(crate) fn listing(text: &str) -> Option<FolderListing> {
    let document = Document::parse(text).ok()?;
    let (mut code, mut page) = (None, None);
    for node in elements(document.root_element()) {
        match node.tag_name().name() {
            "ResponseCode" => code = Some(number(node)?),
            "ListFolder" => page = Some(self::page(node)?),
            _ => {}
        }
    }
    (code? == 0).then_some(FolderListing { list_folder: page? })
}

fn page(node: Node<'_, '_>) -> Option<FolderPage> {
    let mut page = FolderPage::default();
    for node in elements(node) {
        match node.tag_name().name() {
            "TotalFolderCount" => page.total_folder_count = number(node)?,
            "TotalFileCount" => page.total_file_count = number(node)?,
            "PageFolderCount" => page.page_folder_count = number(node)?,
            "PageFileCount" => page.page_file_count = number(node)?,
            "Folder" => page.folders.push(folder(node)?),
            "File" => page.files.push(file(node)?),
            _ => {}
        }
    }
    Some(page)
}

fn folder(node: Node<'_, '_>) -> Option<FolderEntry> {
    let mut entry = FolderEntry::default();
    for node in elements(node) {
        match node.tag_name().name() {
            "FolderCount" => entry.folder_count = number(node)?,
            "FileCount" => entry.file_count = number(node)?,
            "Name" => entry.name = text(node).to_owned(),
            "Path" => entry.path = text(node).to_owned(),
            "CreatedDate" => entry.created_date = date(text(node)),
            "Metadata" => entry.metadata = metadata(node),
            "FileTags" => entry.file_tags = tags(text(node)),
            _ => {}
        }
    }
    Some(entry)
}

fn file(node: Node<'_, '_>) -> Option<FileEntry> {
    let mut entry = FileEntry::default();
    for node in elements(node) {
        match node.tag_name().name() {
            "SizeBytes" => entry.size_bytes = number(node)?,
            "Name" => entry.name = text(node).to_owned(),
            "Path" => entry.path = text(node).to_owned(),
            "CreatedDate" => entry.created_date = date(text(node)),
            "Metadata" => entry.metadata = metadata(node),
            "FileTags" => entry.file_tags = tags(text(node)),
            _ => {}
        }
    }
    Some(entry)
}

fn metadata(node: Node<'_, '_>) -> Metadata {
    elements(node).find(|node| node.tag_name().name() == "MetaData").map(markup::metadata).unwrap_or_default()
}

/// A date, or what stands in its place.
pub(crate) fn date(text: &str) -> Option<AnswerDate> {
    if text.is_empty() {
        return None;
    }
    Some(text.parse::<Date>().map_or_else(|_| AnswerDate::Other(text.to_owned()), AnswerDate::Known))
}

/// `these|are|my|tags`.
pub(crate) fn tags(text: &str) -> Tags {
    text.split('|').map(str::trim).filter(|tag| !tag.is_empty()).collect()
}

fn elements<'a, 'i>(node: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(Node::is_element)
}

fn text<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or("")
}

fn number(node: Node<'_, '_>) -> Option<u64> {
    text(node).trim().parse().ok()
}
