//! Spans of time in parameters.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use super::bounded_number;

/// A span of time in whole seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Seconds(u32);

impl Seconds {
    /// The shortest.
    pub const MIN: u32 = 1;
    /// The longest, 136 years: the document sets no limit.
    pub const MAX: u32 = u32::MAX;
    /// Ten minutes.
    pub const TEN_MINUTES: Self = Self(10 * 60);
    /// Three days.
    pub const THREE_DAYS: Self = Self(3 * 24 * 60 * 60);
}

impl From<Seconds> for Duration {
    fn from(seconds: Seconds) -> Self {
        Self::from_secs(seconds.0.into())
    }
}

bounded_number!(Seconds);

#[cfg(test)]
mod tests {
    use larder_core::Rule;

    use super::*;

    #[test]
    fn a_span_is_never_empty() {
        let seconds = |text: &str| text.parse::<Seconds>().map(Duration::from);
        assert_eq!(seconds("1"), Ok(Duration::from_secs(1)));
        assert_eq!(seconds("4294967295"), Ok(Duration::from_secs(u32::MAX.into())));
        for text in ["0", "-1", "4294967296"] {
            assert_eq!(seconds(text), Err(Rule::OutOfRange), "{text}");
        }
        assert_eq!(seconds(""), Err(Rule::Missing));
        for text in ["soon", "1.5"] {
            assert_eq!(seconds(text), Err(Rule::Malformed), "{text}");
        }
    }
}
