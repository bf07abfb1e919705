//! Text that travels in an HTTP header.

use larder_core::Rule;

use super::{looks_like, text_value};

/// A header's value: visible ASCII characters with single or more blanks between them, 1 to 1,024 characters (RFC 9110,
/// section 5.5, without the bytes that it calls obsolete).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderText(String);

impl HeaderText {
    /// The most characters.
    pub const MAX: usize = 1_024;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HeaderText {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.is_empty() {
            Err(Rule::Missing)
        } else if text.len() > Self::MAX {
            Err(Rule::TooLong)
        } else if text.trim() != text || !text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            Err(Rule::Malformed)
        } else {
            Ok(Self(text))
        }
    }
}

text_value!(HeaderText);
looks_like!(HeaderText, { "type": "string", "minLength": 1, "maxLength": Self::MAX, "pattern": "^[ -~]*$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_header_can_hold() {
        let parse = |text: &str| text.parse::<HeaderText>().map(|text| text.as_str().len());
        assert_eq!(parse("W/\"a b\", \"c\""), Ok(12));
        assert_eq!(parse(&"x".repeat(1_024)), Ok(1_024));
        assert_eq!(parse(&"x".repeat(1_025)), Err(Rule::TooLong));
        assert_eq!(parse(""), Err(Rule::Missing));
        for bad in ["ä", "a\r\nb", "a\tb", " a", "a ", "a\u{7f}"] {
            assert_eq!(parse(bad), Err(Rule::Malformed), "{bad:?}");
        }
    }
}
