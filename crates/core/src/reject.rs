//! Why a value was refused: one error type for every decoder.
//!
//! A validated type says what rule it holds (`impl TryFrom<String, Error = Rule>`), serde carries the rule through
//! whatever format is being read, and the decoder adds the field. Each API then maps `(field, rule)` to its own code,
//! so that no rule is checked twice.

use core::fmt;

use serde::{Deserialize, Serialize, de, ser};

/// A rule that a value can break. Every API maps these to codes of its own. Exhaustive on purpose: a new rule needs a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rule {
    /// A required field is absent, or empty where empty means absent.
    Missing,
    /// The text is not of the field's type: no number, no date, no member of the enumeration.
    Malformed,
    /// A number or a date outside the documented range.
    OutOfRange,
    /// A number above the greatest, where that is another fault than one below the least.
    TooGreat,
    /// More characters than the field may have.
    TooLong,
    /// More values than the field may have.
    TooMany,
    /// A path with more characters than a path may have.
    PathTooLong,
    /// A path with a file or folder name of more characters than a name may have.
    NameTooLong,
    /// A path or a name with a character, or a segment, that is not allowed in it.
    PathCharacter,
}

impl Rule {
    /// All rules.
    pub const ALL: [Self; 9] = [
        Self::Missing,
        Self::Malformed,
        Self::OutOfRange,
        Self::TooGreat,
        Self::TooLong,
        Self::TooMany,
        Self::PathTooLong,
        Self::NameTooLong,
        Self::PathCharacter,
    ];

    /// The rule as a clause that follows a field's name.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Missing => "is required",
            Self::Malformed => "is malformed",
            Self::OutOfRange => "is out of range",
            Self::TooGreat => "is greater than it may be",
            Self::TooLong => "is too long",
            Self::TooMany => "has too many values",
            Self::PathTooLong => "is longer than a path may be",
            Self::NameTooLong => "has a name that is longer than a name may be",
            Self::PathCharacter => "has a character or segment that paths may not have",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl core::error::Error for Rule {}

/// A field that broke a rule. Never holds the value itself, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{} {rule}", if field.is_empty() { "the message" } else { field.as_str() })]
pub struct Reject {
    /// The field's documented name; empty when the message as a whole is at fault.
    pub field: String,
    /// The rule that it broke.
    pub rule: Rule,
}

impl Reject {
    /// `field` broke `rule`.
    #[must_use]
    pub fn new(field: impl Into<String>, rule: Rule) -> Self {
        Self { field: field.into(), rule }
    }

    /// The same rejection, named after `field` unless it has a name already.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        if self.field.is_empty() {
            self.field.push_str(field);
        }
        self
    }

    /// serde passes a custom error as text only: this finds the rule again, and the field if a value names one of its own.
    /// Anything else is `Malformed`.
    fn from_text(text: &str) -> Self {
        let is_name = |field: &str| !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let found = Rule::ALL.into_iter().find_map(|rule| match text.strip_suffix(rule.text())? {
            "" => Some(Self::new("", rule)),
            named => named.strip_suffix(' ').filter(|field| is_name(field)).map(|field| Self::new(field, rule)),
        });
        found.unwrap_or_else(|| Self::new("", Rule::Malformed))
    }
}

impl de::Error for Reject {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::from_text(&message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(field, Rule::Missing)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(field, Rule::TooMany)
    }

    fn invalid_length(_len: usize, _expected: &dyn de::Expected) -> Self {
        Self::new("", Rule::TooMany)
    }
}

impl ser::Error for Reject {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::from_text(&message.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_survives_the_trip_through_serde() {
        for rule in Rule::ALL {
            assert_eq!(<Reject as de::Error>::custom(rule), Reject::new("", rule));
            for field in ["fileData", "date_to"] {
                let named = Reject::new(field, rule);
                assert_eq!(<Reject as de::Error>::custom(&named), named);
            }
        }
        for text in ["", "is", "nothing", "a value is required", "a\u{e9} is required", " is required"] {
            assert_eq!(<Reject as de::Error>::custom(text), Reject::new("", Rule::Malformed), "{text}");
        }
    }

    #[test]
    fn the_innermost_field_names_the_rejection() {
        let reject = Reject::new("", Rule::PathTooLong).at("folderPath").at("outer");
        assert_eq!(reject.to_string(), "folderPath is longer than a path may be");
    }
}
