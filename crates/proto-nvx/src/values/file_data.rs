//! A file's bytes as a parameter.

use core::fmt;
use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;
use bytes::Bytes;
use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::looks_like;

/// A file, or a piece of one, within a message, at most 2,147,483,647 bytes: base64 in every format of text. In memory it
/// lies in pieces, as it came. `Debug` shows how long it is.
#[derive(Clone, Default)]
pub struct FileData {
    pieces: Vec<Bytes>,
    length: usize,
}

impl FileData {
    /// The most bytes.
    pub const MAX: usize = 2_147_483_647;

    /// Puts pieces together, without a copy.
    ///
    /// # Errors
    /// `TooLong` for more than [`MAX`](Self::MAX) bytes.
    pub fn from_pieces(mut pieces: Vec<Bytes>) -> Result<Self, Rule> {
        let length = pieces.iter().map(Bytes::len).fold(0, usize::saturating_add);
        pieces.retain(|piece| !piece.is_empty());
        if Self::allows(length) { Ok(Self { pieces, length }) } else { Err(Rule::TooLong) }
    }

    /// The bytes, piece by piece; none is empty.
    #[must_use]
    pub fn pieces(&self) -> &[Bytes] {
        &self.pieces
    }

    /// The bytes in one piece: a copy, if they are in several.
    #[must_use]
    pub fn to_bytes(&self) -> Bytes {
        match self.pieces.as_slice() {
            [] => Bytes::new(),
            [only] => only.clone(),
            pieces => pieces.concat().into(),
        }
    }

    /// How many bytes it has.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.length
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    const fn allows(length: usize) -> bool {
        length <= Self::MAX
    }
}

/// However they are cut.
impl PartialEq for FileData {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length && self.pieces.iter().flatten().eq(other.pieces.iter().flatten())
    }
}

impl Eq for FileData {}

impl TryFrom<Bytes> for FileData {
    type Error = Rule;

    fn try_from(bytes: Bytes) -> Result<Self, Rule> {
        Self::from_pieces(vec![bytes])
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
        write!(f, "FileData({} bytes)", self.length)
    }
}

impl Serialize for FileData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = String::with_capacity(self.length.div_ceil(3).saturating_mul(4));
        let mut text = EncoderStringWriter::from_consumer(text, &STANDARD);
        for piece in &self.pieces {
            text.write_all(piece).map_err(serde::ser::Error::custom)?;
        }
        serializer.serialize_str(&text.into_inner())
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
        let bytes = [0xF0, 0xF1, 0xF2, 0xF3, 0xF4];
        let data = FileData::try_from("8PHy\r\n 8/Q=\n".to_owned()).unwrap();
        assert_eq!(data.to_bytes(), bytes.as_slice());
        assert_eq!(serde_json::to_string(&data).unwrap(), "\"8PHy8/Q=\"");
        assert_eq!(format!("{data:?}"), "FileData(5 bytes)");
        assert_eq!(FileData::try_from(String::new()).unwrap(), FileData::default());
        assert!(FileData::allows(2_147_483_647) && !FileData::allows(2_147_483_648));
        for text in ["8PHy8/Q", "8PHy8_Q=", "0xf0, 0xf1"] {
            assert_eq!(FileData::try_from(text.to_owned()), Err(Rule::Malformed), "{text}");
        }
    }

    #[test]
    fn however_it_is_cut_it_is_the_same() {
        let bytes = Bytes::from_static(b"five!");
        let whole = FileData::try_from(bytes.clone()).unwrap();
        for at in 0..=bytes.len() {
            let cut = FileData::from_pieces(vec![bytes.slice(..at), bytes.slice(at..)]).unwrap();
            assert_eq!(cut, whole);
            assert_eq!((cut.len(), cut.to_bytes()), (5, bytes.clone()));
            assert_eq!(serde_json::to_string(&cut).unwrap(), serde_json::to_string(&whole).unwrap());
            assert!(cut.pieces().iter().all(|piece| !piece.is_empty()));
        }
        let other = FileData::from_pieces(vec![bytes.slice(..2), Bytes::from_static(b"ve?")]).unwrap();
        assert_ne!(other, whole);
        assert!(FileData::from_pieces(vec![Bytes::new()]).unwrap().is_empty());
    }
}
