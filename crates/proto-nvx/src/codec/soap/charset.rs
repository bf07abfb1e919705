//! From a body's bytes to text.

use std::borrow::Cow;

use larder_core::{Reject, Rule};

/// How far an XML declaration is looked for, in bytes.
const DECLARATION: usize = 128;

/// How long a text may become by being decoded, in bytes, unless its message is longer. 1 MiB, as a request may be.
const GROWN: usize = 1 << 20;

/// The text of a message. A byte order mark says how it is written, else `charset` does, else the XML declaration; UTF-8,
/// UTF-16 and ISO 8859-1 are read.
///
/// # Errors
/// `Malformed` for another encoding, and for bytes that are not of theirs; `TooLong` for a text that is longer in UTF-8 than
/// its message and than 1 MiB.
pub fn decode<'b>(bytes: &'b [u8], charset: Option<&str>) -> Result<Cow<'b, str>, Reject> {
    let malformed = || Reject::new("", Rule::Malformed);
    match bytes {
        [0xFF, 0xFE, rest @ ..] => return utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => return utf16(rest, u16::from_be_bytes),
        _ => {}
    }
    let declared = charset.or_else(|| encoding(bytes)).unwrap_or("utf-8").to_ascii_lowercase();
    match declared.as_str() {
        "utf-8" | "utf8" | "us-ascii" => core::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| malformed()),
        "utf-16" | "utf-16be" => utf16(bytes, u16::from_be_bytes),
        "utf-16le" => utf16(bytes, u16::from_le_bytes),
        "iso-8859-1" | "latin1" => text(bytes.iter().map(|byte| Some(char::from(*byte))), bytes.len()),
        _ => Err(malformed()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Reject> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let odd = (!rest.is_empty()).then_some(None);
    let units = pairs.iter().map(|pair| unit(*pair));
    text(char::decode_utf16(units).map(Result::ok).chain(odd), bytes.len())
}

/// Characters, measured before they are copied. None is one that is no character.
fn text<'b>(characters: impl Iterator<Item = Option<char>> + Clone, bytes: usize) -> Result<Cow<'b, str>, Reject> {
    let length = characters.clone().try_fold(0, |length: usize, character| Some(length + character?.len_utf8()));
    let length = length.ok_or_else(|| Reject::new("", Rule::Malformed))?;
    if length > bytes.max(GROWN) {
        return Err(Reject::new("", Rule::TooLong));
    }
    let mut text = String::with_capacity(length);
    text.extend(characters.flatten());
    Ok(text.into())
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
    fn a_text_may_grow_to_a_mebibyte_and_no_further() {
        let of = |length: usize| decode(&[b"a", &b"\xFC".repeat(length / 2)[..]].concat(), Some("latin1")).map(|text| text.len());
        assert_eq!(of(GROWN - 2), Ok(GROWN - 1));
        assert_eq!(of(GROWN), Err(Reject::new("", Rule::TooLong)));
        let long = vec![b'a'; 2 * GROWN];
        assert_eq!(decode(&long, Some("latin1")).map(|text| text.len()), Ok(2 * GROWN), "as long as it came");
    }

    #[test]
    fn a_declaration_is_looked_for_so_far() {
        let of = |length: usize| {
            let declaration = format!(
                "<?xml version='1.0' {:1$}encoding='latin1'?>",
                "",
                length - "<?xml version='1.0' encoding='latin1'?>".len()
            );
            decode(&[declaration.as_bytes(), b"\xFC"].concat(), None).map(|text| text.ends_with('\u{FC}'))
        };
        assert_eq!(of(DECLARATION), Ok(true));
        assert_eq!(of(DECLARATION + 1), Err(Reject::new("", Rule::Malformed)));
    }

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
