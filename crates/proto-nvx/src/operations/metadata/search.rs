//! Searching by metadata and by tags.

use larder_core::{Meta, Operation, Verb};
use serde::{Deserialize, Serialize};

use super::NAMESPACE;
use crate::fault::faults;
use crate::imfs::Found;
use crate::values::{MetadataType, PageSize, SearchTerm, UserName};
use crate::{Code, Nvx};

/// Searches an account for files and folders by their metadata.
///
/// Faults: 65104 for an account that does not exist, 80003 for a stranger's, 65008 for more than 1,000 results, 50103 for
/// less than one, 70107 for what is no type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchMetadata {
    /// Whose files.
    pub username: UserName,
    /// The type, such as `Duration`.
    pub search_key: MetadataType,
    /// What its value is; any when the parameter is absent.
    #[serde(default)]
    pub search_term: SearchTerm,
    /// How many results at most.
    pub max_results: PageSize,
}

impl SearchMetadata {
    /// Whether the search finds what has this value for its key. An `MD5` is compared as a whole: asterisks stand for
    /// nothing there.
    #[must_use]
    pub fn matches(&self, value: &str) -> bool {
        if self.search_key.is_md5() { value == self.search_term.as_str() } else { self.search_term.matches(value) }
    }
}

impl Operation for SearchMetadata {
    type Api = Nvx;
    type Answer = Found;
    const META: Meta = Meta::unary(NAMESPACE, "SearchMetadata", Verb::Post).session().safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, PageSizeExceedsLimit, UserNameNotFound, InvalidMetadata, AccessDenied];
}

/// Searches an account for files and folders by their tags.
///
/// Faults: 65104 for an account that does not exist, 80003 for a stranger's, 65008 for more than 1,000 results, 50103 for
/// less than one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SearchTags {
    /// Whose files.
    pub username: UserName,
    /// What one of the tags is; any when the parameter is absent.
    #[serde(default)]
    pub search_term: SearchTerm,
    /// How many results at most.
    pub max_results: PageSize,
}

impl Operation for SearchTags {
    type Api = Nvx;
    type Answer = Found;
    const META: Meta = Meta::unary(NAMESPACE, "SearchTags", Verb::Post).session().safe();
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, PageSizeExceedsLimit, UserNameNotFound, AccessDenied];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n106_asterisks_do_not_search_checksums() {
        let search = |key: &str, term: &str| SearchMetadata {
            username: "myuser".parse().unwrap(),
            search_key: key.parse().unwrap(),
            search_term: term.parse().unwrap(),
            max_results: 10.try_into().unwrap(),
        };
        let md5 = "JCiPH3sH4S3f/Ad93uWk+w==";
        assert!(search("md5", md5).matches(md5) && search("Title", "JCi*").matches(md5));
        assert!(!search("MD5", "JCi*").matches(md5) && !search("MD5", "*").matches(md5));
    }
}
