//! The printed structures: their fields are those of the types, so that a typo in a name fails.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::Request;
use larder_core::operation::{Names, Visit};
use larder_core::wire::ReplyBody;
use larder_core::{Api, Operation, Secret};
use larder_proto_e2::{E2, Fault, Json, Name, PREFIX};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::wire;
use serde_json::{Map, Value, json};

/// Something that is valid for a field of this type and name.
fn sample(kind: &str, name: &str) -> Value {
    match (kind, name) {
        ("int" | "double", _) => json!(1),
        ("bool", _) => json!(true),
        ("array", _) => json!(["photos"]),
        ("List", _) => json!([]),
        (_, "password") => json!("dGVzdDEyMw=="),
        (_, "date" | "date_from" | "date_to") => json!("2022-08-01"),
        _ => json!("text"),
    }
}

/// `string email;` and the like, as an object with samples.
fn object(schema: &str) -> Map<String, Value> {
    let fields = schema.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let kind = words.next().filter(|kind| ["string", "int", "double", "bool", "array", "List"].contains(kind))?;
        let name = words.next()?.trim_end_matches([';', '[', ']']);
        Some((name.to_owned(), sample(kind, name)))
    });
    fields.collect()
}

fn keys(object: &Map<String, Value>) -> BTreeSet<&String> {
    object.keys().collect()
}

/// The printed structures of one sort, with their operations.
fn schemas(sort: &str) -> Vec<(String, Name, Map<String, Value>)> {
    let printed = fixtures::of("e2", Direction::Other).into_iter().filter(|row| row.id.contains(sort));
    let schemas = printed.map(|row| {
        let name = Name::ALL.iter().find(|name| row.operation == format!("e2:{}", name.meta().name)).unwrap();
        (row.id, *name, object(core::str::from_utf8(&row.content).unwrap()))
    });
    schemas.collect()
}

#[test]
fn requests_have_the_printed_fields() {
    let schemas = schemas("/request-schema-");
    assert_eq!(schemas.len(), 15);
    for (id, name, schema) in schemas {
        let uri = format!("{PREFIX}{}", name.meta().name);
        let body = Bytes::from(serde_json::to_vec(&schema).unwrap());
        let request = Request::builder().method(name.meta().verb).uri(uri).header("token", "key").body(body).unwrap();
        let seen = wire::understand::<E2>(request).unwrap();
        let request = seen.request.unwrap_or_else(|| panic!("{id}: {:?}", seen.fault));
        let sent = wire::encode::<E2>(&request, Some(&Secret::new("key")), &Bytes::new()).unwrap();
        let sent: Map<String, Value> = serde_json::from_slice(sent.body()).unwrap();
        assert_eq!(keys(&sent), keys(&schema), "{id}");
    }
}

/// An answer, read and written again.
struct Again(Value);

impl Visit for Again {
    type Output = Value;

    fn visit<O: Operation>(self) -> Value {
        let head = http::Response::new(()).into_parts().0;
        let answer = O::Api::decode::<O>(&head, &serde_json::to_vec(&self.0).unwrap()).unwrap();
        serde_json::to_value(&answer).unwrap()
    }
}

#[test]
fn answers_have_the_printed_fields() {
    let schemas = schemas("/success-schema-");
    assert_eq!(schemas.len(), 4);
    for (id, name, schema) in schemas {
        let (answer, place) = match id.as_str() {
            "e2/users/success-schema-1" => (Value::from(schema.clone()), ""),
            "e2/users/success-schema-2" => (json!({ "id": "1", "users": [schema] }), "/users/0"),
            "e2/regions/success-schema-1" => (json!({ "regions": [schema] }), "/regions/0"),
            _ => (json!([schema]), "/0"),
        };
        let written = name.visit(Again(answer));
        let members = written.pointer(place).and_then(Value::as_object).unwrap();
        assert_eq!(keys(members), keys(&schema), "{id}");
    }
}

/// Ledger E35: the first common error is a structure.
#[test]
fn errors_have_the_printed_fields() {
    let printed = fixtures::of("e2", Direction::Other).into_iter().filter(|row| row.id.contains("/error-response-"));
    let [error] = &*printed.collect::<Vec<_>>() else { panic!("one structure of an error is printed") };
    assert_eq!((&*error.id, &*error.operation), ("e2/common/error-response-1", "e2:*"));
    let text = core::str::from_utf8(&error.content).unwrap();
    assert!(text.contains("error : {"));
    let ReplyBody::Whole(body) = E2::refuse(&Fault::failed(), None, &Json).body else { panic!("a fault is no file") };
    let written: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(written.as_object().map(Map::len), Some(1));
    assert_eq!(keys(written["error"].as_object().unwrap()), keys(&object(text)));
}
