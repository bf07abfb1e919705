//! Texts that must not be shown, taken out of texts that are.

mod collect;
mod spelled;

use serde::Serialize;

use self::spelled::{Found, begins};
use crate::Secret;

/// Replaces secrets in texts by `REDACTED`, in every spelling that an API or a service may give them: as they are,
/// percent-encoded, with `+` for blanks, with the escapes of JSON and the references of XML.
///
/// The longest of what begins at one place is replaced. A secret of fewer than [`WORD`](Self::WORD) characters is replaced
/// only where it stands alone, between signs that are neither letters nor digits: inside of words it would shred the text,
/// and tell by the holes what it is. Empty ones are none. From [`EITHER_CASE`](Self::EITHER_CASE) characters on, upper and
/// lower case of ASCII are the same: services repeat tokens in either.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Longest first.
    secrets: Vec<Secret>,
}

/// What stands for a secret.
const REDACTED: &str = "REDACTED";

impl Redactor {
    /// Characters from which on a secret is replaced within words, too.
    pub const WORD: usize = 6;
    /// Characters from which on the case of letters does not matter.
    pub const EITHER_CASE: usize = 16;

    /// Of the secrets in a value: those that are a [`Secret`], or serialise as one.
    #[must_use]
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut redactor = Self::default();
        collect::secrets_of(value).into_iter().for_each(|secret| redactor.add(secret));
        redactor
    }

    /// One more. Of a URL also what stands before its host and what stands in its query: services repeat parts of it.
    pub fn add(&mut self, secret: Secret) {
        for part in parts_of_url(secret.expose()) {
            self.insert(Secret::new(part));
        }
        self.insert(secret);
    }

    /// All that another one has, too.
    pub fn join(&mut self, other: Self) {
        other.secrets.into_iter().for_each(|secret| self.insert(secret));
    }

    /// Whether there is nothing to replace.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.secrets.is_empty()
    }

    /// The text without the secrets.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.replaced(text, false)
    }

    /// At most `max` bytes of the beginning of a text without the secrets. A tail that may be the beginning of one is
    /// dropped where the text goes on. What is no UTF-8 is replaced.
    #[must_use]
    pub fn beginning(&self, bytes: &[u8], goes_on: bool, max: usize) -> String {
        let kept = bytes.get(..max).unwrap_or(bytes);
        let mut text = self.replaced(&String::from_utf8_lossy(kept), goes_on || kept.len() < bytes.len());
        text.truncate(text.floor_char_boundary(max));
        text
    }

    fn replaced(&self, text: &str, goes_on: bool) -> String {
        if self.is_empty() {
            return text.to_owned();
        }
        let mut shown = String::with_capacity(text.len());
        let mut place = 0;
        while let Some(next) = text.get(place..).and_then(|rest| rest.chars().next()) {
            match self.find(text, place) {
                Found::Whole(length) => {
                    shown.push_str(REDACTED);
                    place += length;
                }
                Found::Perhaps if goes_on => return shown,
                Found::Perhaps | Found::No => {
                    shown.push(next);
                    place += next.len_utf8();
                }
            }
        }
        shown
    }

    /// What begins at `place`. They are sorted: the first is the longest.
    fn find(&self, text: &str, place: usize) -> Found {
        let (before, rest) = text.split_at(place);
        let mut perhaps = Found::No;
        for secret in &self.secrets {
            let secret = secret.expose();
            let length = secret.chars().count();
            match begins(rest, secret, length >= Self::EITHER_CASE) {
                Found::Whole(end) if length >= Self::WORD || is_alone(before, rest.get(end..).unwrap_or_default()) => {
                    return Found::Whole(end);
                }
                Found::Perhaps => perhaps = Found::Perhaps,
                Found::Whole(_) | Found::No => {}
            }
        }
        perhaps
    }

    fn insert(&mut self, secret: Secret) {
        if !secret.expose().trim().is_empty() && !self.secrets.contains(&secret) {
            let place = self.secrets.partition_point(|other| other.expose().len() >= secret.expose().len());
            self.secrets.insert(place, secret);
        }
    }
}

fn is_alone(before: &str, after: &str) -> bool {
    !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
}

/// User name and password, and the values of the query.
fn parts_of_url(text: &str) -> Vec<String> {
    let Some((_, rest)) = text.split_once("://") else { return Vec::new() };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.split(['/', '#']).next().unwrap_or_default();
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let values = form_urlencoded::parse(query.split('#').next().unwrap_or_default().as_bytes());
    user.split(':').map(decoded).chain(values.map(|(_, value)| value.into_owned())).collect()
}

impl core::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Redactor({} secrets)", self.secrets.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let mut redactor = Redactor::default();
        secrets.iter().for_each(|secret| redactor.add(Secret::from(*secret)));
        redactor
    }

    #[test]
    fn the_longest_is_replaced_and_short_ones_only_alone() {
        let redactor = redactor(&["secret", "secret token", "a", "", " ", "0f8fad5b-d9cb-469f-a165-70867728950e"]);
        for (text, shown) in [
            ("my secret+token%20is secretive", "my REDACTED%20is REDACTEDive"),
            ("a=a&b=banana", "REDACTED=REDACTED&b=banana"),
            ("token = 0F8FAD5B-D9CB-469F-A165-70867728950E.", "token = REDACTED."),
            ("", ""),
        ] {
            assert_eq!(redactor.redact(text), shown);
        }
        assert_eq!(format!("{redactor:?}"), "Redactor(4 secrets)");
    }

    #[test]
    fn of_a_url_also_its_parts() {
        let redactor = redactor(&["http://user:pass%20word@host.example/a?key=hunter22"]);
        assert_eq!(redactor.redact("pass word, hunter22, host.example"), "REDACTED, REDACTED, host.example");
    }

    #[test]
    fn a_secret_that_is_cut_in_two_does_not_show_its_beginning() {
        let redactor = redactor(&["hunter2"]);
        for cut in 0..20 {
            let text = redactor.beginning(b"password=h%75nter2&rest=1", true, cut);
            assert!("password=REDACTED&rest=1".starts_with(&text) && text.len() <= cut, "{cut}: {text}");
        }
        assert_eq!(redactor.beginning(b"it is h", false, 99), "it is h", "here the text ends");
        assert_eq!(redactor.beginning(b"it is h", true, 99), "it is ");
        assert_eq!(redactor.beginning(b"\xFF\xE4 ok", false, 99), "\u{FFFD}\u{FFFD} ok");
    }

    fn escapes(text: &str) -> Vec<String> {
        let form = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let percent = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let xml = text.replace('&', "&amp;").replace('<', "&lt;").replace('\r', "&#13;").replace('"', "&quot;");
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let json = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
        vec![text.to_owned(), form, percent, xml, units, json]
    }

    proptest! {
        #[test]
        fn no_spelling_shows(secret in "[^\0 ]{8,20}", before in "[ -~]{0,9}", after in "[ -~]{0,9}") {
            let redactor = redactor(&[&secret]);
            for escaped in escapes(&secret) {
                let shown = redactor.redact(&format!("{before} {escaped} {after}"));
                prop_assert!(!shown.contains(&escaped), "{escaped}");
                prop_assert!(shown.contains(REDACTED), "{shown}");
            }
        }
    }
}
