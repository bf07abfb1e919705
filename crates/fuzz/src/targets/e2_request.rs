//! Requests of every operation of the reseller API, as JSON and as forms. What is understood is sent by our client as
//! something that a server understands as the same; what is secret is not shown.
//!
//! The first line is the operation, the rest the body.

use http::Request;
use larder_core::Api;
use larder_core::operation::Names;
use larder_core::wire::{Incoming, Refused, RequestBody};
use larder_proto_e2::{E2, Json, Name};
use larder_testkit::fixtures::{self, Direction};
use larder_testkit::trees;
use serde_json::{Map, Value};

use crate::input::{self, label};
use crate::oracle::{CANARY, has_canary, hides};

/// Tries one input.
pub fn run(data: &[u8]) {
    let (name, body) = input::operation::<Name>(data);
    match open(name, body) {
        Some(Ok(incoming)) => {
            if let Err(wrong) = trees::arrives::<E2>(name, &incoming.request, &Json) {
                panic!("{}: {wrong}", name.meta());
            }
        }
        Some(Err(refused)) => drop(refused.fault.to_string()),
        None => {}
    }
    if !has_canary(data) {
        secrets(name, body);
    }
}

fn open(name: Name, body: &[u8]) -> Option<Result<Incoming<E2>, Refused<E2>>> {
    let head = Request::post("/").header("token", CANARY).body(()).ok()?.into_parts().0;
    Some(E2::open(name, &Json, &head, RequestBody::Whole(body)))
}

/// The same request with secrets in it: whoever prints it, or why it was refused, shows none.
fn secrets(name: Name, body: &[u8]) {
    // 36 characters are base64 without its dashes.
    let canary = CANARY.replace('-', "");
    let with = match serde_json::from_slice::<Map<String, Value>>(body) {
        Ok(mut members) => {
            members.insert("password".to_owned(), canary.as_str().into());
            members.insert("private_key".to_owned(), canary.as_str().into());
            serde_json::to_vec(&members).unwrap_or_default()
        }
        Err(_) => [b"password=", canary.as_bytes(), b"&private_key=", canary.as_bytes(), b"&", body].concat(),
    };
    let shown = match open(name, &with) {
        Some(Ok(incoming)) => format!("{:?} {:?}", incoming.credential, incoming.request),
        Some(Err(refused)) => format!("{refused:?} {}", refused.fault),
        None => return,
    };
    hides(&shown);
    assert!(!shown.contains(&canary), "a secret is shown: {shown}");
}

/// The requests of the fixtures.
#[must_use]
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<_> = fixtures::of("e2", Direction::Request)
        .into_iter()
        .filter_map(|fixture| {
            let name = trees::name_of::<Name>("e2", &fixture)?;
            Some([label(name).as_bytes(), b"\n", fixture.request().ok()?.body()].concat())
        })
        .collect();
    seeds.sort();
    seeds.dedup();
    seeds
}
