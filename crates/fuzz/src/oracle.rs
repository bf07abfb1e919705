//! What holds of any value.

use core::fmt::{Debug, Display};
use core::str::FromStr;

use larder_core::Rule;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What every secret of a target is, where it puts secrets in. An input that has it is of no use.
pub(crate) const CANARY: &str = "c0ffee00-cafe-4bad-8bad-c0ffee15dead";

/// Holds that nothing secret is shown.
pub(crate) fn hides(shown: &str) {
    assert!(!shown.contains(CANARY), "a secret is shown: {shown}");
}

/// Whether an input has the canary itself, or enough of it to say the rest in another way.
pub(crate) fn has_canary(data: &[u8]) -> bool {
    let parts = [&CANARY[..8], &CANARY[24..]];
    parts.iter().any(|part| data.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes())))
}

/// Holds that what is accepted prints, and reads back as the same; and that serde agrees. The value, if it is one.
pub(crate) fn prints<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = Rule> + Display + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let value = text.parse::<T>().ok()?;
    let printed = value.to_string();
    assert_eq!(printed.parse::<T>().as_ref(), Ok(&value), "{text:?} prints as {printed:?}");
    travels::<T>(text, &value);
    Some(value)
}

/// Holds the same of a value that serde alone writes: a secret, or a text without a `Display`.
pub(crate) fn travels<T>(text: &str, value: &T)
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let json = serde_json::to_value(value).unwrap_or_default();
    match serde_json::from_value::<T>(json.clone()) {
        Ok(again) => assert_eq!(&again, value, "{text:?} is written as {json}"),
        Err(error) => panic!("{text:?} is written as {json}: {error}"),
    }
}

/// Holds that a text that is no value says so without repeating it.
pub(crate) fn parses<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = Rule> + Debug + PartialEq + Serialize + DeserializeOwned,
{
    let value = text.parse::<T>().ok()?;
    travels(text, &value);
    Some(value)
}
