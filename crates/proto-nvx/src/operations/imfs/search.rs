//! Searching by name, and what every search answers.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{AnswerDate, Date, FileType, PageSize, SearchTerm, UserName, flag, list, or_any};
use crate::{Code, Nvx};

/// Searches an account for files and folders by name, size and date. Both ends of the sizes and of the dates are
/// included, and a span that ends before it begins finds nothing.
///
/// Faults: 65104 for an account that does not exist, 80003 for a stranger's, 65008 for more than 1,000 results, 50103 for
/// less than one and for a size below 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchFileSystem {
    /// Whose files.
    pub username: UserName,
    /// What the name is; any when the parameter is absent.
    #[serde(default)]
    pub search_term: SearchTerm,
    /// What kind of files; any, and folders, when absent. The text `null` stands for that too.
    #[serde(default, deserialize_with = "or_any", skip_serializing_if = "Option::is_none")]
    pub file_type: Option<FileType>,
    /// The least size, in bytes. Folders have 0.
    pub min_file_size: u64,
    /// The greatest size, in bytes. Folders have 0.
    pub max_file_size: u64,
    /// The earliest creation.
    pub min_created_date: Date,
    /// The latest creation. A date without a time is its midnight in UTC.
    pub max_created_date: Date,
    /// How many results at most.
    pub max_results: PageSize,
}

impl Operation for SearchFileSystem {
    type Api = Nvx;
    type Answer = Found;
    const META: Meta = Meta::unary(NAMESPACE, "SearchFileSystem", Verb::Post).session().safe();
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, PageSizeExceedsLimit, UserNameNotFound, AccessDenied];
}

/// The answer to every search: this one, [`SearchMetadata`](crate::metadata::SearchMetadata) and
/// [`SearchTags`](crate::metadata::SearchTags).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    /// What was found.
    pub search_results: SearchResults,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct SearchResults {
    /// How much was found, as the service counts.
    pub search_count: u64,
    /// The files and folders.
    #[serde(rename = "Item", with = "list")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<FoundItem>"))]
    pub items: Vec<FoundItem>,
}

/// A file or a folder that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase", default)]
pub struct FoundItem {
    /// Its path below the account's root.
    pub item_path: String,
    /// Its name.
    pub item_name: String,
    /// When it was created.
    pub created_date: Option<AnswerDate>,
    /// Its size, in bytes; 0 for a folder.
    pub size_bytes: u64,
    /// A file's kind, such as `Video`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_type: Option<String>,
    /// Whether it is a file.
    #[serde(deserialize_with = "flag::deserialize")]
    pub is_file: bool,
}
