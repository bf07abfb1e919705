//! One type in forms, XML and JSON: what goes in comes out, and ugly messages are read or refused as documented.

mod alike;
mod form;
mod hostile;
mod json;
mod round_trips;
mod xml;

use larder_core::{Reject, Rule};
use larder_proto_nvx::codec::{self, Envelope, xml_read};
use larder_proto_nvx::values::{AnswerDate, FolderPath, Metadata, PageNumber, PageSize, Path, SortCode, Tags, list};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListFolder {
    session_token: String,
    #[serde(default)]
    folder_path: FolderPath,
    page_number: PageNumber,
    page_size: PageSize,
    sort_code: Option<SortCode>,
    sort_descending: Option<bool>,
    #[serde(default)]
    file_path: Vec<Path>,
    #[serde(default)]
    tag: Vec<String>,
    #[serde(alias = "addressLine1")]
    address1: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(with = "list", default)]
    folder: Vec<Entry>,
    #[serde(with = "list", default)]
    file: Vec<Entry>,
    #[serde(with = "list", default)]
    tag: Vec<String>,
    total: i64,
    is_shared: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    name: String,
    size_bytes: u64,
    created_date: Option<AnswerDate>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    file_tags: Tags,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Done;

fn xml<T: DeserializeOwned>(content: &str) -> Result<T, Reject> {
    match xml_read::read(&format!("<Response><ResponseCode>0</ResponseCode>{content}</Response>"))? {
        Envelope::Success(value) => Ok(value),
        Envelope::Failure { .. } => Err(Reject::new("", Rule::Malformed)),
    }
}

fn pairs(text: &str) -> Result<ListFolder, Reject> {
    codec::form::from_pairs(&codec::form::parse(text, 100)?)
}
