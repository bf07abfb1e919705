//! What crosses the line between the module and JavaScript.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A head in JSON, and bytes that belong to it. In the buffer: four bytes with the head's length (little-endian), the head,
/// the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    /// What it is.
    pub head: String,
    /// A piece of a file or of a body, or a value in JSON. May be empty.
    pub bytes: Bytes,
}

/// Bytes before the head.
const PREFIX: usize = size_of::<u32>();

impl Message {
    /// A message of these.
    #[must_use]
    pub fn of(head: &str, bytes: &[u8]) -> Self {
        Self { head: head.to_owned(), bytes: Bytes::copy_from_slice(bytes) }
    }

    /// Writes the head.
    ///
    /// # Errors
    /// What cannot be JSON.
    pub(crate) fn write(head: &impl Serialize, bytes: Bytes) -> Result<Self, String> {
        Ok(Self { head: serde_json::to_string(head).map_err(|error| error.to_string())?, bytes })
    }

    /// Reads the head.
    ///
    /// # Errors
    /// What it is instead, without its values: they may be secret.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        json(self.head.as_bytes()).map_err(|error| format!("the head is none: {error}"))
    }

    /// As it stands in the buffer.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // A head is never longer than what it was made of.
        let length = u32::try_from(self.head.len()).unwrap_or(u32::MAX);
        [&length.to_le_bytes(), self.head.as_bytes(), &self.bytes[..]].concat()
    }

    /// Out of the buffer.
    ///
    /// # Errors
    /// If it is cut short, or its head is no UTF-8.
    pub fn from_bytes(all: &[u8]) -> Result<Self, String> {
        let cut = || "the message is cut short".to_owned();
        let (length, rest) = all.split_first_chunk::<PREFIX>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| cut())?;
        let (head, bytes) = rest.split_at_checked(length).ok_or_else(cut)?;
        let head = core::str::from_utf8(head).map_err(|_| "the head is no UTF-8".to_owned())?;
        Ok(Self::of(head, bytes))
    }
}

/// A value out of JSON. Its errors say where, and never what was there.
fn json<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Data => "unfit",
            serde_json::error::Category::Syntax | serde_json::error::Category::Eof => "malformed",
            serde_json::error::Category::Io => "unreadable",
        };
        format!("{what} at byte {} of line {}", error.column(), error.line())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for (head, bytes) in [("{}", &b""[..]), ("{\"a\":\"\u{e4}\"}", &[0, 255, 7])] {
            let message = Message::of(head, bytes);
            assert_eq!(Message::from_bytes(&message.to_bytes()), Ok(message));
        }
    }

    #[test]
    fn what_is_cut_short_is_none() {
        let whole = Message::of("{}", b"").to_bytes();
        (0..whole.len()).for_each(|end| assert!(Message::from_bytes(&whole[..end]).is_err(), "{end}"));
        assert!(Message::from_bytes(&[1, 0, 0, 0, 0xff]).is_err());
    }

    #[test]
    fn an_error_does_not_repeat_what_it_read() {
        let error = Message::of(r#"{"password":"hunter2}"#, b"").read::<Vec<u8>>().unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}
