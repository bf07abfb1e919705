//! The values that operations are made of. Requests carry validated ones, which hold their documented rule; answers carry
//! lenient ones, so that one odd value never loses a listing.

pub mod bars;
mod byte_range;
mod callback;
mod date;
mod file_data;
pub mod list;
mod md5;
mod metadata;
mod names;
mod non_empty;
mod number;
mod page;
mod path;
mod range;
mod side;
mod tags;
mod url;

pub use byte_range::ByteRange;
pub use callback::Callback;
pub use date::{AnswerDate, Date};
pub use file_data::FileData;
pub use md5::Md5;
pub use metadata::Metadata;
pub use names::{Password, Text, UserName};
pub use non_empty::NonEmpty;
pub use number::{Count, Decimal};
pub use page::{PageNumber, PageSize, SortCode};
pub use path::{FileName, FolderPath, Path};
pub use range::ContentRange;
pub use side::Side;
pub use tags::Tags;
pub use url::CallbackUrl;

pub(crate) use url::is_web_url;

use number::bounded_number;

/// What every validated text has in common, given `TryFrom<String, Error = Rule>` and `as_str`: parsing, printing, serde.
macro_rules! text_value {
    ($type:ident $(<const $max:ident: $of:ty>)?) => {
        impl $(<const $max: $of>)? core::str::FromStr for $type $(<$max>)? {
            type Err = larder_core::Rule;

            fn from_str(text: &str) -> Result<Self, larder_core::Rule> {
                Self::try_from(text.to_owned())
            }
        }

        impl $(<const $max: $of>)? core::fmt::Display for $type $(<$max>)? {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str().as_ref())
            }
        }

        impl $(<const $max: $of>)? serde::Serialize for $type $(<$max>)? {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str().as_ref())
            }
        }

        impl<'de $(, const $max: $of)?> serde::Deserialize<'de> for $type $(<$max>)? {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::try_from(text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use text_value;

/// Whether a character can be written in XML and is no control character.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}
