//! All that is known of one operation.

use larder::larder_core::operation::Names;
use larder::larder_core::schema::{Shapes, summary};
use larder::larder_core::{Clock, Clocks, Fault, FaultClass, Kind};
use serde::Serialize;

use super::fields::{Field, fields};
use super::source::Described;

/// What `larder api --describe` tells.
#[derive(Serialize)]
pub(crate) struct Description {
    pub(super) api: &'static str,
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) text: String,
    pub(super) method: &'static str,
    pub(super) address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) soap_action: Option<String>,
    pub(super) kind: &'static str,
    pub(super) authentication: String,
    /// `safe`, `telling` (a second time is refused in a way that tells) or `unsafe`.
    pub(super) repeat: &'static str,
    pub(super) destroys: Option<&'static str>,
    /// Seconds, by default.
    pub(super) clocks: Times,
    pub(crate) parameters: Vec<Field>,
    pub(super) answer: Vec<Field>,
    pub(super) errors: Vec<Refusal>,
}

/// The clocks of our client, in seconds. None never strikes.
#[derive(Serialize)]
pub(super) struct Times {
    pub(super) first_byte: Option<u64>,
    pub(super) stall: Option<u64>,
    pub(super) total: Option<u64>,
}

/// One refusal that is listed.
#[derive(Serialize)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) status: u16,
    pub(super) text: String,
    /// Whether it may pass, or a new login helps.
    pub(super) class: &'static str,
}

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Unary => "unary",
        Kind::Upload => "upload",
        Kind::Download => "download",
    }
}

pub(super) fn describe<A: Described>(name: A::Names) -> Description {
    let meta = name.meta();
    let mut shapes = Shapes::new("/definitions");
    let shape = shapes.of(name);
    let definitions = shapes.definitions();
    let text = shape.request.get("description").and_then(|text| text.as_str()).unwrap_or_default();
    let (summary, text) = summary(text);
    let mut answer = fields(shape.answer.as_value(), &definitions);
    // What a client takes for absent is no limit of what is there.
    answer.iter_mut().for_each(Field::forget_defaults);
    let clocks = Clocks::of(meta);
    let seconds = |clock: Clock| clock.limit().map(|clock| clock.as_secs());
    Description {
        api: super::list::api(A::API),
        namespace: meta.namespace,
        name: meta.name,
        summary,
        text: text.to_owned(),
        method: meta.verb.as_str(),
        address: A::address(name),
        soap_action: A::soap_action(name),
        kind: kind(meta.kind),
        authentication: A::authentication(meta),
        repeat: meta.repeat.as_str(),
        destroys: meta.destroys,
        clocks: Times { first_byte: seconds(clocks.first_byte), stall: seconds(clocks.stall), total: seconds(clocks.total) },
        parameters: fields(shape.request.as_value(), &definitions),
        answer,
        errors: A::faults(name).iter().map(|fault| refusal::<A>(name, fault)).collect(),
    }
}

fn refusal<A: Described>(name: A::Names, fault: &A::Fault) -> Refusal {
    let status = A::refuse(fault, Some(name), &A::Style::default()).head.0.status().as_u16();
    let (code, text) = A::code_and_text(fault);
    let class = match fault.class() {
        FaultClass::Permanent => "permanent",
        FaultClass::Transient => "transient",
        FaultClass::Session => "session",
    };
    Refusal { code, status, text: text.to_owned(), class }
}
