//! Days.

use core::fmt;
use core::str::FromStr;

use jiff::civil;
use jiff::fmt::temporal::DateTimeParser;
use jiff::tz::Offset;
use larder_core::Rule;
use serde::{Deserialize, Serialize};

/// A day in UTC, of the years 1 to 9999.
///
/// It is read from ISO 8601, a date or a date and time: one with an offset is the day that it is in UTC, one without is
/// taken as UTC. It is written as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(extend("anyOf" = [{ "format": "date" }, { "format": "date-time" }]))
)]
pub struct Date(civil::Date);

impl Date {
    /// A day of the Gregorian calendar; months and days count from 1.
    ///
    /// # Errors
    /// `OutOfRange` when the calendar has no such day, or the year is not one of 1 to 9999.
    pub fn new(year: i16, month: i8, day: i8) -> Result<Self, Rule> {
        civil::Date::new(year, month, day).map_err(|_| Rule::OutOfRange).and_then(Self::of)
    }

    /// Year, month and day.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    fn of(day: civil::Date) -> Result<Self, Rule> {
        if day.year() >= 1 { Ok(Self(day)) } else { Err(Rule::OutOfRange) }
    }
}

impl FromStr for Date {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        const PARSER: DateTimeParser = DateTimeParser::new();
        let text = text.trim();
        match PARSER.parse_timestamp(text) {
            Ok(time) => Self::of(Offset::UTC.to_datetime(time).date()),
            Err(_) => PARSER.parse_date(text).map_err(|_| Rule::Malformed).and_then(Self::of),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e26_a_date_or_a_time_is_read_and_a_date_is_written() {
        let read = |text: &str| text.parse::<Date>().map(|date| date.to_string());
        for text in ["2022-08-31", " 2022-08-31 ", "2022-08-31T10:00", "2022-08-31 23:59:59", "2022-08-31T23:59:59.999Z"] {
            assert_eq!(read(text).as_deref(), Ok("2022-08-31"), "{text}");
        }
        assert_eq!(read("2022-09-01T01:00:00+02:00").as_deref(), Ok("2022-08-31"));
        assert_eq!(read("2022-08-30T23:00:00-05:00").as_deref(), Ok("2022-08-31"));
        for text in ["", "31.8.2022", "2022-08-32", "2022-02-29", "2022-08", "tomorrow", "8/31/2022", "1661904000"] {
            assert_eq!(read(text), Err(Rule::Malformed), "{text:?}");
        }
        assert_eq!(read("-000001-01-01"), Err(Rule::OutOfRange));
    }

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(Date::new(2024, 2, 29).unwrap().parts(), (2024, 2, 29));
        assert_eq!(Date::new(2023, 2, 29), Err(Rule::OutOfRange));
        assert_eq!(Date::new(0, 1, 1), Err(Rule::OutOfRange));
        assert_eq!(Date::new(1, 1, 1).unwrap().to_string(), "0001-01-01");
        assert_eq!(Date::new(9999, 12, 31).unwrap().to_string(), "9999-12-31");
    }
}
