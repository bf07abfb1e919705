//! The function that a JSON answer calls.

use larder_core::Rule;

use super::{looks_like, text_value};

/// A JavaScript identifier path such as `app.onListing`, of at most 64 characters: ASCII letters, digits, `_` and `$`, with
/// points between identifiers. Nothing else can get into a script through it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback(String);

impl Callback {
    /// The most characters.
    pub const MAX: usize = 64;

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Callback {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let letter = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$');
        let identifier = |name: &str| {
            name.as_bytes().first().is_some_and(letter) && name.bytes().all(|byte| letter(&byte) || byte.is_ascii_digit())
        };
        if text.len() <= Self::MAX && text.split('.').all(identifier) { Ok(Self(text)) } else { Err(Rule::Malformed) }
    }
}

text_value!(Callback);
looks_like!(Callback, {
    "type": "string", "maxLength": Self::MAX, "pattern": r"^[A-Za-z_$][A-Za-z0-9_$]*(\.[A-Za-z_$][A-Za-z0-9_$]*)*$"
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n31_only_identifier_paths() {
        let longest = "a".repeat(64);
        for text in ["loginresult", "$.jQuery1_2", "a.b.c", "_", longest.as_str()] {
            assert_eq!(text.parse::<Callback>().unwrap().as_str(), text);
        }
        let longer = "a".repeat(65);
        for text in ["", ".", "a.", "a..b", "1a", "a-b", "a(b", "alert(1)//", "a b", "ä", "a[0]", longer.as_str()] {
            assert_eq!(text.parse::<Callback>(), Err(Rule::Malformed), "{text}");
        }
    }
}
