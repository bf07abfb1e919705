//! Downloading: `GET /<token>/<application>/<user>/<path>` and its other forms.

use larder_core::{Meta, Operation};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::values::{ByteRange, Date, HeaderText, Path};
use crate::{Code, Nvx};

/// Fetches a file, or a part of one.
///
/// Faults come with an HTTP status that says so: 404 for 70006, 403 for what concerns the session or an account's limits,
/// 410 for a link that has ended (80103), 416 for 70108, 400 for parameters and paths that are none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Download {
    /// The file. `//Application/User/path`, or relative to the session's own account.
    #[serde(rename = "$path")]
    pub path: Path,
    /// What a browser shall do with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// `Range`: which part; all of it when absent.
    #[serde(rename = "$range", default, skip_serializing_if = "Option::is_none")]
    pub range: Option<ByteRange>,
    /// `If-None-Match`: not if it is still this one.
    #[serde(rename = "$ifNoneMatch", default, skip_serializing_if = "Option::is_none")]
    pub if_none_match: Option<HeaderText>,
    /// `If-Modified-Since`: not if it has not changed.
    #[serde(rename = "$ifModifiedSince", default, skip_serializing_if = "Option::is_none")]
    pub if_modified_since: Option<Date>,
    /// `If-Range`: the part only if it is still this one, otherwise all of it.
    #[serde(rename = "$ifRange", default, skip_serializing_if = "Option::is_none")]
    pub if_range: Option<HeaderText>,
}

impl Download {
    /// A whole file.
    #[must_use]
    pub fn new(path: Path) -> Self {
        Self { path, disposition: None, range: None, if_none_match: None, if_modified_since: None, if_range: None }
    }

    /// What to send, given the facts of the file (RFC 9110, sections 13.2.2 and 14.2).
    #[must_use]
    pub fn plan(&self, file: &FileFacts) -> Plan {
        let fresh = match (&self.if_none_match, self.if_modified_since) {
            (Some(tags), _) => matches_tag(tags.as_str(), &file.etag),
            (None, Some(date)) => file.last_modified.unix() <= date.unix(),
            (None, None) => false,
        };
        if fresh {
            return Plan::NotModified;
        }
        let same = self.if_range.as_ref().is_none_or(|tag| tag.as_str() == file.etag);
        match self.range.filter(|_| same) {
            Some(range) => {
                range.within(file.length).map_or(Plan::Unsatisfiable, |(offset, length)| Plan::Part { offset, length })
            }
            None => Plan::Whole,
        }
    }
}

/// Whether one of a list of entity tags is this one, compared weakly.
fn matches_tag(tags: &str, etag: &str) -> bool {
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

impl Operation for Download {
    type Api = Nvx;
    type Answer = Downloaded;
    const META: Meta = Meta::download(NAMESPACE, "Download").maybe_session();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION, NAMES; DownloadPathNotFound, RangeNotSatisfiable, AccessDenied, OutOfBytes, OutOfBytesNonOwner, DownloadFileSizeLimitExceeded, InvalidDownloadToken, RestrictedIpAddress];

    fn part(&self, first: u64, last: Option<u64>, validator: Option<&str>) -> Option<Self> {
        let range = last.map_or(ByteRange::From(first), |last| ByteRange::Between { first, last });
        let if_range =
            validator.map(|validator| validator.to_owned().try_into().ok()).map_or(Some(None), |text| text.map(Some))?;
        let asked = Self { path: self.path.clone(), disposition: self.disposition, ..Self::new(self.path.clone()) };
        Some(Self { range: Some(range), if_range, ..asked })
    }
}

/// What a browser shall do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// Show it.
    Inline,
    /// Save it.
    Attachment,
}

impl Disposition {
    /// As it is on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }
}

/// What decides how a download is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFacts {
    /// The file's length, in bytes.
    pub length: u64,
    /// Its entity tag, in quotes.
    pub etag: String,
    /// When it was last changed.
    pub last_modified: Date,
}

/// How a download is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// 200 with the whole file.
    Whole,
    /// 206 with this part.
    Part {
        /// Where it starts.
        offset: u64,
        /// How long it is, in bytes.
        length: u64,
    },
    /// 304 without a body.
    NotModified,
    /// 416: the file is shorter.
    Unsatisfiable,
}

/// The answer to [`Download`]: what the head says of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Downloaded {
    /// Whether nothing was sent, because the caller has the file already.
    pub not_modified: bool,
    /// Where in the file the sent part starts.
    pub offset: u64,
    /// How much was sent, in bytes; absent when the service did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// The length of the whole file, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Its media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `Content-Disposition`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    /// Its entity tag, in quotes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<Date>,
}

impl Downloaded {
    /// Whether only a part was sent.
    #[must_use]
    pub fn is_part(&self) -> bool {
        self.length.is_some() && self.length != self.total
    }
}
