//! From a body's bytes to text.

use std::borrow::Cow;

use larder_core::{Reject, Rule};

/// How far an XML declaration is looked for, in bytes.
const DECLARATION: usize = 128;

/// The text of a message. A byte order mark says how it is written, else `charset` does, else the XML declaration; UTF-8,
/// UTF-16 and ISO 8859-1 are read.
///
/// # Errors
/// `Malformed` for another encoding, and for bytes that are not of theirs.
pub fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, Reject> {
    let malformed = || Reject::new("", Rule::Malformed);
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes).ok_or_else(malformed),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes).ok_or_else(malformed),
        _ => {}
    }
    let declared = charset.or_else(|| encoding(bytes)).unwrap_or("utf-8").to_ascii_lowercase();
    let text = match declared.as_str() {
        "utf-8" | "utf8" | "us-ascii" => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        "utf-16" | "utf-16be" => utf16(bytes, u16::from_be_bytes),
        "utf-16le" => utf16(bytes, u16::from_le_bytes),
        "iso-8859-1" | "latin1" => Some(bytes.iter().copied().map(char::from).collect::<String>().into()),
        _ => None,
    };
    text.ok_or_else(malformed)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'_, str>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = String::from_utf16(&pairs.iter().map(|pair| unit(*pair)).collect::<Vec<_>>());
    text.ok().filter(|_| rest.is_empty()).map(Cow::Owned)
}

/// What an XML declaration says.
fn encoding(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..bytes.len().min(DECLARATION))?;
    let head = head.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(head, b"?>")?;
    let (_, from) = core::str::from_utf8(head.get(..end)?).ok()?.split_once("encoding")?;
    let from = from.trim_start().strip_prefix('=')?.trim_start();
    let quote = from.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    from.get(1..)?.split(quote).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_charsets_and_declarations() {
        let wide =
            |unit: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> { format!("{mark}<ü/>").encode_utf16().flat_map(unit).collect() };
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?>\xFC";
        for (bytes, charset, text) in [
            ("<ü/>".as_bytes().to_vec(), None, "<ü/>"),
            ("<ü/>".as_bytes().to_vec(), Some("UTF-8"), "<ü/>"),
            (wide(u16::to_le_bytes, "\u{FEFF}"), None, "<ü/>"),
            (wide(u16::to_be_bytes, "\u{FEFF}"), Some("utf-16"), "<ü/>"),
            (wide(u16::to_le_bytes, ""), Some("utf-16le"), "<ü/>"),
            (wide(u16::to_be_bytes, ""), Some("UTF-16"), "<ü/>"),
            (b"<\xFC/>".to_vec(), Some("ISO-8859-1"), "<ü/>"),
            (latin.to_vec(), None, "<?xml version='1.0' encoding='ISO-8859-1'?>ü"),
        ] {
            assert_eq!(decode(&bytes, charset).as_deref(), Ok(text), "{charset:?}");
        }
        for (bytes, charset) in [
            (&b"<\xFC/>"[..], None),
            (latin, Some("utf-8")),
            (b"\xFF\xFE<", None),
            (b"\xD8\x00", Some("utf-16")),
            (b"<a/>", Some("ebcdic")),
        ] {
            assert_eq!(decode(bytes, charset), Err(Reject::new("", Rule::Malformed)), "{charset:?}");
        }
    }
}
