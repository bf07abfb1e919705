//! One operation.

use larder_core::operation::Names;
use larder_core::schema::{Shape, summary};
use larder_core::{Auth, Meta, Pace};
use serde_json::{Map, Value, json};

use super::{Example, FORM, JSON, Place, faults, media, shown};
use crate::Name;

/// The operation's path, and the schemas that it refers to.
pub(super) struct Described {
    pub(super) item: Value,
    pub(super) schemas: Map<String, Value>,
}

pub(super) fn describe(name: Name, shape: Shape, examples: &[Example]) -> Described {
    let meta = name.meta();
    let (mut request, mut answer) = (shape.request, shape.answer);
    let text = request.remove("description");
    let (summary, description) = summary(text.as_ref().and_then(Value::as_str).unwrap_or_default());
    answer.remove("description");
    let examples: Vec<&Example> = examples.iter().filter(|example| example.operation == Some(name)).collect();
    let (request_name, answer_name) = (format!("{name:?}"), format!("{name:?}Answer"));
    let mut operation = json!({ "tags": [meta.namespace], "operationId": request_name, "summary": summary });
    if !description.is_empty() {
        operation["description"] = description.into();
    }
    if meta.auth == Auth::Own {
        operation["security"] = json!([]);
    }
    let mut schemas = Map::new();
    if request.get("properties").is_some() {
        let request = request.to_value();
        let form = without_null(&request);
        let form_name = if form == request { request_name.clone() } else { format!("{request_name}Form") };
        operation["requestBody"] = body(&request_name, &form_name, &examples);
        schemas.insert(request_name, request);
        schemas.insert(form_name, form);
    }
    operation["responses"] = responses(name, &answer_name, &examples);
    schemas.insert(answer_name, answer.to_value());
    extend(&mut operation, meta);
    Described { item: json!({ meta.verb.as_str().to_ascii_lowercase(): operation }), schemas }
}

/// The parameters as a form has them: there is no null in it.
fn without_null(request: &Value) -> Value {
    let mut form = request.clone();
    let properties = form.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
        }
        if let Some(Value::Array(mut choices)) = property.remove("anyOf") {
            choices.retain(|choice| choice["type"] != "null");
            match &mut *choices {
                [Value::Object(only)] => property.append(only),
                _ => {
                    property.insert("anyOf".to_owned(), choices.into());
                }
            }
        }
    }
    form
}

fn body(json: &str, form: &str, examples: &[&Example]) -> Value {
    let shown = |place: Place| shown(examples.iter().copied().filter(|example| example.place == place));
    json!({
        "required": true,
        "description": "What begins with a brace is read as JSON, anything else as a form, whatever its label says.",
        "content": {
            JSON: media(reference(json), shown(Place::Json)),
            FORM: media(reference(form), shown(Place::Form)),
        },
    })
}

fn responses(name: Name, answer: &str, examples: &[&Example]) -> Value {
    let answers = examples.iter().copied().filter(|example| example.place == Place::Answer { status: 200 });
    let done = json!({ "description": "Done.", "content": { JSON: media(reference(answer), shown(answers)) } });
    let mut responses = Map::from_iter([("200".to_owned(), done)]);
    responses.extend(faults::of(name, examples));
    responses.into()
}

/// What OpenAPI has no words for.
fn extend(operation: &mut Value, meta: &Meta) {
    operation["x-larder-repeat"] = meta.repeat.as_str().into();
    if let Some(what) = meta.destroys {
        operation["x-larder-destroys"] = what.into();
    }
    if meta.pace == Pace::Slow {
        operation["x-larder-slow"] = true.into();
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}
