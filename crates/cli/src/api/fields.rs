//! Parameters and members of answers, from their schemas.

use serde::Serialize;
use serde_json::{Map, Value, json};

type Definitions = Map<String, Value>;

/// A parameter, or a member of an answer.
#[derive(Serialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) required: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) limits: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pattern: Option<String>,
    pub(super) description: String,
    /// A type with a name of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<Named>,
    /// Of a record, or of the records in a list.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) members: Vec<Field>,
}

impl Field {
    /// Without what stands for it when it is absent.
    pub(super) fn forget_defaults(&mut self) {
        self.default = None;
        self.members.iter_mut().for_each(Self::forget_defaults);
    }
}

/// A type that several fields share.
#[derive(Serialize, Clone, PartialEq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) description: String,
}

/// What values there may be.
#[derive(Default)]
struct Values {
    kind: String,
    limits: Vec<String>,
    pattern: Option<String>,
    of: Option<Named>,
    members: Vec<Field>,
}

/// The members of an object; of anything else, itself, without a name.
pub(super) fn fields(schema: &Value, definitions: &Definitions) -> Vec<Field> {
    if schema["type"] == "object" {
        return members(schema, definitions);
    }
    vec![field("", schema, true, definitions)]
}

fn members(schema: &Value, definitions: &Definitions) -> Vec<Field> {
    let is_required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, schema)| field(name, schema, is_required(name), definitions)).collect()
}

fn field(name: &str, schema: &Value, required: bool, definitions: &Definitions) -> Field {
    let Values { kind, limits, pattern, of, members } = values(schema, definitions);
    let default = schema.get("default").cloned();
    Field { name: name.to_owned(), kind, required, limits, default, pattern, description: description(schema), of, members }
}

fn description(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().replace("\n\n", " ")
}

fn values(schema: &Value, definitions: &Definitions) -> Values {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let definition = &definitions[name];
        let of = Some(Named { name: name.to_owned(), description: description(definition) });
        return Values { of, ..values(definition, definitions) };
    }
    if let Some((kind, words)) = words(schema) {
        return Values { kind: kind.to_owned(), limits: words, ..Values::default() };
    }
    if let Some(choices) = schema["anyOf"].as_array().filter(|_| schema.get("type").is_none()) {
        return any(choices, definitions);
    }
    let mut limits = limits(schema);
    let pattern = schema["pattern"].as_str().map(str::to_owned);
    match type_of(schema) {
        "array" => {
            let item = values(&schema["items"], definitions);
            limits.extend(item.limits);
            Values { kind: format!("list of {}", item.kind), limits, ..item }
        }
        "object" => Values { kind: "record".to_owned(), members: members(schema, definitions), ..Values::default() },
        other => Values { kind: name_of(other, schema).to_owned(), limits, pattern, ..Values::default() },
    }
}

/// The only choice but null, or all of them.
fn any(choices: &[Value], definitions: &Definitions) -> Values {
    let mut all: Vec<Values> =
        choices.iter().filter(|choice| choice["type"] != "null").map(|choice| values(choice, definitions)).collect();
    if all.len() == 1 {
        return all.remove(0);
    }
    let kinds: Vec<&str> = all.iter().map(|values| values.kind.as_str()).collect();
    let kind = kinds.join(" or ");
    let mut first = all.into_iter().find(|values| !values.members.is_empty()).unwrap_or_default();
    first.kind = kind;
    first
}

/// The words or numbers of a set, and whether there may be others.
fn words(schema: &Value) -> Option<(&'static str, Vec<String>)> {
    let list = |key: &str| schema[key].as_array().filter(|all| all.iter().any(|one| one.get("const").is_some()));
    let open = schema["anyOf"].as_array().filter(|all| all.contains(&json!({ "type": "string" })));
    let consts = |all: &[Value]| all.iter().filter_map(|one| one.get("const").cloned()).collect::<Vec<_>>();
    let (all, begins) = match (schema["enum"].as_array(), list("oneOf"), open) {
        (Some(all), ..) => (all.clone(), "one of"),
        (_, Some(all), _) => (consts(all), "one of"),
        (.., Some(all)) => (all.iter().find_map(|one| one["enum"].as_array())?.clone(), "usually one of"),
        _ => return None,
    };
    // That it may be absent is said of the field.
    let all: Vec<Value> = all.into_iter().filter(|word| !word.is_null()).collect();
    let kind = if all.iter().all(Value::is_number) { "number" } else { "word" };
    let all: Vec<String> = all.iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect();
    Some((kind, vec![format!("{begins}: {}", all.join(", "))]))
}

fn type_of(schema: &Value) -> &str {
    let all = schema["type"].as_array().map_or(core::slice::from_ref(&schema["type"]), Vec::as_slice);
    all.iter().filter_map(Value::as_str).find(|name| *name != "null").unwrap_or_default()
}

fn name_of<'a>(kind: &'a str, schema: &Value) -> &'a str {
    let formats: Vec<&str> = match schema["anyOf"].as_array() {
        Some(all) => all.iter().filter_map(|one| one["format"].as_str()).collect(),
        None => schema["format"].as_str().into_iter().collect(),
    };
    let is_base64 = schema["contentEncoding"] == "base64" || formats == ["byte"];
    match (kind, &*formats) {
        ("string", ["date", ..]) => "date",
        ("string", ["date-time" | "http-date"]) => "date and time",
        ("string", ["ip"]) => "IP address",
        ("string", ["password"]) if is_base64 => "secret in base64",
        ("string", ["password"]) => "secret text",
        ("string", _) if is_base64 => "base64",
        ("string", _) => "text",
        ("integer", _) => "whole number",
        ("boolean", _) => "true or false",
        ("", _) => "any JSON",
        (other, _) => other,
    }
}

/// The limits in words; a schema may have its own.
fn limits(schema: &Value) -> Vec<String> {
    if let Some(limits) = schema["$comment"].as_str() {
        return vec![limits.replacen("At ", "at ", 1)];
    }
    let between = |least: &str, most: &str, unit: &str| {
        let number = |key: &str| schema.get(key).filter(|number| number.is_number());
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        match (number(least), number(most)) {
            (Some(least), Some(most)) if least == most => Some(format!("{least}{unit}")),
            (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
            (Some(least), None) => Some(format!("{least} or more{unit}")),
            (None, Some(most)) => Some(format!("at most {most}{unit}")),
            (None, None) => None,
        }
    };
    let all = [("minLength", "maxLength", "characters"), ("minItems", "maxItems", "entries"), ("minimum", "maximum", "")];
    all.into_iter().filter_map(|(least, most, unit)| between(least, most, unit)).collect()
}
