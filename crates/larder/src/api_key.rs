//! The key of e2's API.

use larder_core::{Reject, Rule, Secret};

/// The key, if it can be sent at all. The header that it goes in has another name, which would tell a caller nothing.
pub(crate) fn checked(key: Secret) -> Result<Secret, Reject> {
    let text = key.expose();
    if text.trim().is_empty() {
        return Err(Reject::new("API key", Rule::Missing));
    }
    let is_sendable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if is_sendable { Ok(key) } else { Err(Reject::new("API key", Rule::Malformed)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_cannot_be_sent_is_refused_by_name() {
        let refused = |key: &str| checked(key.into()).map_err(|reject| reject.to_string());
        assert_eq!(refused(""), Err("API key is required".to_owned()));
        assert_eq!(refused(" \n"), Err("API key is required".to_owned()));
        assert_eq!(refused("abc\n"), Err("API key is malformed".to_owned()));
        assert_eq!(refused("schlüssel"), Err("API key is malformed".to_owned()));
        assert!(refused("0f8fad5b-d9cb_469f").is_ok());
    }

    #[test]
    fn so_does_the_client() {
        let error = crate::blocking::e2::Client::new("https://api.idrivee2.com", "").unwrap_err();
        assert_eq!(error.to_string(), "API key is required");
    }
}
