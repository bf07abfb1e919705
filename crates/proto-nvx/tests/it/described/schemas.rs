//! Schemas agree with the messages of the fixtures: all that a request or an answer has is in its schema, and what must be
//! there must. Python's jsonschema is the judge.

use std::io::Write;
use std::process::{Command, Stdio};

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Auth, Kind, Operation};
use larder_proto_nvx::Name;
use larder_proto_nvx::codec::json;
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::foreign;
use serde_json::{Map, Value, json};

use super::{answer, properties, request};
use crate::call::{Call, calls};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/described/agree.py");

/// What a script says of these.
pub(super) fn judge(mut python: Command, script: &str, cases: &[Value]) -> String {
    let mut judge = python.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    judge.stdin.take().unwrap().write_all(&serde_json::to_vec(cases).unwrap()).unwrap();
    let judged = judge.wait_with_output().unwrap();
    assert!(judged.status.success(), "{script} fails");
    String::from_utf8(judged.stdout).unwrap()
}

/// A value of a form as what it means.
fn typed(property: &Value, text: &str) -> Value {
    let is = |wanted: &str| property["type"] == wanted || property["type"][0] == wanted;
    if is("boolean") {
        json!(text == "true")
    } else if is("integer") || is("number") {
        serde_json::from_str(text).unwrap()
    } else {
        json!(text)
    }
}

/// The parameters of a call, without the session's token.
fn instance(call: &Call, schema: &Value) -> Map<String, Value> {
    let properties = properties(schema);
    let mut instance = Map::new();
    let token = (call.name.meta().auth != Auth::Own).then(|| call.name.meta().token_name.unwrap_or("sessionToken"));
    for (name, text) in call.pairs.iter().filter(|(name, _)| Some(name.as_str()) != token) {
        let property = properties.iter().find(|(known, _)| known == name).map_or(&Value::Null, |(_, property)| property);
        let value = typed(property, text);
        let is_list = schema["properties"][name]["type"] == "array";
        match instance.get_mut(name) {
            Some(Value::Array(list)) => list.push(value),
            _ if is_list => _ = instance.insert(name.clone(), json!([value])),
            _ => _ = instance.insert(name.clone(), value),
        }
    }
    instance
}

fn case(name: &str, schema: &Value, value: &Map<String, Value>, valid: bool) -> Value {
    json!({ "name": name, "schema": schema, "value": value, "valid": valid })
}

#[test]
fn requests_of_the_fixtures_are_as_their_schema_says() {
    let mut cases = Vec::new();
    for call in calls() {
        let mut schema = request(call.name);
        schema["additionalProperties"] = json!(false);
        let (name, value) = (call.name.meta().to_string(), instance(&call, &schema));
        cases.push(case(&name, &schema, &value, true));
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let mut less = value.clone();
            less.remove(required);
            cases.push(case(&format!("{name} without {required}"), &schema, &less, false));
            if call.name.meta().kind == Kind::Unary {
                assert!(call.without(required).refusal().is_some(), "{name} without {required}");
            }
        }
        for optional in properties(&schema).into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('$')) {
            let is_required = schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == optional));
            let less = call.without(optional);
            // Some are required by what others are, which no schema says.
            let refused = less.refusal().filter(|_| !is_required && less.pairs.len() < call.pairs.len());
            let depends = ["width", "height", "scaleWidth", "scaleHeight", "fileData"].contains(&optional);
            assert!(refused.is_none() || depends, "{name} without {optional}: {refused:?}");
        }
        let mut more = value.clone();
        more.insert("noSuchParameter".to_owned(), json!(1));
        cases.push(case(&format!("{name} with another"), &schema, &more, false));
    }
    assert!(cases.len() > 200, "{}", cases.len());
    let Some(python) = foreign::python(&["jsonschema"]) else { return };
    assert_eq!(judge(python, SCRIPT, &cases), "");
}

/// What our server writes as JSON for an answer; none for a failure.
struct Written<'a>(&'a Fixture);

impl Visit for Written<'_> {
    type Output = Option<Map<String, Value>>;

    fn visit<O: Operation>(self) -> Self::Output {
        let (head, body) = self.0.response().unwrap().into_parts();
        let answer = O::Api::decode::<O>(&head, &body).ok()?;
        let mut written: Map<String, Value> = serde_json::from_str(&json::answer(0, None, &answer).unwrap()).unwrap();
        assert_eq!(written.remove("ResponseCode"), Some(json!(0)));
        Some(written)
    }
}

#[test]
fn answers_are_as_their_schema_says() {
    let mut cases = Vec::new();
    for name in Name::ALL.iter().filter(|name| name.meta().kind != Kind::Download) {
        let mut schema = answer(*name);
        schema["additionalProperties"] = json!(false);
        let wanted = format!("nvx:{}", name.meta());
        for row in fixtures::of("nvx", Direction::Response).into_iter().filter(|row| row.operation == wanted) {
            let Some(value) = name.visit(Written(&row)) else { continue };
            cases.push(case(&row.id, &schema, &value, true));
            let mut more = value.clone();
            more.insert("NoSuchElement".to_owned(), json!(1));
            cases.push(case(&format!("{} with another", row.id), &schema, &more, false));
            for required in value.keys() {
                let mut less = value.clone();
                less.remove(required);
                cases.push(case(&format!("{} without {required}", row.id), &schema, &less, false));
            }
        }
    }
    assert!(cases.len() > 100, "{}", cases.len());
    let Some(python) = foreign::python(&["jsonschema"]) else { return };
    assert_eq!(judge(python, SCRIPT, &cases), "");
}
