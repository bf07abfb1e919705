//! Countries by their documented numbers.

mod names;

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use names::NAMES;

use super::looks_like;

/// A country of the document's list. Numbers that the list leaves out are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(u16);

impl Country {
    /// The country of an identifier.
    #[must_use]
    pub fn new(id: u16) -> Option<Self> {
        NAMES.binary_search_by_key(&id, |(id, _)| *id).ok().map(|_| Self(id))
    }

    /// All of them, in the order of their identifiers.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(id, _)| Self(*id))
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(self) -> u16 {
        self.0
    }

    /// Its name in English, as the list has it: names of 2008.
    #[must_use]
    pub fn name(self) -> &'static str {
        let at = NAMES.binary_search_by_key(&self.0, |(id, _)| *id);
        at.ok().and_then(|at| NAMES.get(at)).map_or("", |(_, name)| name)
    }
}

impl FromStr for Country {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        text.trim().parse().ok().and_then(Self::new).ok_or(Rule::Malformed)
    }
}

impl TryFrom<String> for Country {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.to_string()
    }
}

/// The identifier.
impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

looks_like!(Country, { "type": "integer", "enum": Self::all().map(Self::id).collect::<Vec<_>>() });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n59_names_are_whole_and_gaps_are_no_countries() {
        assert!(NAMES.is_sorted_by_key(|(id, _)| *id));
        let gaps: Vec<u16> = (0..=260).filter(|id| Country::new(*id).is_none()).collect();
        let expected: Vec<u16> = [0].into_iter().chain(2..=6).chain(17..=25).chain([243, 260]).collect();
        assert_eq!(gaps, expected);
        let name = |text: &str| text.parse::<Country>().map(Country::name);
        assert_eq!((name("1"), name(" 259 ")), (Ok("United States"), Ok("Zimbabwe")));
        assert_eq!((name("31"), name("58"), name("200")), (Ok("Åland Islands"), Ok("Côte d'Ivoire"), Ok("Réunion")));
        assert_eq!((name("195"), name("238")), (Ok("Palestinian Territory, Occupied"), Ok("Taiwan, Province of China")));
        for text in ["", "0", "2", "243", "260", "-1", "65537", "99999999999999999999", "US", "1.0"] {
            assert_eq!(name(text), Err(Rule::Malformed), "{text}");
        }
        assert_eq!(Country::all().count(), 244);
        assert!(Country::all().all(|country| country.to_string().parse() == Ok(country) && !country.name().is_empty()));
    }
}
