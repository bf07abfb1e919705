//! Tags that callers set, and tags of a file in a listing.

use core::fmt;

use larder_core::Rule;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::metadata_item::RESERVED;
use super::{is_printable, looks_like, text_value};

/// One tag: any text on one line without `* |`. Blanks around it do not belong to it. The document sets no limit to its
/// length.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        match text.trim() {
            "" => Err(Rule::Missing),
            text if text.chars().all(|c| is_printable(c) && !RESERVED.contains(&c)) => Ok(Self(text.to_owned())),
            _ => Err(Rule::Malformed),
        }
    }
}

text_value!(Tag);
looks_like!(Tag, { "type": "string", "minLength": 1, "pattern": super::schema::without(RESERVED) });
looks_like!(Tags, { "type": ["string", "null"] });

/// The tags of a file or a folder, in order; one may occur twice. On the wire they are one text, `these|are|my|tags`; no
/// tags are an empty element in XML and null in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(pub Vec<String>);

impl Tags {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn split(text: &str) -> Self {
        let tags = text.split('|').map(str::trim).filter(|tag| !tag.is_empty());
        // Many are counted first: a list that grows takes up to three times its room.
        let mut all = Vec::with_capacity(if text.len() > 1024 { tags.clone().count() } else { 0 });
        all.extend(tags.map(str::to_owned));
        Self(all)
    }
}

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("|"))
    }
}

impl<T: Into<String>> FromIterator<T> for Tags {
    fn from_iter<I: IntoIterator<Item = T>>(tags: I) -> Self {
        Self(tags.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Tags {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_empty() { serializer.serialize_unit() } else { serializer.collect_str(self) }
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Joined)
    }
}

struct Joined;

impl<'de> Visitor<'de> for Joined {
    type Value = Tags;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tags")
    }

    fn visit_str<E>(self, text: &str) -> Result<Tags, E> {
        Ok(Tags::split(text))
    }

    fn visit_unit<E>(self) -> Result<Tags, E> {
        Ok(Tags::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tags, A::Error> {
        let mut tags = Tags::default();
        while let Some(tag) = items.next_element()? {
            tags.0.push(tag);
        }
        Ok(tags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n53_a_tag_is_one_text_without_bars() {
        let tag = |text: &str| text.parse::<Tag>().map(|tag| tag.to_string());
        assert_eq!(tag(" summer 2007: Übersee "), Ok("summer 2007: Übersee".to_owned()));
        for text in ["", "  "] {
            assert_eq!(tag(text), Err(Rule::Missing), "{text:?}");
        }
        for text in ["a|b", "a*", "a\nb", "a\u{FFFF}"] {
            assert_eq!(tag(text), Err(Rule::Malformed), "{text:?}");
        }
    }

    #[test]
    fn n53_tags_are_joined_by_bars() {
        let read = |json: &str| serde_json::from_str::<Tags>(json).unwrap();
        let tags = read("\" these|are|my | tags||tags \"");
        assert_eq!(tags, ["these", "are", "my", "tags", "tags"].into_iter().collect());
        assert_eq!(serde_json::to_string(&tags).unwrap(), "\"these|are|my|tags|tags\"");
        assert_eq!(read("[\"a\",\"b\"]").to_string(), "a|b");
        assert!(read("null").is_empty() && read("\"\"").is_empty());
        assert_eq!(serde_json::to_string(&Tags::default()).unwrap(), "null");
    }
}
