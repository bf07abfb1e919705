//! Where in its file an answer's bytes lie, and what tells that file from another.

use core::time::Duration;

use http::{HeaderName, StatusCode, header, response};

/// What the head of a file's answer says of the file, as HTTP has it. With [`Operation::part`](crate::Operation::part) it
/// is all that must be known to ask for another part of the very same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where in the file its bytes begin.
    pub offset: u64,
    /// How many there are; none when nobody said.
    pub length: Option<u64>,
    /// The length of the whole file; none when nobody said.
    pub total: Option<u64>,
    /// Whether it is a part (206), not the whole file (200).
    pub is_partial: bool,
    etag: Option<String>,
    last_modified: Option<String>,
    /// Whether the date tells that nothing has changed since.
    is_dated: bool,
}

/// How old a file must be for its date to tell that it has not changed. A date has no fractions, and the clock
/// of whoever stores the file need not be that of who sends it (RFC 9110, section 8.8.2.2).
const SETTLED: Duration = Duration::from_secs(60);

impl Part {
    /// Reads the head of an answer. None when it is no file, several parts, or a part that does not say which.
    #[must_use]
    pub fn of(head: &response::Parts) -> Option<Self> {
        let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let etag = text(header::ETAG).map(str::to_owned);
        let last_modified = text(header::LAST_MODIFIED);
        let date = |text: &str| httpdate::parse_http_date(text).ok();
        let age = || date(text(header::DATE)?)?.duration_since(date(last_modified?)?).ok();
        let is_dated = age().is_some_and(|age| age >= SETTLED);
        let length: Option<u64> = text(header::CONTENT_LENGTH).and_then(|length| length.parse().ok());
        let is_partial = head.status == StatusCode::PARTIAL_CONTENT;
        let (offset, length, total) = match head.status {
            StatusCode::OK => (0, length, length),
            StatusCode::PARTIAL_CONTENT => text(header::CONTENT_RANGE).and_then(range)?,
            _ => return None,
        };
        let last_modified = last_modified.map(str::to_owned);
        Some(Self { offset, length, total, is_partial, etag, last_modified, is_dated })
    }

    /// What to say in `If-Range`: a strong entity tag, or the date of the last change if there is no tag at all and the date
    /// is old enough to be trusted (RFC 9110, section 13.1.5).
    #[must_use]
    pub fn validator(&self) -> Option<&str> {
        match &self.etag {
            Some(_) => self.strong_etag(),
            None => self.last_modified.as_deref().filter(|_| self.is_dated),
        }
    }

    /// Whether another answer is of the same file, as far as both say. A strong entity tag must be said again.
    #[must_use]
    pub fn is_of_same_file(&self, other: &Self) -> bool {
        fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
            a.zip(b).is_none_or(|(a, b)| a == b)
        }
        agree(self.total, other.total)
            && agree(self.etag.as_ref(), other.etag.as_ref())
            && agree(self.last_modified.as_ref(), other.last_modified.as_ref())
            && (self.strong_etag().is_none() || other.etag.is_some())
    }

    /// Its entity tag, in quotes, if it changes with every byte of the file.
    #[must_use]
    pub fn strong_etag(&self) -> Option<&str> {
        self.etag.as_deref().filter(|tag| tag.len() >= 2 && tag.starts_with('"') && tag.ends_with('"'))
    }
}

/// `bytes 5-9/20`, `bytes 5-9/*`: offset, length and total.
fn range(text: &str) -> Option<(u64, Option<u64>, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok().filter(|total| last < *total)?),
    };
    Some((first, Some(last.checked_sub(first)?.checked_add(1)?), total))
}

/// The length of the file in the `Content-Range` of a 416: `bytes */20`.
pub(crate) fn total_of_none(head: &response::Parts) -> Option<u64> {
    head.headers.get(header::CONTENT_RANGE)?.to_str().ok()?.trim().strip_prefix("bytes */")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use http::Response;

    use super::*;

    fn part(status: u16, headers: &[(&str, &str)]) -> Option<Part> {
        let response = headers.iter().fold(Response::builder().status(status), |head, (name, value)| head.header(*name, *value));
        Part::of(&response.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn where_the_bytes_lie() {
        let place = |status, headers: &[_]| part(status, headers).map(|part| (part.offset, part.length, part.total));
        assert_eq!(place(200, &[("content-length", "20")]), Some((0, Some(20), Some(20))));
        assert_eq!(place(200, &[]), Some((0, None, None)));
        for (range, said) in [
            ("bytes 5-9/20", Some((5, Some(5), Some(20)))),
            ("bytes 5-9/*", Some((5, Some(5), None))),
            ("bytes 5-9/9", None),
            ("bytes 9-5/20", None),
            ("bytes */20", None),
            ("bytes 0-18446744073709551615/*", None),
        ] {
            assert_eq!(place(206, &[("content-range", range)]), said, "{range}");
        }
        assert_eq!((place(206, &[]), place(304, &[])), (None, None));
    }

    #[test]
    fn what_tells_a_file_from_another() {
        const CHANGED: (&str, &str) = ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
        let validator = |headers: &[_]| part(200, headers)?.validator().map(str::to_owned);
        let date = |date| validator(&[CHANGED, ("date", date)]);
        assert_eq!(validator(&[("etag", "\"a\"")]).as_deref(), Some("\"a\""));
        assert_eq!(validator(&[("etag", "W/\"a\"")]), None);
        assert_eq!(validator(&[("etag", "W/\"a\""), CHANGED, ("date", "Sun, 06 Nov 1995 08:49:37 GMT")]), None);
        assert_eq!(date("Sun, 06 Nov 1994 08:50:37 GMT").as_deref(), Some(CHANGED.1));
        assert_eq!(date("Sun, 06 Nov 1994 08:50:36 GMT"), None);
        assert_eq!((validator(&[CHANGED]), validator(&[])), (None, None));
    }

    #[test]
    fn the_same_file_says_the_same() {
        let first = part(200, &[("etag", "\"a\""), ("content-length", "9")]).unwrap();
        let same = |headers: &[_]| first.is_of_same_file(&part(206, headers).unwrap());
        assert!(same(&[("etag", "\"a\""), ("content-range", "bytes 5-8/9")]));
        assert!(same(&[("etag", "\"a\""), ("content-range", "bytes 5-8/*")]));
        assert!(!same(&[("etag", "\"b\""), ("content-range", "bytes 5-8/9")]));
        assert!(!same(&[("etag", "\"a\""), ("content-range", "bytes 5-8/10")]));
        assert!(!same(&[("content-range", "bytes 5-8/9")]));
        let date = |seconds: u8| part(200, &[("last-modified", &format!("Sun, 06 Nov 1994 08:49:{seconds:02} GMT"))]).unwrap();
        assert!(date(37).is_of_same_file(&date(37)) && !date(37).is_of_same_file(&date(38)));
        // What only one of them says tells nothing, but for the tag that both should say.
        assert!(date(37).is_of_same_file(&first) && !first.is_of_same_file(&date(37)));
    }

    #[test]
    fn a_tag_is_strong_in_its_two_quotes() {
        let strong = |tag| part(200, &[("etag", tag)]).unwrap().strong_etag().map(str::to_owned);
        for tag in ["\"\"", "\"a\""] {
            assert_eq!(strong(tag).as_deref(), Some(tag));
        }
        for tag in ["\"", "a", "\"a", "a\"", "W/\"a\""] {
            assert_eq!(strong(tag), None, "{tag}");
        }
    }

    #[test]
    fn a_refused_part_says_how_long_the_file_is() {
        let total = |range: &str| {
            let head = Response::builder().status(416).header("content-range", range).body(()).unwrap();
            total_of_none(&head.into_parts().0)
        };
        assert_eq!((total("bytes */20"), total(" bytes */0 ")), (Some(20), Some(0)));
        assert_eq!((total("bytes 0-1/20"), total("bytes */x"), total("")), (None, None, None));
    }
}
