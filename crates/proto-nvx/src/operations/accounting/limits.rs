//! How much an account may store and transfer.

use core::fmt;

use larder_core::{Meta, Operation, Rule, Verb};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{NAMESPACE, SESSION_TOKEN};
use crate::codec::integer;
use crate::fault::faults;
use crate::operations::Done;
use crate::values::flag::{self, Flag};
use crate::values::{Said, UserName, list, looks_like, named_values};
use crate::{Code, Nvx};

/// Tells the limits of an account: the session's own, or a child's. A kind that is not told has no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct GetAccountLimits {
    /// The account's name.
    pub username: UserName,
}

impl Operation for GetAccountLimits {
    type Api = Nvx;
    type Answer = AccountLimits;
    const META: Meta = Meta::unary(NAMESPACE, "GetAccountLimits", Verb::Post).session_as(SESSION_TOKEN).safe();
    const FAULTS: &'static [Code] = faults![PARAMETERS, SESSION; UserNameNotFound, AccessDenied];
}

/// The answer to [`GetAccountLimits`]. The document's schema is flat, which leaves room for one: a list is written, both are
/// read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(!try_from))]
#[serde(try_from = "Either")]
pub struct AccountLimits {
    /// The limits.
    #[serde(rename = "GetLimits")]
    pub limits: Vec<Limit>,
}

/// One limit of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Limit {
    /// What is limited.
    #[serde(rename = "Type")]
    pub kind: Said<LimitType>,
    /// To how much.
    #[serde(rename = "Value")]
    pub value: LimitValue,
    /// Whether the limit is one of the whole application.
    #[serde(rename = "IsAppKeyLimit", default, deserialize_with = "flag::deserialize")]
    pub is_app_key_limit: bool,
}

/// Both forms; in the flat one, whatever stands in the same place belongs together.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Either {
    #[serde(default, with = "list")]
    get_limits: Vec<Limit>,
    #[serde(default, rename = "Type", with = "list")]
    kind: Vec<Said<LimitType>>,
    #[serde(default, with = "list")]
    value: Vec<LimitValue>,
    #[serde(default, with = "list")]
    is_app_key_limit: Vec<Flag>,
}

impl TryFrom<Either> for AccountLimits {
    type Error = Rule;

    fn try_from(either: Either) -> Result<Self, Rule> {
        if either.kind.len() != either.value.len() {
            return Err(Rule::Malformed);
        }
        let mut flags = either.is_app_key_limit.into_iter();
        let flat = either.kind.into_iter().zip(either.value);
        let flat = flat.map(|(kind, value)| Limit { kind, value, is_app_key_limit: flags.next().is_some_and(bool::from) });
        Ok(Self { limits: either.get_limits.into_iter().chain(flat).collect() })
    }
}

/// Limits an account, or lifts a limit. The session must be the master's.
///
/// Transfers count by calendar months in UTC. Fault 50103 for a value below -1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct SetAccountLimits {
    /// The account's name.
    pub username: UserName,
    /// What to limit.
    #[serde(rename = "Type")]
    pub kind: LimitType,
    /// To how much.
    pub value: LimitValue,
}

impl Operation for SetAccountLimits {
    type Api = Nvx;
    type Answer = Done;
    const META: Meta = Meta::unary(NAMESPACE, "SetAccountLimits", Verb::Post).session_as(SESSION_TOKEN).safe();
    const FAULTS: &'static [Code] =
        faults![PARAMETERS, SESSION; ParameterOutOfAcceptedRange, InvalidAccountType, UserNameNotFound, AccessDenied];
}

named_values! {
    /// What can be limited.
    pub enum LimitType {
        /// All bytes that are stored.
        StorageAmount = "StorageAmount",
        /// Bytes downloaded in a month.
        DownloadBandwidthAmount = "DownloadBandwidthAmount",
        /// Bytes of a file that is downloaded.
        FileSizeDownloadLimit = "FileSizeDownloadLimit",
        /// Bytes uploaded in a month.
        UploadBandwidthAmount = "UploadBandwidthAmount",
    }
}

/// How much is allowed. On the wire a number, -1 for no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitValue {
    /// So many bytes.
    Bytes(u64),
    /// As many as one likes.
    Unlimited,
}

impl Serialize for LimitValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.serialize_u64(*bytes),
            Self::Unlimited => serializer.serialize_i8(-1),
        }
    }
}

impl<'de> Deserialize<'de> for LimitValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = LimitValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of bytes, or -1")
    }

    fn visit_u64<E>(self, bytes: u64) -> Result<LimitValue, E> {
        Ok(LimitValue::Bytes(bytes))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<LimitValue, E> {
        if number == -1 { Ok(LimitValue::Unlimited) } else { Err(E::custom(Rule::OutOfRange)) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<LimitValue, E> {
        if text.trim() == "-1" {
            return Ok(LimitValue::Unlimited);
        }
        integer(text).map(LimitValue::Bytes).map_err(|reject| E::custom(reject.rule))
    }
}

looks_like!(LimitValue, { "type": "integer", "minimum": -1, "maximum": u64::MAX, "$comment": "-1 is no limit" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n83_minus_one_is_no_limit_and_nothing_else_is_negative() {
        let read = |json: &str| serde_json::from_str::<LimitValue>(json).map_err(|error| error.to_string());
        for (text, value) in [
            ("-1", LimitValue::Unlimited),
            ("\" -1 \"", LimitValue::Unlimited),
            ("0", LimitValue::Bytes(0)),
            ("\"18446744073709551615\"", LimitValue::Bytes(u64::MAX)),
        ] {
            assert_eq!(read(text), Ok(value), "{text}");
        }
        for text in ["-2", "\"-2\"", "\"18446744073709551616\""] {
            assert!(read(text).unwrap_err().starts_with("is out of range"), "{text}");
        }
        assert!(read("\"\"").unwrap_err().starts_with("is required"));
        for text in ["\"many\"", "\"1e3\"", "\"1.5\""] {
            assert!(read(text).unwrap_err().starts_with("is malformed"), "{text}");
        }
    }
}
