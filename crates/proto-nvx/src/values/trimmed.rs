//! `#[serde(deserialize_with = "trimmed::deserialize")]` for texts of answers that were seen with blanks and line ends
//! around them.

use serde::{Deserialize, Deserializer};

/// Reads a text without the blanks around it.
///
/// # Errors
/// When there is no text.
pub fn deserialize<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'t> From<&'t str>,
{
    let text = larder_core::Secret::deserialize(deserializer)?;
    Ok(T::from(text.expose().trim()))
}

/// The same for a text that an answer cannot do without.
///
/// # Errors
/// When there is no text, or none but blanks.
pub fn required<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: for<'t> From<&'t str>,
{
    let text = larder_core::Secret::deserialize(deserializer)?;
    match text.expose().trim() {
        "" => Err(serde::de::Error::custom(larder_core::Rule::Missing)),
        text => Ok(T::from(text)),
    }
}
