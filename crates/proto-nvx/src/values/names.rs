//! Names of users, and texts of bounded length.

use larder_core::Rule;

use super::path::is_allowed;
use super::{is_printable, looks_like, text_value};

/// The name of an account, 1 to 320 characters. It appears in URLs and paths, and has none of the characters that those
/// refuse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

impl UserName {
    /// The most characters: the longest e-mail address.
    pub const MAX: usize = 320;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        if text.is_empty() {
            Err(Rule::Missing)
        } else if text.chars().count() > Self::MAX {
            Err(Rule::TooLong)
        } else if matches!(text.trim(), "" | "." | "..") || !text.chars().all(|c| c != '/' && is_allowed(c)) {
            Err(Rule::Malformed)
        } else {
            Ok(Self(text))
        }
    }
}

text_value!(UserName);
looks_like!(UserName, {
    "type": "string", "minLength": 1, "maxLength": Self::MAX, "pattern": super::schema::without(super::path::NOT_IN_NAMES)
});

/// Any text of at most `MAX` characters, without control characters: every format can give it back.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        // No more bytes than characters are allowed: nothing to count.
        if text.len() > MAX && text.chars().count() > MAX {
            Err(Rule::TooLong)
        } else if text.chars().all(is_printable) {
            Ok(Self(text))
        } else {
            Err(Rule::Malformed)
        }
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

text_value!(Text<const MAX: usize>);
looks_like!(Text<const MAX: usize>, { "type": "string", "maxLength": MAX, "pattern": super::schema::without(&[]) });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_safe_in_a_path() {
        let name = |text: &str| text.parse::<UserName>().map(|name| name.to_string());
        assert_eq!(name("me+1@example.com"), Ok("me+1@example.com".to_owned()));
        assert_eq!(name(""), Err(Rule::Missing));
        assert_eq!(name(&"a".repeat(320)), Ok("a".repeat(320)));
        assert_eq!(name(&"a".repeat(321)), Err(Rule::TooLong));
        for text in ["a/b", "a\\b", "..", "a:b", "a\nb", "  "] {
            assert_eq!(name(text), Err(Rule::Malformed), "{text:?}");
        }
    }

    #[test]
    fn text_counts_characters() {
        assert_eq!("äöü".parse::<Text<3>>().unwrap().as_str(), "äöü");
        assert_eq!("äöüx".parse::<Text<3>>(), Err(Rule::TooLong));
        assert_eq!("".parse::<Text<3>>().unwrap(), Text::default());
        for text in ["a\u{1}", "\u{fffe}", "a\nb"] {
            assert_eq!(text.parse::<Text<9>>(), Err(Rule::Malformed), "{text:?}");
        }
    }
}
