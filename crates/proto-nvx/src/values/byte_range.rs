//! The `Range` header of a download.

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::looks_like;

/// One range of bytes, as a client asks for it (RFC 9110, section 14.1.2). Offsets count from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to the last byte, both included. The last may lie beyond the end.
    Between {
        /// The first byte.
        first: u64,
        /// The last byte; not before the first.
        last: u64,
    },
    /// From this byte to the end.
    From(u64),
    /// This many bytes at the end.
    Last(u64),
}

impl ByteRange {
    /// Offset and length of what it means of a file of `total` bytes; none when that has no such bytes.
    #[must_use]
    pub const fn within(self, total: u64) -> Option<(u64, u64)> {
        let (first, end) = match self {
            Self::Between { first, last } => (first, if last < total { last + 1 } else { total }),
            Self::From(first) => (first, total),
            Self::Last(count) => (total.saturating_sub(count), total),
        };
        if first < end { Some((first, end - first)) } else { None }
    }
}

impl FromStr for ByteRange {
    type Err = Rule;

    /// One range of bytes. Several, and other units, are refused: a server that cannot do what a `Range` asks for
    /// ignores it.
    fn from_str(text: &str) -> Result<Self, Rule> {
        let range = text.trim().strip_prefix("bytes=").ok_or(Rule::Malformed)?;
        let (first, last) = range.split_once('-').ok_or(Rule::Malformed)?;
        let number = |text: &str| {
            let text = text.trim();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u64>().ok().filter(|_| digits).ok_or(Rule::Malformed)
        };
        match (first.trim().is_empty(), last.trim().is_empty()) {
            (true, true) => Err(Rule::Malformed),
            (true, false) => number(last).map(Self::Last),
            (false, true) => number(first).map(Self::From),
            (false, false) => {
                let (first, last) = (number(first)?, number(last)?);
                if first <= last { Ok(Self::Between { first, last }) } else { Err(Rule::Malformed) }
            }
        }
    }
}

impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Between { first, last } => write!(f, "bytes={first}-{last}"),
            Self::From(first) => write!(f, "bytes={first}-"),
            Self::Last(count) => write!(f, "bytes=-{count}"),
        }
    }
}

impl Serialize for ByteRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ByteRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

looks_like!(ByteRange, { "type": "string", "pattern": "^bytes= *[0-9]* *- *[0-9]* *$" });

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, total: u64) -> Option<(u64, u64)> {
        text.parse::<ByteRange>().unwrap().within(total)
    }

    #[test]
    fn what_ranges_mean() {
        assert_eq!(of("bytes=0-0", 10), Some((0, 1)));
        assert_eq!(of("bytes=2-5", 10), Some((2, 4)));
        assert_eq!(of("bytes=2-99", 10), Some((2, 8)));
        assert_eq!(of("bytes=9-", 10), Some((9, 1)));
        assert_eq!(of("bytes=-3", 10), Some((7, 3)));
        assert_eq!(of("bytes=-99", 10), Some((0, 10)));
        for none in ["bytes=10-", "bytes=10-12", "bytes=-0"] {
            assert_eq!(of(none, 10), None, "{none}");
        }
        assert_eq!(of("bytes=0-", 0), None);
        assert_eq!(of("bytes=0-18446744073709551615", u64::MAX), Some((0, u64::MAX)));
    }

    #[test]
    fn what_no_ranges_are() {
        for text in ["bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=0-1,3-4", "items=0-1", "0-1", "bytes=+1-2"] {
            assert_eq!(text.parse::<ByteRange>(), Err(Rule::Malformed), "{text}");
        }
    }
}
