//! The schemas of an API's operations, with the definitions that they share.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value};

use super::{PlainTexts, Schemas};

/// What one operation takes and answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// Its parameters.
    pub request: Schema,
    /// Its answer. What is required is what every server says, not only ours.
    pub answer: Schema,
}

/// Makes the schemas of operations, with texts that are [`plain`](super::plain), and collects the definitions that they refer
/// to.
#[derive(Debug)]
pub struct Shapes(SchemaGenerator);

impl Shapes {
    /// With references to definitions below `path`, such as `/components/schemas`.
    #[must_use]
    pub fn new(path: &'static str) -> Self {
        Self(SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = path.into()).into_generator())
    }

    /// The schemas of one operation.
    pub fn of(&mut self, name: impl Schemas) -> Shape {
        Shape { request: tidy(name.request(&mut self.0)), answer: tidy(name.answer(&mut self.0)) }
    }

    /// A reference to the schema of any other type.
    pub fn reference<T: JsonSchema>(&mut self) -> Schema {
        self.0.subschema_for::<T>()
    }

    /// The definitions by name.
    #[must_use]
    pub fn definitions(mut self) -> Map<String, Value> {
        let definitions = self.0.take_definitions(false).into_iter();
        let tidied = definitions.map(|(name, schema)| match Schema::try_from(schema.clone()) {
            Ok(schema) => (name, tidy(schema).to_value()),
            Err(_) => (name, schema),
        });
        tidied.collect()
    }
}

/// Plain texts, and no default that says nothing.
fn tidy(mut schema: Schema) -> Schema {
    PlainTexts.transform(&mut schema);
    RecursiveTransform(|schema: &mut Schema| {
        if schema.get("default").is_some_and(|default| default.is_null() || default == "") {
            schema.remove("default");
        }
    })
    .transform(&mut schema);
    schema
}
