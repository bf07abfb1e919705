//! The kinds of files.

use larder_core::Rule;
use serde::{Deserialize, Deserializer};

use super::text_value;

/// What kind of file a search is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FileType {
    /// None of the others.
    Unassigned,
    /// A text, a table, a presentation.
    Document,
    /// A program.
    Executable,
    /// Sound.
    Audio,
    /// Moving pictures.
    Video,
    /// A picture.
    Image,
}

impl FileType {
    /// All kinds.
    pub const ALL: [Self; 6] = [Self::Unassigned, Self::Document, Self::Executable, Self::Audio, Self::Video, Self::Image];

    /// The documented name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unassigned => "Unassigned",
            Self::Document => "Document",
            Self::Executable => "Executable",
            Self::Audio => "Audio",
            Self::Video => "Video",
            Self::Image => "Image",
        }
    }
}

impl TryFrom<String> for FileType {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let known = |kind: &Self| kind.as_str().eq_ignore_ascii_case(text.trim());
        Self::ALL.into_iter().find(known).ok_or(Rule::Malformed)
    }
}

text_value!(FileType);

/// `#[serde(deserialize_with)]`: the text `null` means any kind, as does nothing at all.
pub(crate) fn or_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<FileType>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.filter(|text| !text.trim().eq_ignore_ascii_case("null"));
    text.map(FileType::try_from).transpose().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_in_any_case_and_null_is_any() {
        for kind in FileType::ALL {
            assert_eq!(kind.to_string().to_lowercase().parse(), Ok(kind));
        }
        let read = |json: &str| or_any(&mut serde_json::Deserializer::from_str(json)).ok();
        assert_eq!(read("\"null\""), Some(None));
        assert_eq!(read("null"), Some(None));
        assert_eq!(read("\"Video\""), Some(Some(FileType::Video)));
        assert_eq!(read("\"Folder\""), None);
    }
}
