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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operation::{Decode, Inspect, Names, Requests, Visit};
    use crate::{Meta, Reject, Rule, Verb};

    /// The only operation of an API that nobody serves.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    struct Only;

    #[derive(Debug)]
    enum Never {}

    impl Requests for Never {
        fn inspect<I: Inspect>(&self, _: I) -> I::Output {
            match *self {}
        }
    }

    impl Names for Only {
        type Request = Never;

        const ALL: &'static [Self] = &[Self];

        fn meta(self) -> &'static Meta {
            const { &Meta::unary("a", "b", Verb::Get) }
        }

        fn decode<D: Decode>(self, _: D) -> Result<Never, Reject> {
            Err(Reject::new("", Rule::Malformed))
        }

        fn visit<V: Visit>(self, _: V) -> V::Output {
            unreachable!("it is known by its schemas")
        }
    }

    /// Of [`Only`].
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Named {
        text: String,
    }

    impl Schemas for Only {
        fn request(self, generator: &mut SchemaGenerator) -> Schema {
            schemars::json_schema!({
                "description": "Of [`a::B`].",
                "properties": {
                    "nothing": { "default": null, "$ref": generator.subschema_for::<Named>().get("$ref") },
                    "empty": { "default": "" },
                    "zero": { "default": 0 },
                },
            })
        }

        fn answer(self, _: &mut SchemaGenerator) -> Schema {
            schemars::json_schema!({ "description": "An answer\nof two lines." })
        }
    }

    #[test]
    fn texts_are_plain_and_a_default_that_says_nothing_is_left_out() {
        let mut shapes = Shapes::new("/places");
        let shape = shapes.of(Only);
        let properties = json!({ "nothing": { "$ref": "#/places/Named" }, "empty": {}, "zero": { "default": 0 } });
        assert_eq!(shape.request.to_value(), json!({ "description": "Of `a.B`.", "properties": properties }));
        assert_eq!(shape.answer.to_value(), json!({ "description": "An answer of two lines." }));
    }

    #[test]
    fn what_is_referred_to_is_defined_once() {
        let mut shapes = Shapes::new("/places");
        let _ = shapes.of(Only);
        assert_eq!(shapes.reference::<Named>().to_value(), json!({ "$ref": "#/places/Named" }));
        let definitions = shapes.definitions();
        let named = definitions.get("Named").unwrap();
        assert_eq!((definitions.len(), named.get("description")), (1, Some(&json!("Of `Only`."))));
    }
}
