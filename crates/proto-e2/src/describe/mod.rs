//! The API as an OpenAPI 3.1 document, made of the catalog: with limits, refusals, and what OpenAPI has no words for.
//!
//! Its own words begin with `x-larder-`:
//!
//! | word | where | says |
//! |---|---|---|
//! | `x-larder-repeat` | operation | `safe`, `telling` or `unsafe`: whether it may be sent again when its reply was lost; `telling` when a second time is refused in a way that says so |
//! | `x-larder-destroys` | operation | what is gone for good once it has succeeded |
//! | `x-larder-slow` | operation | its answer takes much longer than others |
//! | `x-larder-faults` | response | each refusal: `type`, `code`, `message`, and whether it may pass (`class`) |
//! | `x-larder-fixture` | example | the file in `fixtures/` that it comes from |

mod faults;
mod operation;

pub use faults::faults;

use larder_core::operation::Names;
use larder_core::schema::Shapes;
use serde_json::{Map, Value, json};

use crate::fault::Body;
use crate::{Name, api};

const SECURITY: &str = "key";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A message that the document shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What names it among those of its place.
    pub name: String,
    /// The file that it comes from.
    pub fixture: String,
    /// The operation; none for an answer that any of them may give.
    pub operation: Option<Name>,
    /// Where it stands.
    pub place: Place,
    /// The body.
    pub value: Value,
}

/// Where an [`Example`] stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A request's body in JSON.
    Json,
    /// A request's body as a form. The value is what it says, as JSON.
    Form,
    /// An answer's body.
    Answer {
        /// With this status.
        status: u16,
    },
}

/// The address in the document: relative to where it is served, since behind a proxy no service knows its own (ledger E57).
const SERVER: &str = "/";

/// The document with these examples.
#[must_use]
pub fn openapi(examples: &[Example]) -> Value {
    let mut shapes = Shapes::new("/components/schemas");
    shapes.reference::<Body>();
    let (mut paths, mut schemas) = (Map::new(), Map::new());
    for name in Name::ALL {
        let described = operation::describe(*name, shapes.of(*name), examples);
        paths.insert(address(*name), described.item);
        schemas.extend(described.schemas);
    }
    schemas.extend(shapes.definitions());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "IDrive e2 Reseller API",
            "version": "v1",
            "description": "Users, storage regions, access keys and CNAMEs of a reseller. Answers may have more members than \
                are described here, and members that are not required may be absent or null. A faulty request may also \
                be refused with statuses and codes that are not listed.",
        },
        "servers": [{ "url": SERVER }],
        "security": [{ SECURITY: [] }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": faults::common(examples),
            "securitySchemes": {
                SECURITY: { "type": "apiKey", "in": "header", "name": api::KEY, "description": "The reseller's API key." },
            },
        },
    })
}

/// The path of an operation.
#[must_use]
pub fn address(name: Name) -> String {
    api::path(name.meta())
}

/// The document's chapters, in order.
fn tags() -> Vec<Value> {
    let mut chapters: Vec<&str> = Name::ALL.iter().map(|name| name.meta().namespace).collect();
    chapters.dedup();
    chapters.into_iter().map(|chapter| json!({ "name": chapter })).collect()
}

/// The examples of one place.
fn shown<'a>(examples: impl Iterator<Item = &'a Example>) -> Option<Value> {
    let shown = examples.map(|it| (it.name.clone(), json!({ "value": it.value, "x-larder-fixture": it.fixture })));
    let shown: Map<_, _> = shown.collect();
    (!shown.is_empty()).then(|| shown.into())
}

/// A body's schema and examples, as a media type has them.
fn media(schema: Value, examples: Option<Value>) -> Value {
    let mut media = json!({ "schema": schema });
    if let Some(examples) = examples {
        media["examples"] = examples;
    }
    media
}
