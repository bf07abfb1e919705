//! HTTP's dates, as far as two of one peer must be compared.

/// The Unix time in seconds of a date such as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7). The obsolete forms,
/// which nothing sends any more, are none.
pub(crate) fn seconds(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.trim().split_once(", ")?;
    let mut words = date.split(' ');
    let mut word = || words.next();
    let (day, month, year, time, zone) = (word()?, word()?, word()?, word()?, word()?);
    if day.len() != 2 || year.len() != 4 || time.len() != 8 || zone != "GMT" || words.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)?;
    let mut clock = time.split(':');
    let mut number = |most: i64| clock.next().and_then(|text| number(text, 0, most));
    let (hour, minute, second) = (number(23)?, number(59)?, number(60)?);
    let days = days(number_of(year)?, i64::try_from(month).ok()? + 1, self::number(day, 1, 31)?);
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

fn number_of(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn number(text: &str, least: i64, most: i64) -> Option<i64> {
    number_of(text).filter(|number| (least..=most).contains(number))
}

/// Days since 1970 of a date in the Gregorian calendar: years begin in March, so that the leap day is a year's last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        for (text, said) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            ("Tue, 29 Feb 2000 23:59:60 GMT", Some(951_868_800)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(253_402_300_799)),
            ("Sun, 06 Nov 1994 08:49:37 +0000", None),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sun Nov  6 08:49:37 1994", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 06 Nov 1994 -1:00:00 GMT", None),
            ("", None),
        ] {
            assert_eq!(seconds(text), said, "{text}");
        }
    }
}
