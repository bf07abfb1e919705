//! Which message of `fixtures/` is shown where. A wrong request is no example, nor is an answer in a form that is read and
//! not written.

use bytes::Bytes;
use larder_core::operation::{Names, Visit};
use larder_core::{Api, Operation, Secret};
use larder_proto_e2::describe::{Example, Place};
use larder_proto_e2::{E2, Name};
use larder_testkit::fixtures::{self, Direction, Fixture};
use larder_testkit::wire;
use serde_json::Value;

use crate::Error;

/// The examples, each value once in its place.
pub(crate) fn all() -> Result<Vec<Example>, Error> {
    let mut examples: Vec<Example> = Vec::new();
    for fixture in fixtures::of("e2", Direction::Request).iter().chain(&fixtures::of("e2", Direction::Response)) {
        let Some((place, value)) = (match fixture.direction {
            Direction::Request => request(fixture)?,
            Direction::Response => answer(fixture)?,
            Direction::Other => None,
        }) else {
            continue;
        };
        let name = fixture.id.rsplit('/').next().unwrap_or_default().to_owned();
        let example = Example { name, fixture: fixture.id.clone(), operation: operation(fixture), place, value };
        let same = |other: &Example| (other.operation, other.place, &other.value) == (example.operation, place, &example.value);
        if !examples.iter().any(same) {
            examples.push(example);
        }
    }
    Ok(examples)
}

/// The operation of a message; none if it belongs to all.
pub(crate) fn operation(fixture: &Fixture) -> Option<Name> {
    let wanted = fixture.operation.strip_prefix("e2:")?;
    Name::ALL.iter().copied().find(|name| name.meta().name == wanted)
}

/// What a right request says: itself in JSON, or as our client would say it.
fn request(fixture: &Fixture) -> Result<Option<(Place, Value)>, Error> {
    let message = fixture.request()?;
    let body = message.body().clone();
    if body.is_empty() {
        return Ok(None);
    }
    let Some(request) = wire::understand::<E2>(message)?.request else { return Ok(None) };
    if let Ok(value) = serde_json::from_slice(&body) {
        return Ok(Some((Place::Json, value)));
    }
    let sent = wire::encode::<E2>(&request, Some(&Secret::new("key")), &Bytes::new())?;
    Ok(Some((Place::Form, serde_json::from_slice(sent.body())?)))
}

fn answer(fixture: &Fixture) -> Result<Option<(Place, Value)>, Error> {
    let message = fixture.response()?;
    let place = Place::Answer { status: message.status().as_u16() };
    let Ok(value) = serde_json::from_slice::<Value>(message.body()) else { return Ok(None) };
    let is_written = operation(fixture).is_none_or(|name| !message.status().is_success() || is_written(name, &value));
    Ok(is_written.then_some((place, value)))
}

/// Whether an answer has the form in which it is written: a list, or an object (ledger E7, E8, E9).
pub(crate) fn is_written(name: Name, answer: &Value) -> bool {
    name.visit(Again(answer)).is_some_and(|again| again.is_array() == answer.is_array())
}

/// An answer, read and written again.
struct Again<'a>(&'a Value);

impl Visit for Again<'_> {
    type Output = Option<Value>;

    fn visit<O: Operation>(self) -> Option<Value> {
        let head = http::Response::new(()).into_parts().0;
        let answer = O::Api::decode::<O>(&head, self.0.to_string().as_bytes()).ok()?;
        serde_json::to_value(&answer).ok()
    }
}
