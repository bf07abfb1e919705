//! The URLs of files.
//!
//! ```text
//! /<token>/<application>/<user>/<path>        a session's token first, or a link's
//! /<token>/<path>                             below the session's own account
//! /<application>/<user>/<path>?sessionToken=  the token as a parameter, or none for a public file
//! ```

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, Request, StatusCode, header, request, response};
use larder_core::wire::{Address, Outgoing, OutgoingBody};
use larder_core::{Credential, Reject, Rule, Secret};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{Nvx, Pairs, client};
use crate::codec::form;
use crate::values::{ByteRange, ContentRange, Date, HeaderText, Token};

/// RFC 3986's unreserved characters stay, so that a path reads as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Parameters that travel as headers.
const HEADERS: [(&str, HeaderName); 4] = [
    ("$range", header::RANGE),
    ("$ifNoneMatch", header::IF_NONE_MATCH),
    ("$ifModifiedSince", header::IF_MODIFIED_SINCE),
    ("$ifRange", header::IF_RANGE),
];

pub(super) fn encode(pairs: &[(Cow<'static, str>, String)], address: &Address<'_, Nvx>) -> Result<Outgoing, Reject> {
    let value = |name: &str| pairs.iter().find(|(pair, _)| pair == name).map(|(_, value)| value.as_str());
    let path = value("$path").ok_or_else(|| Reject::new("path", Rule::Missing))?;
    let mut url = String::new();
    let token = address.token.map(Secret::expose);
    for segment in token.into_iter().chain(path.split('/').filter(|segment| !segment.is_empty())) {
        url.push('/');
        url.extend(utf8_percent_encode(segment, SEGMENT));
    }
    if let Some(disposition) = value("disposition") {
        url.push_str("?disposition=");
        url.push_str(disposition);
    }
    let mut head = Request::get(address.target.uri(&url)?);
    for (name, header) in HEADERS {
        if let Some(value) = value(name) {
            let value = HeaderValue::from_str(value).map_err(|_| Reject::new(name, Rule::Malformed))?;
            head = head.header(header, value);
        }
    }
    Ok(Outgoing { head: client::finish(head)?, body: OutgoingBody::Whole(bytes::Bytes::new()) })
}

/// The token and the parameters of a request for a file.
pub(super) fn pairs(head: &request::Parts, max: usize) -> Result<(Option<Secret>, Pairs), Reject> {
    let path = percent_decode_str(head.uri.path()).decode_utf8().map_err(|_| Reject::new("path", Rule::Malformed))?;
    let mut pairs = form::parse(head.uri.query().unwrap_or_default(), max)?;
    pairs.retain(|(name, _)| !name.starts_with('$'));
    let mut token =
        pairs.iter().find(|(name, _)| name.eq_ignore_ascii_case("sessionToken")).map(|(_, value)| Secret::new(value.trim()));
    let mut rest = path.as_ref();
    let relative = path.trim_start_matches('/');
    let (first, after) = relative.split_once('/').unwrap_or((relative, ""));
    if is_token(first) {
        token = Some(Secret::new(first));
        rest = after;
    }
    // The leading slash says that it may be absolute; who the caller is decides whether it is.
    pairs.push(("$path".to_owned(), format!("/{}", rest.trim_start_matches('/'))));
    for (name, header) in HEADERS {
        let value = head.headers.get(header).and_then(|value| value.to_str().ok());
        // What a header's value does not allow to be understood is ignored, as RFC 9110 wants it.
        if let Some(value) = value.filter(|value| is_usable(name, value)) {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok((token, pairs))
}

fn is_usable(name: &str, value: &str) -> bool {
    match name {
        "$range" => value.parse::<ByteRange>().is_ok(),
        "$ifModifiedSince" => value.parse::<Date>().is_ok(),
        _ => value.parse::<HeaderText>().is_ok(),
    }
}

fn is_token(text: &str) -> bool {
    Token::is_of_session(text) || Token::is_of_link(text)
}

/// What a token proves shows by its form.
pub(super) fn credential(token: Secret) -> Credential {
    if Token::is_of_link(token.expose()) { Credential::Link(token) } else { Credential::Session(token) }
}

/// What the head of a file's answer says, as the fields of [`Downloaded`](crate::transfer::Downloaded).
///
/// # Errors
/// A part of a file that does not say which: taken for the whole it would corrupt what the caller writes.
pub(super) fn facts(head: &response::Parts) -> Result<Vec<(&'static str, String)>, Reject> {
    let text = |name: HeaderName| head.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let mut facts = vec![("notModified", (head.status == StatusCode::NOT_MODIFIED).to_string())];
    let mut add = |name, value: Option<String>| facts.extend(value.map(|value| (name, value)));
    let length = text(header::CONTENT_LENGTH).filter(|_| head.status != StatusCode::NOT_MODIFIED);
    if head.status == StatusCode::PARTIAL_CONTENT {
        let part = text(header::CONTENT_RANGE).as_deref().and_then(part);
        let (offset, sent, total) = part.ok_or_else(|| Reject::new("Content-Range", Rule::Malformed))?;
        add("offset", Some(offset.to_string()));
        add("total", total.map(|total| total.to_string()));
        add("length", length.or_else(|| Some(sent.to_string())));
    } else {
        add("total", length.clone());
        add("length", length);
    }
    add("contentType", text(header::CONTENT_TYPE));
    add("contentDisposition", text(header::CONTENT_DISPOSITION));
    add("etag", text(header::ETAG));
    add("lastModified", text(header::LAST_MODIFIED).filter(|date| date.parse::<Date>().is_ok()));
    Ok(facts)
}

/// Where a part begins, how long it is, and how long the file is; a service need not know the last (RFC 9110, section 14.4).
fn part(range: &str) -> Option<(u64, u64, Option<u64>)> {
    let unknown = range.trim().strip_suffix("/*");
    let known = unknown.map(|range| format!("{range}/{}", u64::MAX));
    let range: ContentRange = known.as_deref().unwrap_or(range).parse().ok()?;
    Some((range.first(), range.len(), Some(range.total()).filter(|_| unknown.is_none())))
}

#[cfg(test)]
mod tests {
    use larder_core::Api;
    use larder_core::wire::ReplyBody;
    use proptest::prelude::*;

    use super::*;
    use crate::transfer::{Download, Downloaded};
    use crate::{Answer, Style};

    /// What a server can say of a file: a whole one, a part, or that there is nothing new.
    fn downloaded() -> impl Strategy<Value = Downloaded> {
        let text = || proptest::option::of("[!-~]([ -~]{0,20}[!-~])?");
        let place = (0..9_u64, 1..9_u64, 0..9_u64, any::<bool>(), any::<bool>());
        let date = proptest::option::of(any::<i64>().prop_map(Date::from_unix));
        (place, text(), text(), text(), date).prop_map(|(place, content_type, content_disposition, etag, last_modified)| {
            let (offset, length, rest, is_part, not_modified) = place;
            let (offset, rest) = if is_part { (offset, rest) } else { (0, 0) };
            let place = Downloaded { offset, length: Some(length), total: Some(offset + length + rest), ..Downloaded::default() };
            if not_modified {
                return Downloaded { not_modified, etag, last_modified, ..Downloaded::default() };
            }
            Downloaded { content_type, content_disposition, etag, last_modified, ..place }
        })
    }

    proptest! {
        #[test]
        fn what_the_head_of_a_file_says_comes_back(downloaded in downloaded()) {
            let reply = Nvx::reply(&Answer::TransferDownload(downloaded.clone()), &Style::XML);
            let mut head = reply.head.0.into_parts().0;
            if let ReplyBody::File { length, .. } = reply.body {
                // The transport's, which knows how bodies are framed.
                head.headers.insert(header::CONTENT_LENGTH, length.into());
            }
            prop_assert_eq!(Nvx::decode::<Download>(&head, b""), Ok(downloaded));
        }
    }

    #[test]
    fn parts_say_which_they_are() {
        for (range, said) in [
            ("bytes 5-9/20", Some((5, 5, Some(20)))),
            ("bytes 5-9/*", Some((5, 5, None))),
            ("bytes */20", None),
            ("bytes 9-5/20", None),
            ("", None),
        ] {
            assert_eq!(part(range), said, "{range}");
        }
    }
}
