//! Where to write to.

use larder_core::Rule;

use super::{is_printable, looks_like, text_value};

/// An e-mail address of at most 1,000 characters: something before and behind a last `@`, without blanks. Whether anybody
/// reads what is sent there is not for us to know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The most characters.
    pub const MAX: usize = 1_000;

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let parts = text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty());
        if text.chars().count() > Self::MAX {
            Err(Rule::TooLong)
        } else if parts && text.chars().all(|c| is_printable(c) && !c.is_whitespace()) {
            Ok(Self(text))
        } else {
            Err(Rule::Malformed)
        }
    }
}

text_value!(EmailAddress);
looks_like!(EmailAddress, { "type": "string", "format": "email", "maxLength": Self::MAX });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n86_an_address_has_two_sides() {
        let host = |length: usize| format!("a@{}", "ä".repeat(length - 2));
        for text in ["a@b", "o'neil+1@example.com", "\"a@b\"@c", "ü@例え.jp", &host(1_000)] {
            assert_eq!(text.parse::<EmailAddress>().unwrap().as_str(), text);
        }
        for text in ["", "a", "@", "a@", "@b", "a b@c", "a@b\n", "a@b c"] {
            assert_eq!(text.parse::<EmailAddress>(), Err(Rule::Malformed), "{text:?}");
        }
        assert_eq!(host(1_001).parse::<EmailAddress>(), Err(Rule::TooLong));
    }
}
