//! A file's bytes as a parameter.

use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::looks_like;

/// A file, or a piece of one, within a message, at most 2,147,483,647 bytes: base64 in every format of text. `Debug` shows how
/// long it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FileData(Bytes);

impl FileData {
    /// The most bytes.
    pub const MAX: usize = 2_147_483_647;

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }

    const fn allows(length: usize) -> bool {
        length <= Self::MAX
    }
}

impl TryFrom<Bytes> for FileData {
    type Error = Rule;

    fn try_from(bytes: Bytes) -> Result<Self, Rule> {
        if Self::allows(bytes.len()) { Ok(Self(bytes)) } else { Err(Rule::TooLong) }
    }
}

impl TryFrom<String> for FileData {
    type Error = Rule;

    /// Blanks and line ends within the text mean nothing.
    fn try_from(mut text: String) -> Result<Self, Rule> {
        text.retain(|c| !c.is_ascii_whitespace());
        Bytes::from(STANDARD.decode(text).map_err(|_| Rule::Malformed)?).try_into()
    }
}

impl fmt::Debug for FileData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileData({} bytes)", self.0.len())
    }
}

impl Serialize for FileData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for FileData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

looks_like!(FileData, {
    "type": "string", "format": "byte", "maxLength": super::schema::base64_length(Self::MAX), "contentEncoding": "base64"
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_with_line_ends_and_only_a_length_in_debug() {
        let data = FileData::try_from("8PHy\r\n 8/Q=\n".to_owned()).unwrap();
        assert_eq!(data, FileData(Bytes::from_static(&[0xF0, 0xF1, 0xF2, 0xF3, 0xF4])));
        assert_eq!(serde_json::to_string(&data).unwrap(), "\"8PHy8/Q=\"");
        assert_eq!(format!("{data:?}"), "FileData(5 bytes)");
        assert_eq!(FileData::try_from(String::new()).unwrap(), FileData::default());
        assert!(FileData::allows(2_147_483_647) && !FileData::allows(2_147_483_648));
        for text in ["8PHy8/Q", "8PHy8_Q=", "0xf0, 0xf1"] {
            assert_eq!(FileData::try_from(text.to_owned()), Err(Rule::Malformed), "{text}");
        }
    }
}
