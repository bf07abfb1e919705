//! Points in time, in the documented notations.

use core::fmt;
use core::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::{StdFmtWrite, rfc2822, temporal};
use jiff::tz::Offset;
use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::{Said, looks_like};

/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800;
/// 9999-12-30T22:00:00Z, the last second that every zone can express.
const LAST: i64 = 253_402_207_200;

/// A second in UTC.
///
/// It is read from RFC 1123 and RFC 822 (two-digit years, zones as offsets or names), from the W3C's profile of ISO 8601
/// (a date or a date and time; without zone it is UTC), and from `M/D/YYYY`. A wrong day of the week is overlooked, and
/// fractions of a second are dropped. It is written as RFC 1123 in GMT, in
/// SOAP's requests as `xs:dateTime` in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(i64);

impl Date {
    /// The date of a Unix time in seconds. What lies outside the years 1 to 9999 becomes the nearest end.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        Self(if seconds < FIRST {
            FIRST
        } else if seconds > LAST {
            LAST
        } else {
            seconds
        })
    }

    /// The Unix time in seconds.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The date as `xs:dateTime` in UTC, which SOAP has.
    pub(crate) fn iso8601(self) -> String {
        // Every date lies within what a timestamp holds.
        Timestamp::from_second(self.0).map_or_else(|_| String::new(), |time| time.to_string())
    }
}

impl FromStr for Date {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let text = text.trim();
        let seconds = if let Some(seconds) = rfc1123(text) {
            Some(seconds)
        } else if text.contains('/') {
            american(text)
        } else if text.contains(',') || text.contains(' ') && text.contains(|c: char| c.is_ascii_alphabetic()) {
            rfc822(text).or_else(|| iso8601(text))
        } else {
            iso8601(text)
        };
        match seconds.ok_or(if text.is_empty() { Rule::Missing } else { Rule::Malformed })? {
            seconds if seconds < FIRST => Err(Rule::OutOfRange),
            seconds => Ok(Self::from_unix(seconds)),
        }
    }
}

/// The last day of the year 9999, which programs write for "no end", lies beyond what the parsers know: it is read a year
/// earlier, and becomes [`LAST`].
fn or_last(text: &str, parse: impl Fn(&str) -> Option<i64>) -> Option<i64> {
    parse(text).or_else(|| parse(&text.replacen("9999", "9998", 1)).filter(|_| text.contains("9999")).map(|_| LAST))
}

/// As services write it: `Wed, 02 May 2007 13:36:41 GMT`. The parser that knows all of the notations takes six times as long; it
/// decides on whatever this does not take.
fn rfc1123(text: &str) -> Option<i64> {
    const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    const MONTHS: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let (day, rest) = text.as_bytes().split_first_chunk()?;
    let &[
        b',',
        b' ',
        d1,
        d2,
        b' ',
        m1,
        m2,
        m3,
        b' ',
        c1,
        c2,
        y1,
        y2,
        b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
        b' ',
        b'G',
        b'M',
        b'T',
    ] = rest
    else {
        return None;
    };
    let two = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| ((tens - b'0') * 10 + (ones - b'0')).cast_signed())
    };
    let month = (1..).zip(MONTHS).find(|(_, name)| **name == [m1, m2, m3])?.0;
    let year = i16::from(two(c1, c2)?) * 100 + i16::from(two(y1, y2)?);
    let time = DateTime::new(year, month, two(d1, d2)?, two(h1, h2)?, two(n1, n2)?, two(s1, s2)?, 0).ok()?;
    (year >= 1900 && DAYS.contains(&day)).then(|| in_utc(time))
}

fn rfc822(text: &str) -> Option<i64> {
    const PARSER: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    or_last(text, |text| PARSER.parse_timestamp(text).ok().map(Timestamp::as_second))
}

fn iso8601(text: &str) -> Option<i64> {
    const PARSER: temporal::DateTimeParser = temporal::DateTimeParser::new();
    let seconds = |time: Timestamp| i64::try_from(time.as_nanosecond().div_euclid(1_000_000_000)).ok();
    if let Some(seconds) = or_last(text, |text| PARSER.parse_timestamp(text).ok().and_then(seconds)) {
        return Some(seconds);
    }
    let completed = match text.len() {
        4 => format!("{text}-01-01"),
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    PARSER.parse_datetime(&completed).ok().map(in_utc)
}

/// `7/1/2007`, perhaps with `12:00`, `12:00:00` or `12:00:00 AM` behind it.
fn american(text: &str) -> Option<i64> {
    let mut words = text.split_ascii_whitespace();
    let mut date = words.next()?.splitn(3, '/');
    let (month, day, year) = (number(date.next()?)?, number(date.next()?)?, date.next()?);
    let year = match (year.len(), number(year)?) {
        (4, year) => year,
        (2, year @ 0..=49) => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    let mut time = words.next().unwrap_or("0:0").splitn(3, ':');
    let (hour, minute) = (number(time.next()?)?, number(time.next()?)?);
    let second = number(time.next().unwrap_or("0"))?;
    let hour = match words.next().map(str::to_ascii_uppercase).as_deref() {
        None => hour,
        Some("AM") if (1..=12).contains(&hour) => hour % 12,
        Some("PM") if (1..=12).contains(&hour) => hour % 12 + 12,
        Some(_) => return None,
    };
    if words.next().is_some() {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, small(second)?, 0).ok().map(in_utc)
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Beyond the last second that every zone can express, the last one.
fn in_utc(time: DateTime) -> i64 {
    Offset::UTC.to_timestamp(time).map_or(if time.year() > 0 { LAST } else { FIRST - 1 }, Timestamp::as_second)
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_second(self.0).map_err(|_| fmt::Error)?;
        rfc2822::DateTimePrinter::new().print_timestamp_rfc9110(&time, StdFmtWrite(f)).map_err(|_| fmt::Error)
    }
}

impl TryFrom<String> for Date {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

/// A date in an answer.
pub type AnswerDate = Said<Date>;

looks_like!(Date, { "type": "string", "format": "http-date" });

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        text.parse::<Date>().map_or_else(|rule| rule.to_string(), |date| date.to_string())
    }

    /// What the quick way takes, the parser of all notations takes for the same; what it does not take goes to that one.
    #[test]
    fn the_quick_way_leads_to_the_same_place() {
        for text in ["Wed, 02 May 2007 13:36:41 GMT", "Mon, 29 Feb 2000 00:00:00 GMT", "Fri, 31 Dec 1999 23:59:59 GMT"] {
            assert_eq!(rfc1123(text).unwrap(), rfc822(text).unwrap(), "{text}");
        }
        for text in [
            "Wed, 31 Feb 2007 13:36:41 GMT",
            "Wed, 02 may 2007 13:36:41 GMT",
            "Wod, 02 May 2007 13:36:41 GMT",
            "Wed, 02 May 0007 13:36:41 GMT",
            "Wed, 02 May 2007 24:00:00 GMT",
            "Wed, 02 May 2007 13:36:60 GMT",
            "Wed, 02 May 2007 13:36:4/ GMT",
            "Wed, 2 May 2007 13:36:41 GMT",
            "Wed, 02 May 2007 13:36:41 EST",
        ] {
            assert_eq!(rfc1123(text), None, "{text}");
        }
    }

    #[test]
    fn n13_every_documented_notation_is_read() {
        let same = [
            "Wed, 02 May 2007 13:36:41 GMT",
            " Wed, 2 May 2007 13:36:41 GMT ",
            "02 May 2007 13:36:41 UT",
            "wed, 02 may 07 13:36:41 Z",
            "Mon, 02 May 2007 13:36:41 +0000",
            "Wed, 02 May 2007 08:36:41 EST",
            "Wed, 02 May 2007 15:36:41 +0200",
            "02 May 07 08:36:41 -0500",
            "2007-05-02T13:36:41Z",
            "2007-05-02T08:36:41-05:00",
            "2007-05-02T13:36:41.999Z",
            "2007-05-02T13:36:41",
            "2007-05-02 13:36:41",
            "5/2/2007 1:36:41 PM",
            "5/2/2007 13:36:41",
        ];
        for text in same {
            assert_eq!(read(text), "Wed, 02 May 2007 13:36:41 GMT", "{text}");
        }
        assert_eq!(read("Wed, 02 May 2007 13:36 GMT"), "Wed, 02 May 2007 13:36:00 GMT");
        assert_eq!(read("2007-05-02T13:36Z"), "Wed, 02 May 2007 13:36:00 GMT");
        assert_eq!(read("1994-11-05T08:15:30-05:00"), "Sat, 05 Nov 1994 13:15:30 GMT");
    }

    #[test]
    fn a_date_alone_is_its_midnight() {
        for text in ["2007-07-01", "7/1/2007", "07/01/07", "7/1/2007 12:00:00 AM", "2007-07"] {
            assert_eq!(read(text), "Sun, 01 Jul 2007 00:00:00 GMT", "{text}");
        }
        assert_eq!(read("2007"), "Mon, 01 Jan 2007 00:00:00 GMT");
        assert_eq!(read("01 Jan 69 00:00:00 GMT"), "Wed, 01 Jan 1969 00:00:00 GMT");
        assert_eq!(read("1969-12-31T23:59:59.5Z"), "Wed, 31 Dec 1969 23:59:59 GMT");
    }

    #[test]
    fn everything_else_is_malformed() {
        assert_eq!(" ".parse::<Date>(), Err(Rule::Missing));
        let odd = [
            "now",
            "2007-13-01",
            "13/1/2007",
            "2/30/2007",
            "7/1/20077",
            "1/2",
            "-1/2/2007",
            "Wed, 02 May 2007",
            "7/1/2007 13:00 PM",
            "7/1/2007 12:00 AM or so",
            "+7/+1/2007",
            "7/1/+007",
            "9999-13-31",
        ];
        for text in odd {
            assert_eq!(text.parse::<Date>(), Err(Rule::Malformed), "{text}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_the_last_second() {
        for text in [
            "12/31/9999",
            "12/31/9999 11:59:59 PM",
            "9999-12-31",
            "9999-12-31T23:59:59",
            "9999-12-31T23:59:59.9999999",
            "9999-12-31T23:59:59Z",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            assert_eq!(text.parse::<Date>().map(Date::unix), Ok(LAST), "{text}");
        }
        assert!("9999-01-01".parse::<Date>().unwrap().unix() < LAST);
    }

    #[test]
    fn the_ends_of_time_can_be_written() {
        assert_eq!(Date::from_unix(i64::MIN).to_string(), "Mon, 01 Jan 0001 00:00:00 GMT");
        assert_eq!(Date::from_unix(i64::MAX).to_string(), "Thu, 30 Dec 9999 22:00:00 GMT");
        assert_eq!("0000-01-01".parse::<Date>(), Err(Rule::OutOfRange));
        for date in [i64::MIN, -1, 0, i64::MAX].map(Date::from_unix) {
            assert_eq!(date.to_string().parse(), Ok(date));
        }
    }

    #[test]
    fn an_answer_keeps_what_it_cannot_read() {
        let read = |text: &str| serde_json::from_value::<AnswerDate>(serde_json::Value::from(text)).unwrap();
        assert_eq!(read("Wed, 02 May 2007 13:36:41 GMT").known().map(Date::unix), Some(1_178_113_001));
        assert_eq!(read("yesterday"), AnswerDate::Other("yesterday".to_owned()));
        assert_eq!(read("yesterday").to_string(), "yesterday");
    }
}
