//! The wire columns of one operation.

use core::fmt;
use std::collections::BTreeSet;

use larder_core::operation::{Names, Visit};
use larder_core::{Api, Kind, Operation, Refusal};
use larder_testkit::fixtures::{Direction, Fixture};
use larder_testkit::wire;

use crate::api::{Covered, find, token};
use crate::prints::Snapshots;
use crate::soap;

/// One operation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) operation: String,
    /// Whether the catalog has it.
    pub(crate) typed: bool,
    /// Requests that are understood.
    pub(crate) requests: usize,
    /// Formats that a success is shown in, and those that are wanted.
    successes: (BTreeSet<&'static str>, &'static [&'static str]),
    /// Listed refusals that a message shows, and all.
    faults: (usize, usize),
    /// Messages that a snapshot holds, and all.
    snapshots: (usize, usize),
    /// Messages of SOAP that are there and that are wanted; none where SOAP has no such operation.
    pub(crate) soap: Option<(usize, usize)>,
    /// Whether our client can send it.
    client: bool,
    /// Whether our server does it; found out by [`crate::service`].
    pub(crate) server: bool,
}

impl Row {
    pub(crate) const HEADER: &'static str =
        "operation                                  type request success  faults soap snapshot client server";

    /// What is missing of it in the columns that must be full.
    pub(crate) fn holes(&self) -> Vec<String> {
        let full = |(some, all): (usize, usize)| some == all;
        let columns = [
            ("type", self.typed),
            ("request", self.requests > 0),
            ("success", self.successes.1.iter().all(|format| self.successes.0.contains(format))),
            ("faults", full(self.faults)),
            ("soap", self.soap.is_none_or(full)),
            ("snapshot", full(self.snapshots) && self.snapshots.1 > 0),
            ("client", self.client),
        ];
        columns.iter().filter(|(_, there)| !there).map(|(column, _)| format!("{}: {column}", self.operation)).collect()
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |there: bool| if there { "yes" } else { "-" };
        let successes: Vec<&str> = self.successes.0.iter().copied().collect();
        write!(f, "{:<42} {:>4} {:>7} {:<8}", self.operation, mark(self.typed), self.requests, successes.join("+"))?;
        let of = |(some, all): (usize, usize)| format!("{some}/{all}");
        let (faults, snapshots) = (of(self.faults), of(self.snapshots));
        let soap = self.soap.map_or("-".to_owned(), of);
        write!(f, " {faults:>6} {soap:>4} {snapshots:>8} {:>6} {:>6}", mark(self.client), mark(self.server))
    }
}

/// A row for each operation that the catalog or a fixture names.
pub(crate) fn rows<A: Covered>(all: &[Fixture], snapshots: &Snapshots) -> Vec<Row> {
    let prefix = format!("{}:", A::PREFIX);
    let shown = all.iter().map(|fixture| fixture.operation.clone());
    let shown = shown.filter(|operation| operation.starts_with(&prefix) && !operation.ends_with('*'));
    let known = A::Names::ALL.iter().map(|name| A::operation(name.meta()));
    let operations: BTreeSet<String> = shown.chain(known).collect();
    operations.into_iter().map(|operation| row::<A>(operation, all, snapshots)).collect()
}

fn row<A: Covered>(operation: String, all: &[Fixture], snapshots: &Snapshots) -> Row {
    let mine: Vec<&Fixture> = all.iter().filter(|fixture| fixture.operation == operation).collect();
    let messages: Vec<&Fixture> = mine.iter().copied().filter(|fixture| fixture.direction != Direction::Other).collect();
    let held = messages.iter().filter(|fixture| snapshots.hold(fixture)).count();
    let row = Row { snapshots: (held, messages.len()), ..Row::default() };
    let Some(name) = find::<A>(&operation) else { return Row { operation, ..row } };
    let requests: Vec<_> = mine.iter().filter_map(|fixture| understood::<A>(fixture)).collect();
    let mut answers = Answers::default();
    for fixture in mine.iter().filter(|fixture| fixture.direction == Direction::Response) {
        answers.add::<A>(name, fixture);
    }
    let wanted: BTreeSet<String> = A::faults(name).into_iter().collect();
    Row {
        operation,
        typed: true,
        requests: requests.len(),
        successes: (answers.successes, A::formats(name.meta().kind)),
        faults: (wanted.intersection(&answers.faults).count(), wanted.len()),
        soap: soap::column::<A>(name, &mine),
        client: requests.iter().any(|request| sent::<A>(name, request, &A::Style::default())),
        ..row
    }
}

pub(crate) type Request<A> = <<A as Api>::Names as Names>::Request;

/// The request, if a server understands it.
pub(crate) fn understood<A: Covered>(fixture: &Fixture) -> Option<Request<A>> {
    let request = Some(fixture).filter(|fixture| fixture.direction == Direction::Request)?.request().ok()?;
    wire::understand::<A>(request).ok()?.request
}

/// Whether our client sends it, in this style, so that our server understands it.
pub(crate) fn sent<A: Covered>(name: A::Names, request: &Request<A>, style: &A::Style) -> bool {
    let message = wire::encode_as::<A>(request, Some(&token()), &bytes(), style);
    match message {
        Ok(message) => wire::understand::<A>(message).is_ok_and(|seen| seen.request.is_some()),
        // A server finds the file's name in the form, and our client must be told it: nothing else may be missing.
        Err(reject) => name.meta().kind == Kind::Upload && reject.field == "fileName",
    }
}

fn bytes() -> bytes::Bytes {
    bytes::Bytes::from_static(b"content")
}

/// What the answers of one operation show.
#[derive(Default)]
struct Answers {
    successes: BTreeSet<&'static str>,
    faults: BTreeSet<String>,
}

impl Answers {
    fn add<A: Covered>(&mut self, name: A::Names, fixture: &Fixture) {
        let Ok(response) = fixture.response() else { return };
        let (head, body) = response.into_parts();
        let format = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            _ if name.meta().kind == Kind::Download && head.status.is_success() => "file",
            Some(b'<') if is_enveloped::<A>(&body) => "soap",
            Some(b'<') => "xml",
            _ => "json",
        };
        match name.visit(Decoded { head: &head, body: &body }) {
            // Those have a column of their own.
            Said::Success if format == "soap" => {}
            Said::Success => _ = self.successes.insert(format),
            Said::Fault(text) => _ = self.faults.insert(A::identity(&text, format)),
            Said::Nothing => {}
        }
    }
}

fn is_enveloped<A: Covered>(body: &[u8]) -> bool {
    A::ENVELOPES.iter().any(|(_, namespace)| body.windows(namespace.len()).any(|part| part == namespace.as_bytes()))
}

/// Whether our client takes an answer for a success.
pub(crate) fn succeeds<A: Covered>(name: A::Names, fixture: &Fixture) -> bool {
    let decoded = fixture.response().map(http::Response::into_parts);
    decoded.is_ok_and(|(head, body)| matches!(name.visit(Decoded { head: &head, body: &body }), Said::Success))
}

struct Decoded<'a> {
    head: &'a http::response::Parts,
    body: &'a [u8],
}

enum Said {
    Success,
    Fault(String),
    Nothing,
}

impl Visit for Decoded<'_> {
    type Output = Said;

    fn visit<O: Operation>(self) -> Said {
        match O::Api::decode::<O>(self.head, self.body) {
            Ok(_) => Said::Success,
            Err(Refusal::Fault(fault)) => Said::Fault(fault.to_string()),
            Err(Refusal::Peer(_)) => Said::Nothing,
        }
    }
}
