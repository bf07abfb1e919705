//! The listing as plain serde structs, for quick-xml and serde_json. `M` is how the format shows metadata.

use larder_proto_nvx::imfs::{FileEntry, FolderEntry, FolderListing, FolderPage};
use larder_proto_nvx::values::{AnswerDate, Metadata, Tags};
use serde::{Deserialize, Serialize};

/// A whole answer.
#[derive(Serialize, Deserialize)]
#[serde(rename = "Response", rename_all = "PascalCase")]
pub(crate) struct Answer<M> {
    pub(crate) response_code: u32,
    pub(crate) list_folder: Page<M>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Page<M> {
    total_folder_count: u64,
    total_file_count: u64,
    page_folder_count: u64,
    page_file_count: u64,
    #[serde(default = "Vec::new")]
    folder: Vec<Folder<M>>,
    #[serde(default = "Vec::new")]
    file: Vec<File<M>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Folder<M> {
    folder_count: u64,
    file_count: u64,
    name: String,
    path: String,
    #[serde(with = "date")]
    created_date: Option<AnswerDate>,
    metadata: M,
    #[serde(with = "tags")]
    file_tags: Tags,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File<M> {
    size_bytes: u64,
    name: String,
    path: String,
    #[serde(with = "date")]
    created_date: Option<AnswerDate>,
    metadata: M,
    #[serde(with = "tags")]
    file_tags: Tags,
}

/// Metadata in XML: an element within an element.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Elements {
    #[serde(rename = "MetaData", default, skip_serializing_if = "Option::is_none")]
    inner: Option<Inner>,
}

#[derive(Serialize, Deserialize)]
struct Inner {
    #[serde(rename = "@FileName", default, skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(rename = "Data", default)]
    data: Vec<Data>,
}

#[derive(Serialize, Deserialize)]
struct Data {
    #[serde(rename = "@Key")]
    key: String,
    #[serde(rename = "$text", default)]
    value: String,
}

/// Metadata in JSON: markup in a string, or null.
pub(crate) struct Markup(Metadata);

impl Serialize for Markup {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_empty() { serializer.serialize_none() } else { serializer.serialize_str(&super::markup::write(&self.0)) }
    }
}

impl<'de> Deserialize<'de> for Markup {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text::Text::deserialize(deserializer)?;
        Ok(Self(text.0.as_deref().map(super::markup::read).unwrap_or_default()))
    }
}

mod text;

mod date {
    use super::{AnswerDate, text::Text};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(date: &Option<AnswerDate>, serializer: S) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.collect_str(date),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AnswerDate>, D::Error> {
        Ok(Text::deserialize(deserializer)?.0.as_deref().and_then(crate::rivals::hand::date))
    }
}

mod tags {
    use super::{Tags, text::Text};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(tags: &Tags, serializer: S) -> Result<S::Ok, S::Error> {
        if tags.is_empty() { serializer.serialize_unit() } else { serializer.serialize_str(&tags.0.join("|")) }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tags, D::Error> {
        Ok(crate::rivals::hand::tags(Text::deserialize(deserializer)?.0.as_deref().unwrap_or("")))
    }
}

/// Between Larder's content and the plain one's, so that both can be compared.
pub(crate) trait Shown: From<Metadata> + Into<Metadata> {}

impl Shown for Elements {}
impl Shown for Markup {}

impl From<Metadata> for Markup {
    fn from(metadata: Metadata) -> Self {
        Self(metadata)
    }
}

impl From<Markup> for Metadata {
    fn from(markup: Markup) -> Self {
        markup.0
    }
}

impl From<Metadata> for Elements {
    fn from(metadata: Metadata) -> Self {
        if metadata.is_empty() {
            return Self::default();
        }
        let data = metadata.entries.into_iter().map(|(key, value)| Data { key, value }).collect();
        Self { inner: Some(Inner { file_name: metadata.file_name, data }) }
    }
}

impl From<Elements> for Metadata {
    fn from(elements: Elements) -> Self {
        let Some(inner) = elements.inner else { return Self::default() };
        let entries = inner.data.into_iter().map(|data| (data.key, data.value)).collect();
        Self { file_name: inner.file_name, entries, unread: None }
    }
}

impl<M: Shown> From<FolderListing> for Answer<M> {
    fn from(listing: FolderListing) -> Self {
        let FolderPage { total_folder_count, total_file_count, page_folder_count, page_file_count, folders, files } =
            listing.list_folder;
        let (folder, file) = (folders.into_iter().map(Folder::from).collect(), files.into_iter().map(File::from).collect());
        let list_folder = Page { total_folder_count, total_file_count, page_folder_count, page_file_count, folder, file };
        Self { response_code: 0, list_folder }
    }
}

impl<M: Shown> From<Answer<M>> for FolderListing {
    fn from(answer: Answer<M>) -> Self {
        let Page { total_folder_count, total_file_count, page_folder_count, page_file_count, folder, file } = answer.list_folder;
        let folders = folder.into_iter().map(Folder::back).collect();
        let files = file.into_iter().map(File::back).collect();
        let page = FolderPage { total_folder_count, total_file_count, page_folder_count, page_file_count, folders, files };
        Self { list_folder: page }
    }
}

impl<M: Shown> From<FolderEntry> for Folder<M> {
    fn from(entry: FolderEntry) -> Self {
        let FolderEntry { folder_count, file_count, name, path, created_date, metadata, file_tags } = entry;
        Self { folder_count, file_count, name, path, created_date, metadata: metadata.into(), file_tags }
    }
}

impl<M: Shown> Folder<M> {
    fn back(self) -> FolderEntry {
        let Self { folder_count, file_count, name, path, created_date, metadata, file_tags } = self;
        FolderEntry { folder_count, file_count, name, path, created_date, metadata: metadata.into(), file_tags }
    }
}

impl<M: Shown> From<FileEntry> for File<M> {
    fn from(entry: FileEntry) -> Self {
        let FileEntry { size_bytes, name, path, created_date, metadata, file_tags } = entry;
        Self { size_bytes, name, path, created_date, metadata: metadata.into(), file_tags }
    }
}

impl<M: Shown> File<M> {
    fn back(self) -> FileEntry {
        let Self { size_bytes, name, path, created_date, metadata, file_tags } = self;
        FileEntry { size_bytes, name, path, created_date, metadata: metadata.into(), file_tags }
    }
}
