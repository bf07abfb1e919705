//! URLs that the service is to call.

use larder_core::Rule;

use super::text_value;

/// Where the service reports that something is done: an `http` or `https` URL, 1 to 2,048 characters, without user
/// information and without a fragment. The service adds its parameters to the query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    /// The most characters.
    pub const MAX: usize = 2_048;

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CallbackUrl {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let url = text.trim();
        if url.is_empty() {
            Err(Rule::Missing)
        } else if url.len() > Self::MAX {
            Err(Rule::TooLong)
        } else if url.contains('#') || !is_web_url(url) {
            Err(Rule::Malformed)
        } else {
            Ok(Self(url.to_owned()))
        }
    }
}

text_value!(CallbackUrl);

/// Whether this is a URL of `http` or `https` with a host, without user information, and with nothing in a port's place
/// that is no port.
pub(crate) fn is_web_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let host_and_port = match authority.port_u16() {
        Some(port) => authority.host().len() + 1 + port.to_string().len(),
        None => authority.host().len(),
    };
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_web && !authority.host().is_empty() && host_and_port == authority.as_str().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_fetched() {
        let url = |text: &str| text.parse::<CallbackUrl>().map(|url| url.to_string());
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
