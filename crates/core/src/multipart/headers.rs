//! The head of a part.

use super::error::HeadFault;
use super::params::{BLANK, Param, Params, Unclosed};

/// The head of a part.
///
/// - It must be UTF-8, else [`HeadFault::NotUtf8`]: a guessed character set would store a file under a wrong name for good.
/// - Lines may end with a line feed alone and may be folded. Names and keys are in any case, parameters in any order, values
///   in quotes or not.
/// - What identifies the part must not come twice: two readers could each take another one.
/// - In quotes, a backslash escapes nothing but a `"`, and not the one at the parameter's end: old clients send full paths
///   such as `C:\Photos\myDog.jpg`, browsers send backslashes as they are. So `\\` stays two backslashes.
/// - In quotes, `%22`, `%0D` and `%0A`, so spelt, become `"`, CR and LF, because browsers write those so (WHATWG) and nothing
///   else. A file whose name really has `%22` in it cannot be told from one with a quote.
/// - `filename*` and `name*` (RFC 5987, UTF-8 or ISO 8859-1) win over `filename` and `name` unless they cannot be decoded.
/// - Other control characters in names survive. What a name may be is for the caller to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartHead {
    /// The field's name. `None` when there is no `Content-Disposition` or no name in it, which may be empty.
    pub name: Option<String>,
    /// The file's name or full path as the client sent it. Some clients send it empty for "no file chosen".
    pub file_name: Option<String>,
    /// `Content-Type`; an empty one counts as none.
    pub content_type: Option<String>,
    /// `Content-Range`; an empty one counts as none.
    pub content_range: Option<String>,
    /// All other headers, in order: name in lower case, value.
    pub other: Vec<(String, String)>,
}

impl PartHead {
    /// The first of the [`other`](Self::other) headers with this name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.other.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Reads the lines of a head up to and with its blank line.
    pub(super) fn parse(block: &[u8]) -> Result<Self, HeadFault> {
        let block = str::from_utf8(block).map_err(|_| HeadFault::NotUtf8)?;
        let mut head = Self::default();
        let mut disposition = None;
        for line in unfold(block)? {
            let (name, value) = line.split_once(':').ok_or(HeadFault::NotAHeader)?;
            let name = name.trim_end_matches(BLANK).to_ascii_lowercase();
            let value = value.trim_matches(BLANK).to_owned();
            match name.as_str() {
                "" => return Err(HeadFault::NotAHeader),
                "content-disposition" => set(&mut disposition, value)?,
                "content-type" => set(&mut head.content_type, value)?,
                "content-range" => set(&mut head.content_range, value)?,
                _ => head.other.push((name, value)),
            }
        }
        head.content_type = head.content_type.filter(|value| !value.is_empty());
        head.content_range = head.content_range.filter(|value| !value.is_empty());
        head.name_from(disposition.as_deref().unwrap_or_default())?;
        Ok(head)
    }

    /// Takes the names out of a `Content-Disposition`, whose type does not matter: nothing but form data comes here.
    fn name_from(&mut self, disposition: &str) -> Result<(), HeadFault> {
        let [mut name, mut name_ext, mut file, mut file_ext] = [const { None }; 4];
        for param in Params::new(disposition) {
            let param = param.map_err(|Unclosed| HeadFault::Quote)?;
            let keys = [("name", &mut name), ("name*", &mut name_ext), ("filename", &mut file), ("filename*", &mut file_ext)];
            if let Some((_, slot)) = keys.into_iter().find(|(key, _)| param.is(key)) {
                set(slot, param)?;
            }
        }
        self.name = choose(name, name_ext)?;
        self.file_name = choose(file, file_ext)?;
        Ok(())
    }
}

fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), HeadFault> {
    if slot.replace(value).is_some() { Err(HeadFault::Repeated) } else { Ok(()) }
}

/// The logical lines of a head: without line ends, without the blank line, folded ones joined.
fn unfold(block: &str) -> Result<Vec<String>, HeadFault> {
    let mut lines: Vec<String> = Vec::new();
    for line in block.split_terminator('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains('\r') {
            return Err(HeadFault::CarriageReturn);
        }
        if line.starts_with(BLANK) {
            lines.last_mut().ok_or(HeadFault::NotAHeader)?.push_str(line);
        } else if !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
    Ok(lines)
}

/// The encoded value if it can be decoded, else the plain one. With neither left, a file would pass for a text field.
fn choose(plain: Option<Param<'_>>, encoded: Option<Param<'_>>) -> Result<Option<String>, HeadFault> {
    let plain = plain.map(|param| text(&param));
    match encoded.map(|param| decode(param.value)) {
        None => Ok(plain),
        Some(Some(decoded)) => Ok(Some(decoded)),
        Some(None) => plain.map(Some).ok_or(HeadFault::Encoding),
    }
}

fn text(param: &Param<'_>) -> String {
    if !param.quoted {
        return param.value.to_owned();
    }
    // The backslashes first: one before a `%22` is no escape, but a character of the name.
    param.value.replace("\\\"", "\"").replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

/// An RFC 5987 value: `charset'language'percent-encoded`.
fn decode(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_language, encoded) = rest.split_once('\'')?;
    let bytes = percent_decode(encoded.as_bytes())?;
    if charset.eq_ignore_ascii_case("utf-8") {
        String::from_utf8(bytes).ok()
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        Some(bytes.into_iter().map(char::from).collect())
    } else {
        None
    }
}

fn percent_decode(mut encoded: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(encoded.len());
    while let Some((&byte, rest)) = encoded.split_first() {
        encoded = rest;
        if byte == b'%' {
            let (&[high, low], rest) = encoded.split_first_chunk()?;
            bytes.push(hex(high)? << 4 | hex(low)?);
            encoded = rest;
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
