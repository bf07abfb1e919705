//! Listing a folder.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{AnswerDate, FolderPath, Metadata, PageNumber, PageSize, SortCode, Tags, list};
use crate::{Code, Nvx};

/// Lists one page of a folder: folders first, then files. A page past the end is empty.
///
/// Faults: 70001 when there is no such folder, 65008 for a page of more than 1,000 entries, 50103 for page 0 and for
/// pages of no entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ListFolder {
    /// The folder; the account's root when the parameter is absent.
    #[serde(default)]
    pub folder_path: FolderPath,
    /// Which page, from 1 on.
    pub page_number: PageNumber,
    /// Entries on a page.
    pub page_size: PageSize,
    /// What to sort by; the service sorts by name when this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_code: Option<SortCode>,
    /// Whether the greatest comes first; the service says no when this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort_descending: Option<bool>,
}

impl ListFolder {
    /// A page of a folder, by name.
    #[must_use]
    pub fn new(folder_path: FolderPath, page_number: PageNumber, page_size: PageSize) -> Self {
        Self { folder_path, page_number, page_size, sort_code: None, sort_descending: None }
    }
}

impl Operation for ListFolder {
    type Api = Nvx;
    type Answer = FolderListing;
    const META: Meta = Meta::unary(NAMESPACE, "ListFolder", Verb::Post).session().safe();
    const FAULTS: &'static [Code] =
        faults![COMMON; ParameterOutOfAcceptedRange, PageSizeExceedsLimit, FolderNotFound, AccessDenied];
}

/// The answer to [`ListFolder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FolderListing {
    /// The page.
    #[serde(rename = "ListFolder")]
    pub list_folder: FolderPage,
}

/// One page of a folder.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct FolderPage {
    /// Folders in the folder, on all pages.
    pub total_folder_count: u64,
    /// Files in the folder, on all pages.
    pub total_file_count: u64,
    /// Folders on this page.
    pub page_folder_count: u64,
    /// Files on this page.
    pub page_file_count: u64,
    /// The folders.
    #[serde(rename = "Folder", with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<FolderEntry>"))]
    pub folders: Vec<FolderEntry>,
    /// The files.
    #[serde(rename = "File", with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<FileEntry>"))]
    pub files: Vec<FileEntry>,
}

/// A folder in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct FolderEntry {
    /// Folders in it.
    pub folder_count: u64,
    /// Files in it.
    pub file_count: u64,
    /// Its name.
    pub name: String,
    /// Its path below the account's root.
    pub path: String,
    /// When it was created.
    pub created_date: Option<AnswerDate>,
    /// What is known of its content.
    pub metadata: Metadata,
    /// Its tags.
    pub file_tags: Tags,
}

/// A file in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct FileEntry {
    /// Its size, in bytes.
    pub size_bytes: u64,
    /// Its name.
    pub name: String,
    /// Its path below the account's root.
    pub path: String,
    /// When it was created.
    pub created_date: Option<AnswerDate>,
    /// What is known of its content; its MD5 is here.
    pub metadata: Metadata,
    /// Its tags.
    pub file_tags: Tags,
}
