//! Tokens and keys: made from the random source, stored and compared as hashes only.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use blake2::{Blake2s256, Digest};
use larder_core::Secret;

use crate::env::Random;
use crate::refusal::StoreError;

/// The hash under which a token is kept. Tokens carry 122 bits or more of randomness, so that a plain hash is enough,
/// and looking one up by its hash tells an attacker's clock nothing about the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub(crate) [u8; 32]);

impl TokenHash {
    /// The hash of `token` in the domain `purpose`, so that a token of one kind never passes for another.
    #[must_use]
    pub fn of(purpose: &str, token: &Secret) -> Self {
        let mut hash = Blake2s256::new();
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(token.expose().as_bytes());
        Self(hash.finalize().into())
    }
}

/// Random bytes from `random`.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    random.fill(&mut bytes).map_err(StoreError::io("reading random bytes"))?;
    Ok(bytes)
}

/// Lower-case hexadecimal text.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A version 4 UUID as text, the form of session tokens and application keys.
pub(crate) fn uuid(random: &dyn Random) -> Result<String, StoreError> {
    let mut raw = bytes::<16>(random)?;
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    let text = hex(&raw);
    Ok([&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-"))
}

/// Whether `text` has the form of a UUID, in either case.
#[must_use]
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// 256 random bits as URL-safe text of 43 characters: upload tokens and API keys.
pub(crate) fn opaque(random: &dyn Random) -> Result<Secret, StoreError> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes::<32>(random)?)))
}

/// 264 random bits in four groups that tildes join: tokens of links, whose form tells them from all other tokens.
pub(crate) fn link(random: &dyn Random) -> Result<Secret, StoreError> {
    let text = URL_SAFE_NO_PAD.encode(bytes::<33>(random)?);
    let groups: Vec<&str> = [&text[..11], &text[11..22], &text[22..33], &text[33..]].into();
    Ok(Secret::new(groups.join("~")))
}

/// 100 random bits as 20 characters without those that look like others: passwords.
pub(crate) fn readable(random: &dyn Random) -> Result<Secret, StoreError> {
    // As many characters as five bits have values, so that none is more likely than another.
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let text: String = bytes::<20>(random)?.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    Ok(Secret::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SystemRandom;

    #[test]
    fn a_uuid_looks_like_one() {
        let text = uuid(&SystemRandom).unwrap();
        assert!(is_uuid(&text) && text.as_bytes()[14] == b'4');
        assert!(!is_uuid("22b16933-2cd5-40ab-981e-dc9b6cfba06"));
        assert!(!is_uuid("22b16933_2cd5-40ab-981e-dc9b6cfba06d"));
    }

    #[test]
    fn a_links_token_looks_like_one() {
        let token = link(&SystemRandom).unwrap();
        assert!(larder_proto_nvx::values::Token::is_of_link(token.expose()));
        assert_eq!(token.expose().len(), 47);
    }

    #[test]
    fn a_token_of_one_kind_is_none_of_another() {
        let token = opaque(&SystemRandom).unwrap();
        assert_ne!(TokenHash::of("upload", &token), TokenHash::of("session", &token));
    }
}
