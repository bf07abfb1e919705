//! `#[serde(deserialize_with = "bars::deserialize")]`: repeated values, each of which may hold several between bars. A
//! bar is illegal in every name, so nothing can be meant by it but this; blanks around it are printed too, and dropped.

use larder_core::Rule;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::NonEmpty;

/// The most values, as many as a form may have.
const MAX: usize = 10_000;

/// Reads the values.
///
/// # Errors
/// As the values' own; `TooMany` for more than 10,000.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<NonEmpty<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<String, Error = Rule>,
{
    let texts = Vec::<String>::deserialize(deserializer)?;
    let mut values = Vec::new();
    let parts: usize = texts.iter().map(|text| text.matches('|').count() + 1).sum();
    if parts > MAX {
        return Err(D::Error::custom(Rule::TooMany));
    }
    for text in &texts {
        let several = text.contains('|');
        for part in text.split('|') {
            let part = if several { part.trim() } else { part };
            values.push(T::try_from(part.to_owned()).map_err(D::Error::custom)?);
        }
    }
    NonEmpty::try_from(values).map_err(D::Error::custom)
}
