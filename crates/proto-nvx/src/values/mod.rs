//! The values that operations are made of. Requests carry validated ones, which hold their documented rule. Answers carry
//! what the peer said: an odd date, an unknown word or odd metadata is kept as it came. Numbers must be numbers, and flags
//! flags, or the answer is malformed.

pub mod bars;
mod byte_range;
mod callback;
mod country;
mod date;
mod email;
mod file_data;
mod file_type;
pub(crate) mod flag;
mod header;
pub mod list;
mod md5;
mod metadata;
mod metadata_item;
mod names;
mod non_empty;
mod notes;
mod number;
mod page;
mod path;
mod range;
mod said;
pub(crate) mod schema;
mod search_term;
mod seconds;
mod secrets;
mod side;
mod tags;
pub mod trimmed;
mod url;

pub use byte_range::ByteRange;
pub use callback::Callback;
pub use country::Country;
pub use date::{AnswerDate, Date};
pub use email::EmailAddress;
pub use file_data::FileData;
pub use file_type::FileType;
pub(crate) use file_type::or_any;
pub use header::HeaderText;
pub use md5::Md5;
pub use metadata::Metadata;
pub use metadata_item::{MetadataItem, MetadataType, MetadataValue};
pub use names::{Text, UserName};
pub use non_empty::NonEmpty;
pub use notes::Notes;
pub use number::{Count, Decimal};
pub use page::{PageNumber, PageSize, SortCode};
pub(crate) use path::without_dot;
pub use path::{FileName, FolderPath, Path};
pub use range::ContentRange;
pub use said::Said;
pub use search_term::SearchTerm;
pub use seconds::Seconds;
pub use secrets::{Password, Token};
pub use side::Side;
pub use tags::{Tag, Tags};
pub(crate) use url::or_nowhere;
pub use url::{CallbackUrl, ForwardingUrl, WebUrl};

use number::bounded_number;
pub(crate) use schema::looks_like;

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

/// An enumeration of documented texts. They are known in any case, and written as documented.
macro_rules! named_values {
    ($(#[$meta:meta])* pub enum $type:ident { $($(#[$of:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $type {
            $($(#[$of])* #[cfg_attr(feature = "schema", schemars(rename = $text))] $name,)*
        }

        impl $type {
            /// All of them.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            /// The documented text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }

        impl TryFrom<String> for $type {
            type Error = larder_core::Rule;

            fn try_from(text: String) -> Result<Self, larder_core::Rule> {
                let known = |value: &Self| value.as_str().eq_ignore_ascii_case(text.trim());
                let flaw = || if text.trim().is_empty() { larder_core::Rule::Missing } else { larder_core::Rule::Malformed };
                Self::ALL.into_iter().find(known).ok_or_else(flaw)
            }
        }

        $crate::values::text_value!($type);
    };
}
pub(crate) use named_values;

/// Whether a character can be written in XML and is no control character.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}')
}
