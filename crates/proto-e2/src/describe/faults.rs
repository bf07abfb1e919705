//! The refusals of an operation, by their statuses.

use std::collections::BTreeMap;

use larder_core::{Api, Fault as _, FaultClass, RequestFlaw};
use serde_json::{Map, Value, json};

use super::{Example, JSON, Place, media, shown};
use crate::{E2, Fault, Name};

const FAULT: &str = "#/components/schemas/Fault";

/// What any operation may be refused with, by the name of its response.
fn any() -> [(&'static str, &'static str, Fault); 5] {
    let of = |flaw| E2::fault(flaw, None);
    [
        ("InvalidParameters", "A parameter broke a rule, or is missing.", Fault::invalid("", "")),
        ("Unauthorized", "The API key is missing, or wrong.", Fault::unauthorized()),
        ("Failed", "The service is in trouble.", Fault::failed()),
        ("NotImplemented", "This server does not have the operation.", of(RequestFlaw::NotImplemented)),
        ("Busy", "The service has no room for the request, which it did not carry out.", of(RequestFlaw::Busy)),
    ]
}

/// The responses that all operations share.
pub(super) fn common(examples: &[Example]) -> Map<String, Value> {
    let responses = any().into_iter().map(|(name, text, fault)| {
        let place = Place::Answer { status: fault.status };
        let examples = examples.iter().filter(|example| example.operation.is_none() && example.place == place);
        (name.to_owned(), response(text, &[&fault], shown(examples)))
    });
    responses.collect()
}

/// What an operation may be refused with: what its own table lists, and what any operation may.
#[must_use]
pub fn faults(name: Name) -> Vec<Fault> {
    let mut faults: Vec<Fault> = name.faults().iter().map(|row| Fault::from(*row)).collect();
    for (_, _, fault) in any() {
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
    faults
}

/// The responses of one operation: its own refusals, and those that any operation has.
pub(super) fn of(name: Name, examples: &[&Example]) -> Map<String, Value> {
    let mut responses = BTreeMap::new();
    for (common, _, fault) in &any() {
        responses.insert(fault.status, json!({ "$ref": format!("#/components/responses/{common}") }));
    }
    let own: Vec<Fault> = name.faults().iter().map(|row| Fault::from(*row)).collect();
    let statuses = own.iter().map(|fault| fault.status);
    for status in statuses {
        let others = any();
        let others = others.iter().map(|(_, _, fault)| fault).filter(|fault| !own.contains(fault));
        let faults: Vec<&Fault> = own.iter().chain(others).filter(|fault| fault.status == status).collect();
        let examples = examples.iter().copied().filter(|example| example.place == Place::Answer { status });
        responses.insert(status, response("Refused.", &faults, shown(examples)));
    }
    responses.into_iter().map(|(status, response)| (status.to_string(), response)).collect()
}

fn response(text: &str, faults: &[&Fault], examples: Option<Value>) -> Value {
    let mut codes: Vec<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let lines: String = faults.iter().map(|fault| format!("\n* `{}`: {}", fault.code.as_str(), fault.message.trim())).collect();
    let schema =
        json!({ "$ref": FAULT, "properties": { "error": { "properties": { "code": { "type": "string", "enum": codes } } } } });
    json!({
        "description": format!("{text}\n{lines}"),
        "content": { JSON: media(schema, examples) },
        "x-larder-faults": faults.iter().map(|fault| row(fault)).collect::<Vec<_>>(),
    })
}

fn row(fault: &Fault) -> Value {
    let class = match fault.class() {
        FaultClass::Permanent => "permanent",
        FaultClass::Transient => "transient",
        FaultClass::Session => "session",
    };
    json!({ "type": fault.kind, "code": fault.code, "message": fault.message, "class": class })
}
