//! Passwords and tokens in requests. They are never printed.

use larder_core::{Rule, Secret};
use serde::{Deserialize, Serialize};

use super::looks_like;

/// What every secret of a request has in common, given `MAX` and the text that counts: it is there, and not too long.
macro_rules! secret_value {
    ($type:ident, $counts:expr) => {
        impl $type {
            /// The text itself. Every call of this is a place to review.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose()
            }
        }

        impl TryFrom<Secret> for $type {
            type Error = Rule;

            fn try_from(secret: Secret) -> Result<Self, Rule> {
                let text: &str = $counts(secret.expose());
                match text.chars().count() {
                    0 => Err(Rule::Missing),
                    1..=Self::MAX if text.len() == secret.expose().len() => Ok(Self(secret)),
                    1..=Self::MAX => Ok(Self(Secret::new(text))),
                    _ => Err(Rule::TooLong),
                }
            }
        }

        impl TryFrom<String> for $type {
            type Error = Rule;

            fn try_from(text: String) -> Result<Self, Rule> {
                Secret::new(text).try_into()
            }
        }

        impl core::str::FromStr for $type {
            type Err = Rule;

            fn from_str(text: &str) -> Result<Self, Rule> {
                Secret::from(text).try_into()
            }
        }

        looks_like!($type, { "type": "string", "format": "password", "minLength": 1, "maxLength": Self::MAX });

        impl From<$type> for Secret {
            fn from(value: $type) -> Self {
                value.0
            }
        }
    };
}

/// A password, 1 to 100 characters, blanks included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct Password(Secret);

impl Password {
    /// The most characters.
    pub const MAX: usize = 100;
}

secret_value!(Password, core::convert::identity);

/// A token, or the key of an application: 1 to 1,024 characters. Blanks around it, which were seen, do not belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Secret", into = "Secret")]
pub struct Token(Secret);

impl Token {
    /// The most characters.
    pub const MAX: usize = 1_024;

    /// Whether a text has the form of a session's token: that of a UUID. In the URL of a file it stands where the name of
    /// an application may stand, which can never have this form.
    #[must_use]
    pub fn is_of_session(text: &str) -> bool {
        let groups: Vec<&str> = text.split('-').collect();
        groups.len() == 5
            && groups.iter().zip([8, 4, 4, 4, 12]).all(|(group, length)| group.len() == length)
            && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
    }

    /// Whether a text has the form of a link's token, as [`GetOptimalUrls`](crate::imfs::GetOptimalUrls) hands them out: at
    /// least 32 unreserved characters of URLs, three or more of them tildes. No application's name has this form either.
    #[must_use]
    pub fn is_of_link(text: &str) -> bool {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~');
        let tildes = text.bytes().filter(|byte| *byte == b'~').count();
        (32..=Self::MAX).contains(&text.len()) && tildes >= 3 && text.bytes().all(is_unreserved)
    }
}

secret_value!(Token, str::trim);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_bounded_and_never_shown() {
        let password: Password = "hunter2".parse().unwrap();
        assert_eq!(format!("{password:?}"), "Password(REDACTED)");
        assert_eq!(password.expose(), "hunter2");
        assert_eq!("".parse::<Password>(), Err(Rule::Missing));
        assert_eq!("ä".repeat(101).parse::<Password>(), Err(Rule::TooLong));
        assert!("ä".repeat(100).parse::<Password>().is_ok());
        assert_eq!(serde_json::to_string(&password).unwrap(), "\"hunter2\"");
    }

    #[test]
    fn n28_tokens_show_by_their_form() {
        let (session, link) = ("6db4715f-1e5c-4ef5-9cd6-d97bc947bf5d", "Goh7ot5p~BeuoQ45icq~L9TM2Ksh~xT3bfBueAT~Ocp_3AE");
        assert!(Token::is_of_session(session) && !Token::is_of_session(link));
        assert!(Token::is_of_link(link) && !Token::is_of_link(session));
        for name in [
            "MyApp",
            "a~b~c~d",
            "my~application~with~a~very~long~näme",
            "an-application-with-one~tilde-in-it",
            "an~application~with-two-tildes-in-it",
            "6db4715f-1e5c-4ef5-9cd6-d97bc947bf5",
        ] {
            assert!(!Token::is_of_session(name) && !Token::is_of_link(name), "{name}");
        }
    }

    #[test]
    fn n58_a_token_has_no_blanks_around_it() {
        let token = |text: &str| text.parse::<Token>().map(|token| token.expose().to_owned());
        assert_eq!(token("\n  a b \r\n"), Ok("a b".to_owned()));
        assert_eq!(token(" \n"), Err(Rule::Missing));
        assert_eq!(token(&"t".repeat(1_024)), Ok("t".repeat(1_024)));
        assert_eq!(token(&"t".repeat(1_025)), Err(Rule::TooLong));
        assert_eq!(format!("{:?}", "canary".parse::<Token>()), "Ok(Token(REDACTED))");
    }
}
