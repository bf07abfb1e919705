//! What the types say of themselves, and what is made of it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests, which have no one to hand an error to")]

mod envelopes;
mod limits;
mod schemas;
mod wsdl;
mod xsd;

use larder_core::operation::Names;
use larder_core::schema::Schemas;
use larder_proto_nvx::Name;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::call::{Call, calls};

/// A call of every operation.
fn one_of_each() -> Vec<Call> {
    let all = calls();
    Name::ALL.iter().map(|name| all.iter().find(|call| call.name == *name).unwrap().clone()).collect()
}

/// The schema of an operation's request, with the definitions that it refers to.
fn request(name: Name) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    let schema = name.request(&mut generator);
    with(schema.to_value(), generator.take_definitions(true))
}

/// The schema of its answer.
fn answer(name: Name) -> Value {
    let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = name.answer(&mut generator);
    with(schema.to_value(), generator.take_definitions(true))
}

fn with(mut schema: Value, definitions: Map<String, Value>) -> Value {
    schema["$defs"] = definitions.into();
    schema
}

/// The properties of a schema: of a list that of its items, of what may be absent that of what is there.
fn properties(schema: &Value) -> Vec<(&str, &Value)> {
    schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, property)| (name.as_str(), resolve(schema, property)))
        .collect()
}

fn resolve<'s>(schema: &'s Value, property: &'s Value) -> &'s Value {
    let inner = property["anyOf"].as_array().and_then(|all| all.first());
    let inner = inner.or_else(|| property.get("items"));
    if let Some(name) = property["$ref"].as_str() {
        return &schema["$defs"][name.rsplit('/').next().unwrap()];
    }
    inner.map_or(property, |inner| resolve(schema, inner))
}
