//! What others say of the document: whether it is one, and which messages keep to it.

use std::io::Write;
use std::process::Stdio;

use larder_proto_e2::E2;
use larder_proto_e2::describe::openapi;
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::{foreign, wire};
use serde_json::{Value, json};

use crate::examples::{is_written, operation};

/// Wrong in a way that no schema can say: ledger E43.
const BETWEEN_PARAMETERS: &str = "extra/e2/usage_stats/days-reversed";

/// A message's body, a schema in the document, and whether the one keeps to the other.
fn case(fixture: &Fixture, schema: String, body: &Value, keeps: bool) -> Value {
    json!({ "id": fixture.id, "schema": format!("#/components/schemas/{schema}"), "body": body, "keeps": keeps })
}

/// Requests that our server reads keep to their schemas, and those that it refuses do not.
fn request(fixture: &Fixture) -> Option<Value> {
    let message = fixture.request().unwrap();
    let body = serde_json::from_slice(message.body()).ok()?;
    let fault = wire::understand::<E2>(message).unwrap().fault;
    let is_right = fault.is_none_or(|fault| fault.status == 401) || fixture.id == BETWEEN_PARAMETERS;
    Some(case(fixture, format!("{:?}", operation(fixture)?), &body, is_right))
}

fn answer(fixture: &Fixture) -> Option<Value> {
    let message = fixture.response().unwrap();
    let body = serde_json::from_slice(message.body()).ok()?;
    match operation(fixture).filter(|_| message.status().is_success()) {
        Some(name) => Some(case(fixture, format!("{name:?}Answer"), &body, is_written(name, &body))),
        None => Some(case(fixture, "Fault".to_owned(), &body, true)),
    }
}

#[test]
fn the_document_is_the_one_that_is_kept() {
    crate::hold().unwrap();
}

/// Words whose type is not said beside them, which generators of clients do not take.
fn untyped(schema: &Value, place: &str, found: &mut Vec<String>) {
    let is_set = schema.get("const").is_some() || schema.get("enum").is_some();
    if is_set && schema.get("type").is_none() {
        found.push(place.to_owned());
    }
    let members = schema.as_object().into_iter().flatten().filter(|(key, _)| *key != "examples");
    members.for_each(|(key, member)| untyped(member, &format!("{place}/{key}"), found));
    let entries = schema.as_array().into_iter().flatten().enumerate();
    entries.for_each(|(index, entry)| untyped(entry, &format!("{place}/{index}"), found));
}

#[test]
fn sets_of_words_say_their_type() {
    let mut found = Vec::new();
    untyped(&openapi(&[]), "#", &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

/// Ledger E56.
#[test]
fn every_operation_may_be_refused_as_busy() {
    let document = openapi(&[]);
    let operations = document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let busy: Vec<_> = operations.map(|operation| &operation["responses"]["503"]["$ref"]).collect();
    assert_eq!(busy, vec!["#/components/responses/Busy"; 17]);
    let Value::Array(faults) = &document["components"]["responses"]["Busy"]["x-larder-faults"] else { panic!("{document:#}") };
    let [fault] = &**faults else { panic!("{faults:?}") };
    assert_eq!([&fault["type"], &fault["code"], &fault["class"]], ["api_error", "busy", "transient"]);
}

#[test]
fn the_document_is_valid_and_messages_keep_to_it() {
    let Some(mut python) = foreign::python(&["openapi_spec_validator", "jsonschema", "rfc3339_validator"]) else { return };
    let requests = fixtures::of("e2", Direction::Request);
    let answers = fixtures::of("e2", Direction::Response);
    let cases: Vec<_> = requests.iter().filter_map(request).chain(answers.iter().filter_map(answer)).collect();
    let wrong = cases.iter().filter(|case| case["keeps"] == false).count();
    assert!(cases.len() > 100 && wrong > 8, "{} messages, {wrong} of them wrong", cases.len());
    let document: Value = serde_json::from_str(&crate::text().unwrap()).unwrap();
    let input = json!({ "document": document, "cases": cases }).to_string();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/judge.py");
    let mut judge = python.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    judge.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    println!("{said}");
}
