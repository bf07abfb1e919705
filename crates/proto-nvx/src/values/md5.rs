//! The MD5 of a file.

use core::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_core::Rule;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::looks_like;

/// The MD5 of a whole file: base64 of its 16 bytes on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Md5(pub [u8; 16]);

looks_like!(Md5, { "type": "string", "format": "byte", "minLength": LENGTH, "maxLength": LENGTH });
/// Characters of base64.
#[cfg(feature = "schema")]
const LENGTH: usize = super::schema::base64_length(size_of::<Md5>());

impl TryFrom<String> for Md5 {
    type Error = Rule;

    fn try_from(text: String) -> Result<Self, Rule> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| Rule::Malformed)?;
        bytes.try_into().map(Self).map_err(|_| Rule::Malformed)
    }
}

impl core::str::FromStr for Md5 {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        Self::try_from(text.to_owned())
    }
}

impl fmt::Display for Md5 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl Serialize for Md5 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Md5 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bytes_in_base64() {
        let text = "JCiPH3sH4S3f/Ad93uWk+w==";
        assert_eq!(text.parse::<Md5>().unwrap().to_string(), text);
        for wrong in ["", "JCiP", "24288f1f7b07e12ddffc077ddee5a4fb", "!"] {
            assert_eq!(wrong.parse::<Md5>(), Err(Rule::Malformed), "{wrong}");
        }
    }
}
