//! Values that are valid if they exist.

mod buckets;
mod date;
mod numbers;
mod said;
mod secrets;
mod text;

use larder_core::Rule;

pub use buckets::Buckets;
pub use date::Date;
pub use numbers::{ByteCount, KeyDescription, Permissions, Quota};
pub use said::Said;
pub use secrets::{EncodedPassword, PrivateKey};
pub use text::{AccessKeyId, AccessKeyName, BucketName, Cname, Email, FileIndex, PersonName, PublicKey, RegionKey, StorageDn};

/// A text of 1 to `max` characters, none of them a control character.
fn check(text: &str, max: usize) -> Result<(), Rule> {
    check_but_for(text, max, &[])
}

/// What [`check`] takes, but for the length, as a regular expression.
#[cfg(feature = "schema")]
const LINE: &str = r"^[^\x00-\x1f\x7f-\x9f]*$";

/// What [`check_lines`] takes, but for the length, as a regular expression.
#[cfg(feature = "schema")]
const LINES: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$";

/// The same, in lines.
fn check_lines(text: &str, max: usize) -> Result<(), Rule> {
    check_but_for(text, max, &['\r', '\n', '\t'])
}

fn check_but_for(text: &str, max: usize, allowed: &[char]) -> Result<(), Rule> {
    if text.is_empty() {
        Err(Rule::Missing)
    } else if text.chars().count() > max {
        Err(Rule::TooLong)
    } else if text.chars().any(|character| character.is_control() && !allowed.contains(&character)) {
        Err(Rule::Malformed)
    } else {
        Ok(())
    }
}
