//! Closed lists that may grow.

/// A text of a closed list that may grow: unknown members keep their text.
macro_rules! open_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[doc = $member_doc:literal])* $member:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        #[cfg_attr(
            feature = "schema",
            derive(::schemars::JsonSchema),
            schemars(
                with = "::serde_json::Value",
                extend("anyOf" = [
                    { "type": "string", "enum": [$($text),*], "description": concat!($("* `", $text, "`:", $($member_doc, "\n",)*)*) },
                    { "type": "string" }
                ])
            )
        )]
        #[non_exhaustive]
        pub enum $name {
            $($(#[doc = $member_doc])* $member,)*
            /// Any other, as it was said.
            Other(String),
        }

        impl $name {
            /// As it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$member => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        /// Nothing was said.
        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl $crate::lenient::FromText for $name {
            fn from_text(text: &str) -> Self {
                Self::from(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$member,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.as_str().to_owned()
            }
        }
    };
}

pub(crate) use open_enum;
