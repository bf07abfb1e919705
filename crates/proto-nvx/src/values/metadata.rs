//! What is known of a file's content.

use core::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{FromText, KEYED, RAW_XML, Value, XmlLimits, parse_xml, xml_write};

use super::looks_like;

/// The metadata of a file or folder in a listing: elements in XML, markup within a string in JSON, nothing when there is
/// none. Text that should be markup and is not is kept as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The file that the metadata says that it is of.
    pub file_name: Option<String>,
    /// Keys and values in the order in which they came, without surrounding blanks.
    pub entries: Vec<(String, String)>,
    /// What the service sent in place of markup.
    pub unread: Option<String>,
}

impl Metadata {
    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.file_name.is_none() && self.entries.is_empty() && self.unread.is_none()
    }

    /// The first value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The markup, with the element called as XML or as JSON calls it.
    fn markup(&self, element: &str) -> String {
        let mut out = format!("<{element}");
        if let Some(name) = &self.file_name {
            out.push_str(" FileName=\"");
            xml_write::attribute(&mut out, name);
            out.push('"');
        }
        out.push('>');
        for (key, value) in &self.entries {
            out.push_str("<Data Key=\"");
            xml_write::attribute(&mut out, key);
            out.push_str("\">");
            xml_write::text(&mut out, value);
            out.push_str("</Data>");
        }
        out.push_str("</");
        out.push_str(element);
        out.push('>');
        out
    }

    /// Reads markup; `None` when it is not the markup of metadata.
    fn from_markup(text: &str) -> Option<Self> {
        let limits = XmlLimits::default();
        let document = parse_xml(text, &limits).ok()?;
        let root = document.root_element();
        let named = root.tag_name().name().eq_ignore_ascii_case("Metadata");
        let elements = Content { markup: false }.deserialize(FromText(Value::element(root, limits.depth)));
        elements.ok().filter(|_| named)
    }

    fn add(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
            return;
        }
        self.file_name = self.file_name.take().or(other.file_name);
        self.entries.extend(other.entries);
        self.unread = self.unread.take().or(other.unread);
    }
}

impl Serialize for Metadata {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.unread {
            Some(text) => serializer.serialize_str(text),
            None if self.is_empty() => serializer.serialize_unit(),
            None => serializer.serialize_newtype_struct(RAW_XML, &Markup(self)),
        }
    }
}

struct Markup<'m>(&'m Metadata);

impl Serialize for Markup<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let element = if serializer.is_human_readable() { "Metadata" } else { "MetaData" };
        serializer.serialize_str(&self.0.markup(element))
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Content { markup: true }.deserialize(deserializer)
    }
}

/// Reads elements, and if `markup` is set, text as markup: not again within such text.
#[derive(Clone, Copy)]
struct Content {
    markup: bool,
}

/// One key and its value, without surrounding blanks.
struct Pair(Trimmed, Trimmed);

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(KEYED, Data)
    }
}

struct Data;

impl<'de> Visitor<'de> for Data {
    type Value = Pair;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key and a value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pair, A::Error> {
        Ok(Pair(items.next_element()?.unwrap_or_default(), items.next_element()?.unwrap_or_default()))
    }

    /// From formats that know no keyed texts.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Pair, D::Error> {
        #[derive(Deserialize)]
        struct Data {
            #[serde(rename = "@Key", default)]
            key: Trimmed,
            #[serde(rename = "$text", default)]
            value: Trimmed,
        }
        Data::deserialize(deserializer).map(|data| Pair(data.key, data.value))
    }
}

#[derive(Default)]
struct Trimmed(String);

impl<'de> Deserialize<'de> for Trimmed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Trimmed;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_str<E>(self, text: &str) -> Result<Trimmed, E> {
                Ok(Trimmed(text.trim().to_owned()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// What an element of metadata has.
enum Item {
    FileName,
    Data,
    Metadata,
    Other,
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Item;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_str<E>(self, name: &str) -> Result<Item, E> {
                Ok(match name {
                    "Data" => Item::Data,
                    _ if name.eq_ignore_ascii_case("Data") => Item::Data,
                    _ if name.eq_ignore_ascii_case("@FileName") => Item::FileName,
                    _ if name.eq_ignore_ascii_case("Metadata") => Item::Metadata,
                    _ => Item::Other,
                })
            }
        }
        deserializer.deserialize_identifier(Text)
    }
}

impl<'de> DeserializeSeed<'de> for Content {
    type Value = Metadata;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Metadata, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Content {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("metadata")
    }

    fn visit_unit<E>(self) -> Result<Metadata, E> {
        Ok(Metadata::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<Metadata, E> {
        if text.trim().is_empty() {
            return Ok(Metadata::default());
        }
        let read = if self.markup { Metadata::from_markup(text) } else { None };
        Ok(read.unwrap_or_else(|| Metadata { unread: Some(text.to_owned()), ..Metadata::default() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Metadata, A::Error> {
        let mut all = Metadata::default();
        while let Some(name) = map.next_key()? {
            match name {
                Item::FileName => all.file_name = map.next_value::<Option<String>>()?,
                Item::Data => {
                    let Pair(key, value) = map.next_value()?;
                    all.entries.push((key.0, value.0));
                }
                Item::Metadata => all.add(map.next_value_seed(self)?),
                Item::Other => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(all)
    }
}

looks_like!(Metadata, {
    "type": ["string", "null"],
    "contentMediaType": "application/xml",
    "contentSchema": { "type": "object", "properties": { "MetaData": {
        "type": "object",
        "properties": {
            "@FileName": { "type": "string" },
            "Data": { "type": "array", "items": {
                "type": "object",
                "properties": { "@Key": { "type": "string" }, "$text": { "type": "string" } },
                "required": ["@Key", "$text"]
            } },
        },
    } } },
});

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Metadata {
        serde_json::from_value(serde_json::Value::from(text)).unwrap()
    }

    #[test]
    fn a_json_string_holds_markup() {
        let metadata =
            read("<metadata filename=\"a&amp;b.png\">\n<DATA key=\"MD5\"> 5Ji== </DATA><Data Key='Width'>167</Data></metadata>");
        assert_eq!(metadata.file_name.as_deref(), Some("a&b.png"));
        assert_eq!((metadata.get("MD5"), metadata.get("Width"), metadata.get("width")), (Some("5Ji=="), Some("167"), None));
        let json = serde_json::to_string(&metadata).unwrap();
        insta::assert_snapshot!(
            json,
            @r#""<Metadata FileName=\"a&amp;b.png\"><Data Key=\"MD5\">5Ji==</Data><Data Key=\"Width\">167</Data></Metadata>""#
        );
        assert_eq!(serde_json::from_str::<Metadata>(&json).unwrap(), metadata);
    }

    #[test]
    fn nothing_is_null() {
        for text in ["", " ", "<Metadata/>", "<Metadata></Metadata>", "<Metadata>\n</Metadata>"] {
            assert!(read(text).is_empty(), "{text:?}");
        }
        assert!(serde_json::from_str::<Metadata>("null").unwrap().is_empty());
        assert_eq!(serde_json::to_string(&Metadata::default()).unwrap(), "null");
    }

    #[test]
    fn what_is_no_markup_is_kept() {
        for text in ["<Metadata FileName=\"a&b\"/>", "none", "<Other/>", "<!DOCTYPE a><Metadata/>"] {
            let metadata = read(text);
            assert_eq!(metadata.unread.as_deref(), Some(text));
            assert_eq!(serde_json::to_value(&metadata).unwrap(), text);
        }
    }

    #[test]
    fn markup_within_markup_stays_text() {
        let metadata = read("<Metadata><MetaData>&lt;Metadata/></MetaData></Metadata>");
        assert_eq!(metadata.unread.as_deref(), Some("<Metadata/>"));
    }
}
