//! Texts with a documented length. None has control characters (ledger E45), but for the lines of certificates.

use core::fmt;
use core::str::FromStr;

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::{check, check_lines};

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $check:ident, $pattern:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(
            feature = "schema",
            derive(schemars::JsonSchema),
            schemars(extend("minLength" = 1, "maxLength" = Self::MAX, "pattern" = super::$pattern))
        )]
        pub struct $name(String);

        impl $name {
            /// The longest value, in characters.
            pub const MAX: usize = $max;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Rule;

            fn try_from(text: String) -> Result<Self, Rule> {
                $check(&text, Self::MAX).map(|()| Self(text))
            }
        }

        impl FromStr for $name {
            type Err = Rule;

            fn from_str(text: &str) -> Result<Self, Rule> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        text! { $(#[$doc])* $name, $max, check, LINE }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.0).finish()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The e-mail address that names a user: 1 to 255 characters, none of them a control character, otherwise opaque: the
    /// document's own examples are no addresses (`e2reseller+1`).
    Email, 255
}

text! {
    /// A first or last name: 1 to 64 characters.
    PersonName, 64
}

text! {
    /// The domain of a user's storage in one region: 1 to 128 characters, none of them a control character, otherwise
    /// opaque: the document's own examples have an `@` where a dot is meant.
    StorageDn, 128
}

text! {
    /// What names a region (`LDN`): 1 to 5 characters.
    RegionKey, 5
}

text! {
    /// What a user calls an access key: 1 to 64 characters. Several keys may have one name.
    AccessKeyName, 64
}

text! {
    /// What names an access key (`access_key` in requests, `key_id` in lists): 1 to 128 characters.
    AccessKeyId, 128
}

text! {
    /// The name of a bucket: 1 to 255 characters. The document has no limit; this is the longest that S3 ever had.
    BucketName, 255
}

text! {
    /// A host name that stands for a storage domain: 1 to 128 characters.
    Cname, 128
}

text! {
    /// What names one of the CNAMEs of a storage domain: 1 to 64 characters.
    FileIndex, 64
}

text! {
    /// The certificate of a CNAME, in lines: 1 to 10,000 characters.
    PublicKey, 10_000, check_lines, LINES
}

/// Its length only: files with a certificate often have the private key in them too.
impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds<T: TryFrom<String, Error = Rule>>(max: usize) {
        assert!(T::try_from("ü".repeat(max)).is_ok());
        assert_eq!(T::try_from("ü".repeat(max + 1)).err(), Some(Rule::TooLong));
        assert_eq!(T::try_from(String::new()).err(), Some(Rule::Missing));
        // Ledger E45.
        for control in ["a\u{7}", "a\u{85}b", "a\0"] {
            assert_eq!(T::try_from(control.to_owned()).err(), Some(Rule::Malformed));
        }
    }

    /// The limits that the document prints beside each operation.
    #[test]
    fn lengths_count_characters() {
        holds::<Email>(255);
        holds::<PersonName>(64);
        holds::<StorageDn>(128);
        holds::<RegionKey>(5);
        holds::<AccessKeyName>(64);
        holds::<AccessKeyId>(128);
        holds::<BucketName>(255);
        holds::<Cname>(128);
        holds::<FileIndex>(64);
        holds::<PublicKey>(10_000);
    }

    #[test]
    fn e5_a_storage_domain_is_opaque() {
        for text in ["abcd.test@idrivee2.com", "i4v5.ldn.idrivee2-33.com"] {
            assert_eq!(text.parse::<StorageDn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_certificate_has_lines_and_is_not_shown() {
        let text = "-----BEGIN CERTIFICATE-----\r\nMIIB\n-----END CERTIFICATE-----\n";
        let key = text.parse::<PublicKey>().unwrap();
        assert_eq!((key.as_str(), format!("{key:?}").as_str()), (text, "PublicKey(60 bytes)"));
        assert_eq!("a\nb".parse::<Cname>(), Err(Rule::Malformed));
    }
}
