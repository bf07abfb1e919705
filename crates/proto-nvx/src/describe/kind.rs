//! What descriptions need of a JSON Schema.

use core::fmt;

use larder_core::schema::plain;
use serde_json::{Map, Value};

/// A parameter of a request, or a member of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// What it is, and its limits, in words.
    pub text: String,
    /// What values it has.
    pub kind: Kind,
    /// Whether it must be there.
    pub is_required: bool,
}

/// What values a parameter or a member has.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Text.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole {
        /// The least one.
        least: i128,
        /// The greatest one.
        most: i128,
    },
    /// A number that may have a fraction.
    Fraction,
    /// Bytes, in base64.
    Bytes,
    /// A second.
    Date,
    /// One of these words.
    Words {
        /// What the set is called.
        name: String,
        /// All of them.
        words: Vec<String>,
    },
    /// A record.
    Record {
        /// What its type is called.
        name: String,
        /// What it has.
        members: Vec<Parameter>,
    },
    /// Any number of these.
    List(Box<Self>),
    /// Elements that JSON has as text. Names with `@` are attributes, `$text` is an element's own text.
    Markup(Vec<Parameter>),
}

/// A word or two for people.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text | Self::Markup(_) => f.write_str("text"),
            Self::Flag => f.write_str("true or false"),
            Self::Whole { .. } => f.write_str("whole number"),
            Self::Fraction => f.write_str("number"),
            Self::Bytes => f.write_str("base64"),
            Self::Date => f.write_str("date and time"),
            Self::Words { .. } => f.write_str("word"),
            Self::Record { members, .. } => {
                let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
                write!(f, "{}", names.join(" and "))
            }
            Self::List(item) => write!(f, "list of {item}"),
        }
    }
}

/// Definitions that a schema refers to.
pub(super) type Definitions = Map<String, Value>;

/// The members of an object.
pub(super) fn members(schema: &Value, definitions: &Definitions) -> Vec<Parameter> {
    let is_required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, schema)| member(name, schema, is_required(name), definitions)).collect()
}

fn member(name: &str, schema: &Value, is_required: bool, definitions: &Definitions) -> Parameter {
    let kind = kind(name, schema, definitions);
    let limits =
        if let Kind::Words { words, .. } = &kind { Some(format!("One of: {}", words.join(", "))) } else { limits(schema) };
    let text = description(schema);
    let text = limits.map(|limits| format!("{text} {limits}.")).unwrap_or(text);
    Parameter { name: name.to_owned(), text, kind, is_required: is_required && !is_nullable(schema) }
}

/// What a schema's documentation says, without any markup.
pub(super) fn description(schema: &Value) -> String {
    plain(schema["description"].as_str().unwrap_or_default()).replace('`', "")
}

/// The limits of a value in words; its type may have better ones.
fn limits(schema: &Value) -> Option<String> {
    if let Some(limits) = schema["$comment"].as_str() {
        return Some(limits.to_owned());
    }
    let of = |least: &str, most: &str| (schema[least].as_i64(), schema[most].as_i64());
    // Bounds that are those of the machine's numbers bound nothing.
    let most = |most: i64| most < i64::from(i32::MAX);
    match of("minLength", "maxLength") {
        (Some(least), Some(all)) if least == all => return Some(format!("{least} characters")),
        (Some(least), Some(all)) if most(all) => return Some(format!("{least} to {all} characters")),
        (None, Some(1)) => return Some("At most 1 character".to_owned()),
        (None, Some(all)) if most(all) => return Some(format!("At most {all} characters")),
        _ => {}
    }
    match of("minimum", "maximum") {
        (Some(least), Some(all)) if most(all) => Some(format!("{least} to {all}")),
        (Some(least), _) if least != 0 => Some(format!("At least {least}")),
        _ => schema["minimum"].as_f64().filter(|least| *least > 0.0).map(|least| format!("At least {least}")),
    }
}

/// Whether an answer may have nothing in its place.
fn is_nullable(schema: &Value) -> bool {
    let is_null = |of: &Value| of == "null" || of["type"] == "null";
    let any = |key: &str| schema[key].as_array().is_some_and(|all| all.iter().any(is_null));
    any("type") || any("anyOf")
}

fn kind(name: &str, schema: &Value, definitions: &Definitions) -> Kind {
    if let Some(one) = schema["anyOf"].as_array().and_then(|all| all.iter().find(|one| one["type"] != "null")) {
        return kind(name, one, definitions);
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return kind(name, &definitions[name], definitions);
    }
    if schema["contentSchema"].is_object() {
        return Kind::Markup(members(&schema["contentSchema"], definitions));
    }
    let words: Vec<String> = words(schema);
    if !words.is_empty() {
        return Kind::Words { name: name.to_owned(), words };
    }
    let is = |wanted: &str| {
        schema["type"] == wanted || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == wanted))
    };
    match schema["format"].as_str() {
        Some("byte") => return Kind::Bytes,
        Some("http-date") => return Kind::Date,
        _ => {}
    }
    if is("boolean") {
        Kind::Flag
    } else if is("integer") {
        whole(schema)
    } else if is("number") {
        Kind::Fraction
    } else if is("array") {
        Kind::List(Box::new(kind(name, &schema["items"], definitions)))
    } else if is("object") {
        Kind::Record { name: name.to_owned(), members: members(schema, definitions) }
    } else {
        Kind::Text
    }
}

/// The words of an enumeration of texts.
fn words(schema: &Value) -> Vec<String> {
    let consts = schema["oneOf"].as_array().into_iter().flatten().map(|one| &one["const"]);
    let all = schema["enum"].as_array().into_iter().flatten();
    consts.chain(all).filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

fn whole(schema: &Value) -> Kind {
    let number = |value: &Value| value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from));
    let numbers = || schema["enum"].as_array().into_iter().flatten().filter_map(number);
    let least = number(&schema["minimum"]).or_else(|| numbers().min()).unwrap_or(i64::MIN.into());
    let most = number(&schema["maximum"]).or_else(|| numbers().max());
    let of_format = if schema["format"] == "uint64" { u64::MAX.into() } else { i64::MAX.into() };
    let of_format = if schema["format"] == "uint32" { u32::MAX.into() } else { of_format };
    Kind::Whole { least, most: most.unwrap_or(of_format) }
}
