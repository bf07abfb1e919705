//! Which bytes of a file a message carries.

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::looks_like;

/// Bytes `first` to `last` of `total`, both ends included: `0-4/5`, with or without `bytes ` before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentRange {
    first: u64,
    last: u64,
    total: u64,
}

impl ContentRange {
    /// A range within a file.
    ///
    /// # Errors
    /// `OutOfRange` unless `first <= last < total`.
    pub const fn new(first: u64, last: u64, total: u64) -> Result<Self, Rule> {
        if first <= last && last < total { Ok(Self { first, last, total }) } else { Err(Rule::OutOfRange) }
    }

    /// The first byte.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The last byte.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.last
    }

    /// The length of the whole file.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.total
    }

    /// How many bytes this is; never 0.
    #[expect(clippy::len_without_is_empty, reason = "a range is never empty")]
    #[must_use]
    pub const fn len(self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether the last byte is the file's last one.
    #[must_use]
    pub const fn is_end(self) -> bool {
        self.last + 1 == self.total
    }
}

impl FromStr for ContentRange {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let text = text.trim();
        let unit = text.split_once(' ').filter(|(unit, _)| unit.eq_ignore_ascii_case("bytes"));
        let text = unit.map_or(text, |(_, range)| range);
        let (range, total) = text.split_once('/').ok_or(Rule::Malformed)?;
        let (first, last) = range.split_once('-').ok_or(Rule::Malformed)?;
        let number = |text: &str| match text.trim_matches(' ') {
            "" => Err(Rule::Malformed),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().map_err(|_| Rule::OutOfRange),
            _ => Err(Rule::Malformed),
        };
        Self::new(number(first)?, number(last)?, number(total)?)
    }
}

impl TryFrom<String> for ContentRange {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        text.parse()
    }
}

impl From<ContentRange> for String {
    fn from(range: ContentRange) -> Self {
        range.to_string()
    }
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}/{}", self.first, self.last, self.total)
    }
}

looks_like!(ContentRange, { "type": "string", "pattern": "^ *([Bb][Yy][Tt][Ee][Ss] )? *[0-9]+ *- *[0-9]+ */ *[0-9]+ *$" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n22_the_unit_is_optional() {
        for text in ["1-5/10", "bytes 1-5/10", "Bytes 1 - 5 / 10 "] {
            let range: ContentRange = text.parse().unwrap();
            assert_eq!((range.to_string().as_str(), range.len(), range.is_end()), ("1-5/10", 5, false));
        }
        assert!("0-4/5".parse::<ContentRange>().unwrap().is_end());
    }

    #[test]
    fn ends_lie_within_the_file() {
        let range = |text: &str| text.parse::<ContentRange>();
        for text in ["5-4/10", "0-5/5", "0-0/0", "0-18446744073709551616/5"] {
            assert_eq!(range(text), Err(Rule::OutOfRange), "{text}");
        }
        for text in ["", "0-4", "0/5", "a-b/c", "bytes", "*/5", "0-4/*"] {
            assert_eq!(range(text), Err(Rule::Malformed), "{text}");
        }
        assert_eq!(ContentRange::new(0, u64::MAX - 1, u64::MAX).unwrap().len(), u64::MAX);
    }
}
