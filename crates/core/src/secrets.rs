//! Texts that must not be shown, taken out of texts that are.

mod collect;
pub(crate) mod spelled;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use zeroize::Zeroizing;

use self::spelled::{Found, begins};
use crate::Secret;

/// Replaces secrets in texts by `REDACTED`, in every spelling that an API or a service may give them: as they are,
/// percent-encoded, with `+` for blanks, with the escapes of JSON and the references of XML.
///
/// The longest of what begins at one place is replaced. A secret of fewer than [`WORD`](Self::WORD) characters is replaced
/// only where it stands alone, between signs that are neither letters nor digits: inside of words it would shred the text,
/// and tell by the holes what it is. Empty ones are none. From [`EITHER_CASE`](Self::EITHER_CASE) characters on, upper and
/// lower case of ASCII are the same: services repeat tokens in either; and each line of so many characters, and a
/// [beginning](Self::BEGINNING), is replaced by itself. Blanks at its ends and the kind of its line ends do not matter. If it
/// is the base64 of a text, that text is a secret, too.
#[derive(Clone, Default)]
pub struct Redactor {
    secrets: Vec<Secret>,
}

/// What stands for a secret.
const REDACTED: &str = "REDACTED";

impl Redactor {
    /// Characters from which on a secret is replaced within words, too.
    pub const WORD: usize = 6;
    /// Characters from which on the case of letters does not matter, and lines of a secret are secrets of their own.
    pub const EITHER_CASE: usize = 16;
    /// Characters of the beginning of a secret with [`EITHER_CASE`](Self::EITHER_CASE) or more that are replaced even where
    /// it does not go on: services quote what they refuse in part.
    pub const BEGINNING: usize = 12;

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
        if let Some(text) = text_in_base64(secret.expose()) {
            self.add_text(text.as_str());
        }
        self.add_text(secret.expose());
    }

    /// With each of its lines that is long enough to be known for one.
    fn add_text(&mut self, text: &str) {
        for line in text.lines().map(str::trim).filter(|line| line.chars().count() >= Self::EITHER_CASE) {
            self.insert(line.into());
        }
        self.insert(text.trim().replace("\r\n", "\n").into());
        // Blanks at its ends are its own, where they are repeated.
        self.insert(text.into());
    }

    /// Each of them, the longest first.
    pub(crate) fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.secrets.len()
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

    /// The longest of what begins at `place`.
    fn find(&self, text: &str, place: usize) -> Found {
        let (before, rest) = text.split_at(place);
        let (mut longest, mut perhaps) = (0, Found::No);
        for secret in &self.secrets {
            let secret = secret.expose();
            let length = secret.chars().count();
            let (found, beginning) = begins(rest, secret, length >= Self::EITHER_CASE);
            if beginning.characters >= least(secret, length) {
                longest = longest.max(beginning.end);
            }
            match found {
                Found::Whole(end) if length >= Self::WORD || is_alone(before, rest.get(end..).unwrap_or_default()) => {
                    longest = longest.max(end);
                }
                Found::Whole(_) | Found::No => {}
                Found::Perhaps => perhaps = Found::Perhaps,
            }
        }
        if longest > 0 { Found::Whole(longest) } else { perhaps }
    }

    fn insert(&mut self, secret: Secret) {
        if !secret.expose().trim().is_empty() && !self.secrets.contains(&secret) {
            self.secrets.push(secret);
        }
    }
}

pub(crate) fn is_alone(before: &str, after: &str) -> bool {
    !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
}

/// The text that this is the base64 of, if it is one.
pub(crate) fn text_in_base64(secret: &str) -> Option<Zeroizing<String>> {
    let text = Zeroizing::new(String::from_utf8(STANDARD.decode(secret).ok()?).ok()?);
    text.chars().all(|c| !c.is_control() || c.is_whitespace()).then_some(text)
}

/// How many characters of a secret of this length must be there for a beginning of it. What a URL begins with is known.
pub(crate) fn least(secret: &str, length: usize) -> usize {
    let known = secret.find("://").map_or(0, |scheme| {
        let host = scheme + 3;
        secret.get(host..).and_then(|rest| rest.find('/')).map_or(length, |end| host + end)
    });
    if length < Redactor::EITHER_CASE { usize::MAX } else { known + Redactor::BEGINNING }
}

/// User name and password, and the values of the query.
pub(crate) fn parts_of_url(text: &str) -> Vec<String> {
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

    #[test]
    fn a_text_that_is_longer_than_what_is_wanted_of_it_is_cut_as_safely() {
        let redactor = redactor(&["hunter2"]);
        for cut in 0..20 {
            let text = redactor.beginning(b"password=hunter2&rest=1", false, cut);
            assert!("password=REDACTED&rest=1".starts_with(&text) && text.len() <= cut, "{cut}: {text}");
        }
    }

    #[test]
    fn of_a_value_it_knows_the_secrets_and_of_none_nothing() {
        let known = Redactor::of(&("name", Secret::from("hunter22")));
        assert_eq!((known.redact("name: hunter22").as_str(), known.is_empty()), ("name: REDACTED", false));
        assert!(Redactor::of("hunter22").is_empty() && Redactor::default().is_empty());
    }

    #[test]
    fn from_sixteen_characters_on_a_beginning_tells_too_much() {
        let long = redactor(&["abcdefghijklmnop"]);
        assert_eq!(long.redact("abcdefghijkl... ABCDEFGHIJKLMNOP abcdefghijk"), "REDACTED... REDACTED abcdefghijk");
        let short = redactor(&["abcdefghijklmno"]);
        assert_eq!(short.redact("abcdefghijklmn ABCDEFGHIJKLMNO abcdefghijklmno"), "abcdefghijklmn ABCDEFGHIJKLMNO REDACTED");
        let word = redactor(&["abcdef", "uvwxy"]);
        assert_eq!(word.redact("xabcdefx xuvwxyx uvwxy"), "xREDACTEDx xuvwxyx REDACTED");
    }

    #[test]
    fn lines_and_beginnings_of_a_long_secret_are_replaced_too() {
        let lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj", "AgEAAoIBAQC7VJTUt9Us8cKj", "short="];
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
        let of = redactor(&[&pem]);
        assert_eq!(of.redact(&format!("<{}>", pem.replace('\n', "\r\n"))), "<REDACTED>");
        assert_eq!(of.redact(&format!("<{}>", pem.replace('\n', "\\r\\n").trim_end_matches("\\r\\n"))), "<REDACTED>");
        assert_eq!(of.redact(&format!("<{}>", pem.trim())), "<REDACTED>");
        assert_eq!(of.redact(&format!("line 3: {} is bad", lines[1])), "line 3: REDACTED is bad");
        assert_eq!(of.redact(&format!("line 3: {}... is bad", &lines[1][..12])), "line 3: REDACTED... is bad");
        assert_eq!(of.redact(&format!("line 3: {}... is bad", &lines[1][..11])), "line 3: AgEAAoIBAQC... is bad");
        let sent = redactor(&[&pem.replace('\n', "\r\n")]);
        assert_eq!(sent.redact(&format!("<{}>", pem.trim())), "<REDACTED>");
    }

    #[test]
    fn of_a_url_its_host_is_no_secret() {
        let of = redactor(&["https://host.example/dir/Goh7ot5pBeuoQ45icqL9TM2K77"]);
        let shown = "https://host.example/dir and https://host.example/";
        assert_eq!(of.redact(shown), shown);
        assert_eq!(of.redact("https://host.example/dir/Goh7ot5pBeuo..."), "REDACTED...");
        let near = redactor(&["http://a/Goh7ot5pBeuoQ45icqL9TM2K77"]);
        assert_eq!(near.redact("http://a/Goh7ot5pBeu... and http://a/Goh7ot5pBe"), "REDACTED... and http://a/Goh7ot5pBe");
        let bare = redactor(&["https://Goh7ot5pBeuoQ45icqL9TM2K77"]);
        assert_eq!(bare.redact("https://Goh7ot5pBeuoQ45icqL9TM2K7"), "https://Goh7ot5pBeuoQ45icqL9TM2K7");
    }

    #[test]
    fn what_base64_hides_is_a_secret_too() {
        let of = redactor(&["aHVudGVyMjItaG9yc2U="]);
        assert_eq!(of.redact("the password 'hunter22-horse' is too weak"), "the password 'REDACTED' is too weak");
        assert_eq!(of.redact("the password 'aHVudGVyMjItaG9yc2U=' is too weak"), "the password 'REDACTED' is too weak");
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
