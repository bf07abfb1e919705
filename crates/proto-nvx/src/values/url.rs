//! URLs that the service fetches by itself: sources of content, and callbacks.

use core::fmt;

use larder_core::{Rule, Secret};
use serde::{Deserialize, Deserializer, Serialize};

use super::looks_like;

/// An `http` or `https` URL that the service fetches: a source of content, or somebody to be told.
///
/// A user's name and password may stand in it, and keys may stand in its query: `Debug` shows neither, and there is no
/// `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct WebUrl(Secret);

impl WebUrl {
    /// The whole URL. Every call of this is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TryFrom<Secret> for WebUrl {
    type Error = Rule;

    fn try_from(url: Secret) -> Result<Self, Rule> {
        let text = url.expose().trim();
        match text {
            "" => Err(Rule::Missing),
            text if authority(text).is_some() => Ok(Self(Secret::new(text))),
            _ => Err(Rule::Malformed),
        }
    }
}

impl core::str::FromStr for WebUrl {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        Secret::from(text).try_into()
    }
}

impl From<WebUrl> for Secret {
    fn from(url: WebUrl) -> Self {
        url.0
    }
}

impl fmt::Debug for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.expose().split_once("://").unwrap_or_default();
        let at = |signs: &[char]| rest.find(signs).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(at(&['/', '?', '#']));
        let (user, place) = authority.rsplit_once('@').map_or(("", authority), |(_, place)| ("REDACTED@", place));
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let query = if path.len() < rest.len() { "?REDACTED" } else { "" };
        write!(f, "WebUrl({scheme}://{user}{place}{path}{query})")
    }
}

/// Where the service reports that something is done: a [`WebUrl`] of at most 2,048 characters, without user information and
/// without a fragment. The service adds its parameters to the query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct CallbackUrl(WebUrl);

impl CallbackUrl {
    /// The most characters.
    pub const MAX: usize = 2_048;

    /// The whole URL. Every call of this is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TryFrom<Secret> for CallbackUrl {
    type Error = Rule;

    fn try_from(url: Secret) -> Result<Self, Rule> {
        let url = WebUrl::try_from(url)?;
        if url.expose().chars().count() > Self::MAX {
            Err(Rule::TooLong)
        } else if url.expose().contains('#') || !is_web_url(url.expose()) {
            Err(Rule::Malformed)
        } else {
            Ok(Self(url))
        }
    }
}

impl core::str::FromStr for CallbackUrl {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        Secret::from(text).try_into()
    }
}

impl From<CallbackUrl> for Secret {
    fn from(url: CallbackUrl) -> Self {
        url.0.into()
    }
}

/// Where a browser goes after an upload: an `http` or `https` URL without user information. Control characters, which the
/// document prints at its end, are dropped, and a URL without a scheme is one of `http`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct ForwardingUrl(WebUrl);

impl ForwardingUrl {
    /// The whole URL. Every call of this is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl TryFrom<Secret> for ForwardingUrl {
    type Error = Rule;

    fn try_from(url: Secret) -> Result<Self, Rule> {
        let url: String = url.expose().chars().filter(|c| !c.is_control()).collect();
        let url = match url.trim() {
            "" => return Err(Rule::Missing),
            url => match url.split_once("://") {
                Some((scheme, _)) if !scheme.contains(['/', '?', '#', '.']) => url.to_owned(),
                Some(_) | None => format!("http://{url}"),
            },
        };
        if is_web_url(&url) { Secret::new(url).try_into().map(Self) } else { Err(Rule::Malformed) }
    }
}

impl core::str::FromStr for ForwardingUrl {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        Secret::from(text).try_into()
    }
}

impl From<ForwardingUrl> for Secret {
    fn from(url: ForwardingUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Debug for ForwardingUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads where to go, for `deserialize_with`: nowhere when the URL is none that a browser may be sent to.
pub(crate) fn or_nowhere<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ForwardingUrl>, D::Error> {
    Ok(Option::<Secret>::deserialize(deserializer)?.and_then(|url| url.try_into().ok()))
}

/// Whether this is a URL of `http` or `https` with a host, without user information, and with nothing in a port's place
/// that is no port.
pub(crate) fn is_web_url(url: &str) -> bool {
    authority(url).is_some_and(|authority| !authority.as_str().contains('@'))
}

/// The authority of a URL that can be fetched over HTTP.
fn authority(url: &str) -> Option<http::uri::Authority> {
    let uri = url.parse::<http::Uri>().ok()?;
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return None };
    let place = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = place.strip_prefix(authority.host()).filter(|_| !authority.host().is_empty())?;
    let is_port = |port: &str| port.parse::<u16>().is_ok_and(|port| port > 0);
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then(|| authority.clone())
}

looks_like!(WebUrl, { "type": "string", "format": "uri", "minLength": 1 });
looks_like!(CallbackUrl, { "type": "string", "format": "uri", "minLength": 1, "maxLength": Self::MAX });
looks_like!(ForwardingUrl, { "type": "string", "format": "uri", "minLength": 1 });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_http_can_fetch() {
        for text in ["http://a.example", "https://a.example:8443/x?y=z#end", "HTTP://u:p@[::1]:80/", " http://a/ "] {
            assert_eq!(text.parse::<WebUrl>().unwrap().expose(), text.trim());
        }
        assert_eq!(" ".parse::<WebUrl>(), Err(Rule::Missing));
        for text in
            ["a.example/x", "/x", "ftp://a/x", "file:///etc/passwd", "http://", "http://a:0/", "http://a:70000/", "http://a b/"]
        {
            assert_eq!(text.parse::<WebUrl>(), Err(Rule::Malformed), "{text}");
        }
    }

    #[test]
    fn debug_shows_neither_credentials_nor_keys() {
        let shown = |text: &str| format!("{:?}", text.parse::<WebUrl>().unwrap());
        assert_eq!(shown("http://a.example/x"), "WebUrl(http://a.example/x)");
        assert_eq!(shown("https://joe:canary@a.example:81/x?key=canary"), "WebUrl(https://REDACTED@a.example:81/x?REDACTED)");
        assert_eq!(shown("https://canary@a.example?canary@b#c"), "WebUrl(https://REDACTED@a.example?REDACTED)");
        assert_eq!(shown("http://a.example/x#canary"), "WebUrl(http://a.example/x?REDACTED)");
    }

    #[test]
    fn a_callback_has_neither_credentials_nor_a_fragment() {
        let url = |text: &str| text.parse::<CallbackUrl>().map(|url| url.expose().to_owned());
        for text in ["http://mywebsite.com/mypage.aspx", "HTTPS://a.example:8443", "http://[::1]:80/x?a=b&c=%20"] {
            assert_eq!(url(text), Ok(text.to_owned()));
        }
        assert_eq!(url(" http://a/b\r\n"), Ok("http://a/b".to_owned()));
        assert_eq!(url(" "), Err(Rule::Missing));
        for text in [
            "a.example/x",
            "/x",
            "ftp://a/b",
            "javascript:alert(1)",
            "http://u:p@a/",
            "http://a/b c",
            "http://a/#b",
            "http://",
            "http://a:x/",
        ] {
            assert_eq!(url(text), Err(Rule::Malformed), "{text}");
        }
        let longest = format!("http://a/{}", "b".repeat(2_039));
        assert_eq!(url(&longest), Ok(longest.clone()));
        assert_eq!(url(&format!("{longest}b")), Err(Rule::TooLong));
    }
}
