//! Sending a browser on after an upload.

use http::{HeaderValue, Response, StatusCode, header};
use larder_core::wire::{Reply, ReplyBody, ResponseHead};

use crate::values::ForwardingUrl;

/// Where a browser goes after an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forward(ForwardingUrl);

impl Forward {
    /// What a form's `forwardingUrl` means; `None` for what a browser may not be sent to.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        url.parse().ok().map(Self)
    }

    /// 302 to the URL, with the outcome added to its query.
    pub(super) fn reply(&self, code: u32, message: &str) -> Option<Reply> {
        let (url, fragment) = self.0.expose().split_once('#').map_or((self.0.expose(), None), |(url, rest)| (url, Some(rest)));
        let separator = if url.contains('?') { '&' } else { '?' };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("NVX.returnCode", &code.to_string()).append_pair("NVX.errorMessage", message);
        let mut location = format!("{url}{separator}{}", query.finish());
        if let Some(fragment) = fragment {
            location.push('#');
            location.push_str(fragment);
        }
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::FOUND;
        head.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&location).ok()?);
        Some(Reply { head: ResponseHead(head), body: ReplyBody::Whole(bytes::Bytes::new()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location(url: &str) -> Option<String> {
        let reply = Forward::parse(url)?.reply(70_004, "name taken")?;
        Some(reply.head.0.headers()[header::LOCATION].to_str().unwrap().to_owned())
    }

    #[test]
    fn the_outcome_is_added_to_the_query() {
        assert_eq!(
            location("www.google.com/search?q=dogs\r\n").as_deref(),
            Some("http://www.google.com/search?q=dogs&NVX.returnCode=70004&NVX.errorMessage=name+taken")
        );
        assert_eq!(
            location("HTTPS://a.example/done#end").as_deref(),
            Some("HTTPS://a.example/done?NVX.returnCode=70004&NVX.errorMessage=name+taken#end")
        );
    }

    #[test]
    fn nothing_but_http_is_followed() {
        for url in ["javascript://x/%0aalert(1)", "ftp://a/b", "", "http://u:p@a/", "data://x"] {
            assert_eq!(location(url), None, "{url}");
        }
        assert_eq!(location("javascript:alert(1)"), None);
    }
}
