//! What values look like, as JSON Schema: limits are the constants that the types themselves go by.
//!
//! A text's limits are those of what counts: blanks around some texts do not, and a path is described as it is written, with
//! single slashes.

/// `JsonSchema` of a value, given in `json!`'s notation. Only with the feature `schema`.
macro_rules! looks_like {
    ($type:ident $(<const $max:ident: $of:ty>)?, { $($schema:tt)* }) => {
        #[cfg(feature = "schema")]
        impl $(<const $max: $of>)? schemars::JsonSchema for $type $(<$max>)? {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ $($schema)* })
            }
        }
    };
}
pub(crate) use looks_like;

/// The characters that no text of a caller may have, as a class of a regular expression has them.
#[cfg(feature = "schema")]
const UNPRINTABLE: &str = r"\u0000-\u001f\u007f-\u009f\ufffe\uffff";

/// The pattern of a text on one line without these characters.
#[cfg(feature = "schema")]
pub(crate) fn without(characters: &[char]) -> String {
    pattern(characters, UNPRINTABLE)
}

/// The pattern of a text without these characters, which may have tabs and line ends.
#[cfg(feature = "schema")]
pub(crate) fn lines_without(characters: &[char]) -> String {
    pattern(characters, r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff")
}

#[cfg(feature = "schema")]
fn pattern(characters: &[char], unprintable: &str) -> String {
    let escaped = |c: &char| if matches!(c, '\\' | ']' | '^' | '-') { format!("\\{c}") } else { c.to_string() };
    let characters: String = characters.iter().map(escaped).collect();
    format!("^[^{characters}{unprintable}]*$")
}

/// How many characters of base64 so many bytes are.
#[cfg(feature = "schema")]
pub(crate) const fn base64_length(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// One or more of them.
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for super::NonEmpty<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("NonEmpty_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "array", "items": generator.subschema_for::<T>(), "minItems": 1 })
    }
}

/// A text: what a value is documented to look like is no more than an example.
#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for super::Said<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Said_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut said = schemars::json_schema!({ "type": "string" });
        let documented = T::json_schema(generator);
        let words = documented.get("oneOf").and_then(serde_json::Value::as_array).into_iter().flatten();
        let words: Vec<_> = words.filter_map(|word| word.get("const").cloned()).collect();
        if !words.is_empty() {
            said.insert("examples".to_owned(), words.into());
        }
        if let Some(format) = documented.get("format") {
            said.insert("format".to_owned(), format.clone());
        }
        said
    }
}
