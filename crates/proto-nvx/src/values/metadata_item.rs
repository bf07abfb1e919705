//! Metadata that callers set and delete.

use core::fmt;

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::{is_printable, looks_like, text_value};

/// What may not stand in a piece of metadata, nor in a tag: the asterisk is a search's, the bar a list's.
pub(super) const RESERVED: &[char] = &['*', '|'];

fn is_allowed(c: char) -> bool {
    is_printable(c) && !RESERVED.contains(&c)
}

/// A type of metadata such as `Title`, 1 to 100 characters without `: * |`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetadataType(String);

impl MetadataType {
    /// The most characters.
    pub const MAX: usize = 100;

    /// The type.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the file's checksum. The service keeps it by itself: nobody sets or deletes it.
    #[must_use]
    pub fn is_md5(&self) -> bool {
        self.0.eq_ignore_ascii_case("MD5")
    }
}

impl TryFrom<String> for MetadataType {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let text = text.trim();
        if text.is_empty() {
            Err(Rule::Missing)
        } else if text.chars().count() > Self::MAX {
            Err(Rule::TooLong)
        } else if text.chars().all(|c| is_allowed(c) && c != ':') {
            Ok(Self(text.to_owned()))
        } else {
            Err(Rule::Malformed)
        }
    }
}

/// The value of a piece of metadata, at most 400 characters without `* |`; it may be empty, and it may have line breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetadataValue(String);

impl MetadataValue {
    /// The most characters.
    pub const MAX: usize = 400;

    /// The value.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MetadataValue {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.chars().count() > Self::MAX {
            Err(Rule::TooLong)
        } else if text.chars().all(|c| is_allowed(c) || matches!(c, '\t' | '\n' | '\r')) {
            Ok(Self(text))
        } else {
            Err(Rule::Malformed)
        }
    }
}

text_value!(MetadataType);
text_value!(MetadataValue);
looks_like!(MetadataType, {
    "type": "string", "minLength": 1, "maxLength": Self::MAX, "pattern": super::schema::without(&[&[':'], RESERVED].concat())
});
looks_like!(MetadataValue, { "type": "string", "maxLength": Self::MAX, "pattern": super::schema::lines_without(RESERVED) });
looks_like!(MetadataItem, {
    "type": "string",
    "maxLength": MetadataType::MAX + 1 + MetadataValue::MAX,
    "pattern": "^[^:*|]+:[^*|]*$",
});

/// One piece of metadata, `Title:MySong` on the wire: the first colon ends the type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MetadataItem {
    /// What it says something about.
    pub kind: MetadataType,
    /// What it says.
    pub value: MetadataValue,
}

impl TryFrom<String> for MetadataItem {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.is_empty() {
            return Err(Rule::Missing);
        }
        let (kind, value) = text.split_once(':').filter(|(kind, _)| !kind.trim().is_empty()).ok_or(Rule::Malformed)?;
        Ok(Self { kind: kind.parse()?, value: value.parse()? })
    }
}

impl core::str::FromStr for MetadataItem {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for MetadataItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

impl From<MetadataItem> for String {
    fn from(item: MetadataItem) -> Self {
        item.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Result<(String, String), Rule> {
        text.parse().map(|MetadataItem { kind, value }| (kind.to_string(), value.to_string()))
    }

    #[test]
    fn n32_the_first_colon_ends_the_type() {
        assert_eq!(item("Title:MySong"), Ok(("Title".to_owned(), "MySong".to_owned())));
        assert_eq!(item("Home:http://a.example:80/"), Ok(("Home".to_owned(), "http://a.example:80/".to_owned())));
        assert_eq!(item("Note:"), Ok(("Note".to_owned(), String::new())));
        assert_eq!(item("Note:a\r\n\tb"), Ok(("Note".to_owned(), "a\r\n\tb".to_owned())));
        assert_eq!(item(""), Err(Rule::Missing));
        for text in ["Title", ":MySong", " :x", "a*:x", "a|b:x", "a:x*", "a:x|y", "a\nb:x", "a:\u{7}", "a:\u{FFFE}"] {
            assert_eq!(item(text), Err(Rule::Malformed), "{text:?}");
        }
    }

    #[test]
    fn n32_lengths_are_characters() {
        let (kind, value) = ("ä".repeat(100), "ö".repeat(400));
        assert_eq!(item(&format!("{kind}:{value}")), Ok((kind.clone(), value.clone())));
        assert_eq!(item(&format!("{kind}x:{value}")), Err(Rule::TooLong));
        assert_eq!(item(&format!("{kind}:{value}x")), Err(Rule::TooLong));
        assert_eq!(kind.parse::<MetadataType>().map(|kind| kind.to_string()), Ok(kind));
    }

    #[test]
    fn n32_the_checksum_is_known_in_any_case() {
        assert!("md5".parse::<MetadataType>().unwrap().is_md5());
        assert!(!"MD50".parse::<MetadataType>().unwrap().is_md5());
        assert_eq!("a:b".parse::<MetadataType>(), Err(Rule::Malformed));
        assert_eq!(" ".parse::<MetadataType>(), Err(Rule::Missing));
    }
}
