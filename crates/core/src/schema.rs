//! What operations look like, as JSON Schema (2020-12): what descriptions for machines and people are made of.
//!
//! Only with the feature `schema`. The texts are the types' own documentation.

mod plain;
mod shapes;

use std::borrow::Cow;

pub use plain::{PlainTexts, plain, summary};
pub use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
pub use shapes::{Shape, Shapes};

use crate::Secret;
use crate::operation::{Names, Operation};

/// The schemas of all operations of an API: what [`catalog!`](crate::catalog) makes of its rows.
pub trait Schemas: Names {
    /// An object whose properties are the parameters, under their names on the wire. A property whose name begins with `$`
    /// is none: see the API's codec.
    fn request(self, generator: &mut SchemaGenerator) -> Schema;

    /// What it answers.
    fn answer(self, generator: &mut SchemaGenerator) -> Schema;
}

/// The schema of an operation's answer, not a reference to it.
pub fn of_answer<O: Operation<Answer: JsonSchema>>(generator: &mut SchemaGenerator) -> Schema {
    <O::Answer as JsonSchema>::json_schema(generator)
}

/// Never shown again once it is written: `format` says `password`.
impl JsonSchema for Secret {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_a_password_wherever_it_stands() {
        let mut generator = SchemaGenerator::default();
        let password = json_schema!({ "type": "string", "format": "password" });
        assert_eq!(generator.subschema_for::<Secret>(), password);
        assert!(Secret::inline_schema() && generator.definitions().is_empty());
        assert_eq!(Secret::schema_name(), "Secret");
    }
}
