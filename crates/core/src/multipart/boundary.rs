//! The boundary: what a body's delimiters are made of.

use core::fmt;

use super::error::BoundaryError;
use super::limits::Limits;
use super::params::{BLANK, Params};

/// A boundary, without the dashes before it.
///
/// RFC 2046 allows 70 characters of a small alphabet. Here it is 1 to [`Limits::BOUNDARY`] bytes of UTF-8 without control
/// characters, without `"` and without a space at the end: kits were seen to send `*&#$(` and the like, and those do no
/// harm. A line end would, a quote could not be written in a `Content-Type` that every server reads the same way, and a
/// space at the end could not be told from padding.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Boundary(String);

impl Boundary {
    /// `text` as a boundary.
    ///
    /// # Errors
    ///
    /// [`BoundaryError::Missing`] when it is empty, [`BoundaryError::TooLong`], [`BoundaryError::Character`].
    pub fn new(text: impl Into<String>) -> Result<Self, BoundaryError> {
        let text = text.into();
        if text.is_empty() {
            return Err(BoundaryError::Missing);
        }
        if text.len() > Limits::BOUNDARY {
            return Err(BoundaryError::TooLong);
        }
        if text.ends_with(' ') || text.contains(|c: char| c == '"' || c.is_ascii_control()) {
            return Err(BoundaryError::Character);
        }
        Ok(Self(text))
    }

    /// The boundary in the value of a `Content-Type` header.
    ///
    /// Type and key in any case, parameters in any order, the value in quotes or not; without quotes it reaches to the next
    /// semicolon, whatever its characters.
    ///
    /// # Errors
    ///
    /// [`BoundaryError`], all of it.
    pub fn from_content_type(value: impl AsRef<[u8]>) -> Result<Self, BoundaryError> {
        let value = str::from_utf8(value.as_ref()).map_err(|_| BoundaryError::Character)?;
        let (media_type, params) = value.split_once(';').unwrap_or((value, ""));
        if !media_type.trim_matches(BLANK).eq_ignore_ascii_case("multipart/form-data") {
            return Err(BoundaryError::OtherType);
        }
        let mut found = None;
        for param in Params::new(params) {
            let param = param.map_err(|_| BoundaryError::Quote)?;
            if param.is("boundary") && found.replace(param.value).is_some() {
                return Err(BoundaryError::Repeated);
            }
        }
        Self::new(found.ok_or(BoundaryError::Missing)?)
    }

    /// A boundary of 128 bits that the caller drew at random. Content that nobody chose with knowledge of them does not
    /// contain it.
    #[must_use]
    pub fn from_seed(high: u64, low: u64) -> Self {
        Self(format!("larder-{high:016x}{low:016x}"))
    }

    /// The boundary as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value of the `Content-Type` header for a body with this boundary; in quotes only where RFC 2045 asks for them,
    /// because some servers do not understand those.
    #[must_use]
    pub fn content_type(&self) -> String {
        let quote = if self.0.bytes().all(is_token) { "" } else { "\"" };
        format!("multipart/form-data; boundary={quote}{self}{quote}")
    }

    /// What ends a part: also the line end before it belongs to the delimiter.
    pub(super) fn delimiter(&self) -> Vec<u8> {
        [b"\r\n--", self.0.as_bytes()].concat()
    }
}

impl fmt::Display for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A character that a value without quotes may have.
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'{'..=b'~')
}
