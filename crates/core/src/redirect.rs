//! Where a redirect leads, as a pure function.

use http::{HeaderMap, StatusCode, Uri, header, uri};

/// Whether a status asks the client to go elsewhere. 304 does not; 300 and 306 name no place.
#[must_use]
pub fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// The place that a redirect of `from` leads to. Only `http` and `https`, and never from the second to the first:
/// the URL of a download holds the session's token.
#[must_use]
pub fn location(from: &Uri, headers: &HeaderMap) -> Option<Uri> {
    let location = headers.get(header::LOCATION)?.to_str().ok()?;
    let mut parts = location.split('#').next()?.parse::<Uri>().ok()?.into_parts();
    if parts.authority.is_none() {
        // A reference without a host must be an absolute path: services never sent any other.
        parts.path_and_query.as_ref().filter(|path| path.path().starts_with('/'))?;
        parts.scheme = from.scheme().cloned();
        parts.authority = from.authority().cloned();
    }
    if parts.path_and_query.is_none() {
        parts.path_and_query = Some(uri::PathAndQuery::from_static("/"));
    }
    let downgraded = from.scheme() == Some(&uri::Scheme::HTTPS) && parts.scheme != Some(uri::Scheme::HTTPS);
    let known = [Some(uri::Scheme::HTTP), Some(uri::Scheme::HTTPS)].contains(&parts.scheme);
    if downgraded || !known || parts.authority.as_ref()?.as_str().contains('@') {
        return None;
    }
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(from: &str, to: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, to.parse().unwrap());
        location(&from.parse().unwrap(), &headers).map(|uri| uri.to_string())
    }

    #[test]
    fn absolute_and_rooted_references_are_followed() {
        assert_eq!(follow("http://a/x?y", "http://b:81/z?w").as_deref(), Some("http://b:81/z?w"));
        assert_eq!(follow("http://a:8/x?y", "/z").as_deref(), Some("http://a:8/z"));
        assert_eq!(follow("http://a/x", "http://b").as_deref(), Some("http://b/"));
    }

    #[test]
    fn nothing_leads_away_from_tls_or_from_http() {
        for to in ["http://b/z", "ftp://b/z", "javascript:alert(1)", "https://u:p@b/", "z", ""] {
            assert_eq!(follow("https://a/x", to), None, "{to}");
        }
        for to in ["ftp://b/z", "javascript:alert(1)", "http://u:p@b/", "z", ""] {
            assert_eq!(follow("http://a/x", to), None, "{to}");
        }
        assert_eq!(follow("http://a/x", "https://b/z").as_deref(), Some("https://b/z"));
    }

    #[test]
    fn not_every_status_of_this_class_leads_anywhere() {
        let leads = |status| StatusCode::from_u16(status).is_ok_and(is_redirect);
        let all: Vec<u16> = (100..600).filter(|status| leads(*status)).collect();
        assert_eq!(all, [301, 302, 303, 307, 308]);
    }
}
