//! Width and height of pictures.

use core::fmt;
use core::str::FromStr;

use larder_core::{Reject, Rule};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Count, looks_like};

/// The width or the height of an image or a video's frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// This many pixels, at least 1.
    Pixels(Count),
    /// Whatever keeps the original's aspect ratio, given the other side; `-1` on the wire.
    Proportional,
}

impl Side {
    /// Whether a width and a height go together, each with its parameter's name.
    ///
    /// # Errors
    /// `OutOfRange` when both are proportional, `Missing` for the side that a proportional one needs.
    pub(crate) fn check(width: (&str, Option<Self>), height: (&str, Option<Self>)) -> Result<(), Reject> {
        match (width.1, height.1) {
            (Some(Self::Proportional), Some(Self::Proportional)) => Err(Reject::new(width.0, Rule::OutOfRange)),
            (Some(Self::Proportional), None) => Err(Reject::new(height.0, Rule::Missing)),
            (None, Some(Self::Proportional)) => Err(Reject::new(width.0, Rule::Missing)),
            _ => Ok(()),
        }
    }
}

impl FromStr for Side {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        if text.trim() == "-1" { Ok(Self::Proportional) } else { text.parse().map(Self::Pixels) }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pixels(count) => count.fmt(f),
            Self::Proportional => f.write_str("-1"),
        }
    }
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Side {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

looks_like!(Side, {
    "type": "integer",
    "minimum": -1,
    "maximum": Count::MAX,
    "not": { "const": 0 },
    "$comment": "At least 1, or -1 for the side that follows the other",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_or_minus_one() {
        let side = |text: &str| text.parse::<Side>().map(|side| side.to_string());
        for text in ["1", "640", "-1"] {
            assert_eq!(side(text), Ok(text.to_owned()));
        }
        for text in ["0", "-2", "2147483648"] {
            assert_eq!(side(text), Err(Rule::OutOfRange), "{text}");
        }
        assert_eq!(side("wide"), Err(Rule::Malformed));
    }

    #[test]
    fn one_side_at_most_follows_the_other() {
        let check = |width: Option<&str>, height: Option<&str>| {
            let side = |text: Option<&str>| text.map(|text| text.parse().unwrap());
            Side::check(("width", side(width)), ("height", side(height))).map_err(|reject| reject.to_string())
        };
        for fine in [(None, None), (Some("1"), None), (Some("1"), Some("-1")), (Some("-1"), Some("1")), (Some("1"), Some("1"))] {
            assert_eq!(check(fine.0, fine.1), Ok(()), "{fine:?}");
        }
        assert_eq!(check(Some("-1"), Some("-1")), Err("width is out of range".to_owned()));
        assert_eq!(check(Some("-1"), None), Err("height is required".to_owned()));
        assert_eq!(check(None, Some("-1")), Err("width is required".to_owned()));
    }
}
