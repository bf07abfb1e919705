//! Pages of listings and their order.

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::number::whole;
use super::{bounded_number, looks_like, named_values};

/// The number of a page; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct PageNumber(u32);

impl PageNumber {
    /// The first page.
    pub const MIN: u32 = 1;
    /// No page is the last.
    pub const MAX: u32 = u32::MAX;
    /// The first page.
    pub const FIRST: Self = Self(Self::MIN);
}

impl Default for PageNumber {
    fn default() -> Self {
        Self::FIRST
    }
}

bounded_number!(PageNumber);

/// How many entries a page has, 1 to 1,000. More are another fault than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageSize(u32);

impl PageSize {
    /// The fewest entries.
    pub const MIN: u32 = 1;
    /// The most entries.
    pub const MAX: u32 = 1_000;

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for PageSize {
    type Error = Rule;

    fn try_from(number: u32) -> Result<Self, Rule> {
        match number {
            Self::MIN..=Self::MAX => Ok(Self(number)),
            0 => Err(Rule::OutOfRange),
            _ => Err(Rule::TooGreat),
        }
    }
}

impl FromStr for PageSize {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        match whole(text) {
            Err(Rule::OutOfRange) if !text.trim_start().starts_with('-') => Err(Rule::TooGreat),
            number => number?.try_into(),
        }
    }
}

impl TryFrom<String> for PageSize {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        text.parse()
    }
}

impl From<PageSize> for String {
    fn from(size: PageSize) -> Self {
        size.to_string()
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

named_values! {
    /// By what a listing is sorted. Folders stay before files.
    #[derive(Default)]
    pub enum SortCode {
        /// By name.
        #[default]
        Name = "Name",
        /// By date of creation.
        CreatedDate = "CreatedDate",
        /// By size.
        SizeBytes = "SizeBytes",
        /// By type of file.
        FileType = "FileType",
    }
}

looks_like!(PageSize, { "type": "integer", "minimum": Self::MIN, "maximum": Self::MAX });

#[cfg(test)]
mod tests {
    use larder_core::Rule;

    use super::*;

    #[test]
    fn pages_have_bounds() {
        let size = |text: &str| text.parse::<PageSize>().map(PageSize::get);
        assert_eq!(size(" 500 "), Ok(500));
        assert_eq!((size("1"), size("1000")), (Ok(1), Ok(1000)));
        for (texts, rule) in [
            (["0", "-1", "-99999999999999999999"], Rule::OutOfRange),
            (["1001", "4294967296", "99999999999999999999"], Rule::TooGreat),
        ] {
            for text in texts {
                assert_eq!(size(text), Err(rule), "{text}");
            }
        }
        assert_eq!(size(""), Err(Rule::Missing));
        for text in ["five", "1e3", "-", "5.0"] {
            assert_eq!(size(text), Err(Rule::Malformed), "{text}");
        }
        assert_eq!("0".parse::<PageNumber>(), Err(Rule::OutOfRange));
        assert_eq!("1".parse::<PageNumber>(), Ok(PageNumber::default()));
    }

    #[test]
    fn orders_are_known_in_any_case() {
        for code in SortCode::ALL {
            assert_eq!(code.to_string().to_uppercase().parse(), Ok(code));
        }
        assert_eq!("Colour".parse::<SortCode>(), Err(Rule::Malformed));
    }
}
