//! One message at a time: what a server understands of a request, and what our client would send for it.

use core::any::Any;
use core::fmt::Write;

use bytes::{Bytes, BytesMut};
use http::Request;
use larder_core::operation::{Inspect, Names, Requests};
use larder_core::wire::{Address, FileHead, OutgoingBody, RequestHead, Span};
use larder_core::{
    Api, Auth, Duty, Exchange, Machine, Misuse, Operation, Reject, RequestFlaw, Secret, Serving, Target, Time, Told,
};

/// What a server understood of one request.
#[derive(Debug)]
pub struct Understood<A: Api> {
    /// The machine's duties up to the answer, one a line; the pieces of a file are put together.
    pub log: String,
    /// The typed request, unless it was refused.
    pub request: Option<<A::Names as Names>::Request>,
    /// The heads of an upload's files.
    pub heads: Vec<FileHead>,
    /// The files themselves.
    pub files: Vec<Bytes>,
    /// The fault that it was refused with before anyone was asked.
    pub fault: Option<A::Fault>,
    /// The fault of the answer: "not implemented", unless something was wrong with the request before its end.
    pub answered: Option<A::Fault>,
}

/// Runs a whole request through the server's machine. Every caller is welcome, and every request is answered with
/// "not implemented".
///
/// # Errors
/// The machine was driven wrongly: a bug of this function or of the machine.
pub fn understand<A: Api>(request: Request<Bytes>) -> Result<Understood<A>, Misuse> {
    understand_within(request, Serving::default())
}

/// The same within limits of the caller's own.
///
/// # Errors
/// As [`understand`].
pub fn understand_within<A: Api>(request: Request<Bytes>, serving: Serving) -> Result<Understood<A>, Misuse> {
    let (head, body) = request.into_parts();
    let mut machine = Exchange::<A>::new(RequestHead(Request::from_parts(head, ())), serving);
    let mut rest = Some(body);
    let mut seen =
        Understood { log: String::new(), request: None, heads: Vec::new(), files: Vec::new(), fault: None, answered: None };
    let mut file = BytesMut::new();
    let not_implemented = |name| A::fault(RequestFlaw::NotImplemented, name);
    loop {
        let duty = machine.poll(Time::ZERO, &mut ());
        if !matches!(duty, Duty::Wait { .. } | Duty::Chunk(_) | Duty::FileEnd) {
            let _ = writeln!(seen.log, "{duty:?}");
        }
        match duty {
            Duty::Identify(_) => machine.handle(Told::Identified)?,
            Duty::Serve(request) => seen.request = Some(request),
            Duty::File(head) => seen.heads.push(head),
            Duty::Chunk(chunk) => file.extend_from_slice(&chunk),
            Duty::FileEnd => {
                let _ = writeln!(seen.log, "FileEnd after {} bytes", file.len());
                seen.files.push(file.split().freeze());
            }
            Duty::Write(_) => machine.handle(Told::Wrote)?,
            Duty::Feed { .. } => machine.handle(Told::BodyGone)?,
            Duty::Wait { on, .. } if on.peer => machine.handle(match rest.take() {
                Some(body) if !body.is_empty() => {
                    rest = Some(Bytes::new());
                    Told::Data(body)
                }
                Some(_) | None => Told::End,
            })?,
            Duty::Wait { .. } => machine.handle(Told::Reply(Err(not_implemented(machine.name()))))?,
            Duty::FilesEnd | Duty::Open { .. } | Duty::Finish | Duty::Abort => {}
            Duty::Done(outcome) => {
                seen.fault = outcome.fault.clone().filter(|_| seen.request.is_none());
                seen.answered = outcome.fault;
                return Ok(seen);
            }
        }
    }
}

/// What our client sends for a typed request, with `file` as the file of an upload.
///
/// # Errors
/// The field that cannot be sent.
pub fn encode<A: Api>(
    request: &<A::Names as Names>::Request,
    token: Option<&Secret>,
    file: &Bytes,
) -> Result<Request<Bytes>, Reject> {
    encode_as::<A>(request, token, file, &A::Style::default())
}

/// What our client sends in another style than its own.
///
/// # Errors
/// The field that cannot be sent.
pub fn encode_as<A: Api>(
    request: &<A::Names as Names>::Request,
    token: Option<&Secret>,
    file: &Bytes,
    style: &A::Style,
) -> Result<Request<Bytes>, Reject> {
    request.inspect(Sender { token, file, style })
}

struct Sender<'a> {
    token: Option<&'a Secret>,
    file: &'a Bytes,
    /// Of the operation's own API, which only the caller knows by its name.
    style: &'a dyn Any,
}

impl Inspect for Sender<'_> {
    type Output = Result<Request<Bytes>, Reject>;

    fn inspect<O: Operation>(self, request: &O) -> Self::Output {
        let target = Target::parse("http://larder.example")?;
        let style = self.style.downcast_ref().cloned().unwrap_or_default();
        let token = self.token.filter(|_| O::META.auth != Auth::Own);
        let address = Address::<O::Api> { target: &target, token, style: &style, bits: [1, 2] };
        let outgoing = O::Api::encode(request, &address)?;
        let body = match outgoing.body {
            OutgoingBody::Whole(bytes) => bytes,
            OutgoingBody::File { before, after } => [&before[..], self.file, &after[..]].concat().into(),
            OutgoingBody::Spans { spans, after } => {
                let index = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
                let of_span = |span: &Span| self.file.get(index(span.offset)..index(span.offset.saturating_add(span.length)));
                let spans = spans.iter().flat_map(|span| [&span.before[..], of_span(span).unwrap_or_default()]);
                spans.chain([&after[..]]).collect::<Vec<_>>().concat().into()
            }
        };
        Ok(outgoing.head.0.map(|()| body))
    }
}

/// A request as text: line, headers, a blank line, body. For snapshots of documented samples only: it shows everything.
#[must_use]
pub fn text(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    let _ = write!(text, "\n{}", String::from_utf8_lossy(request.body()).replace("\r\n", "\n"));
    text
}
