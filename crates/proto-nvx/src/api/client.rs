//! The client's side: requests are written, answers are read.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, header, request, response};
use larder_core::multipart::{Boundary, Writer};
use larder_core::wire::{Address, Outgoing, OutgoingBody, RequestHead, Span};
use larder_core::{Kind, Operation, PeerFlaw, Refusal, Reject, Rule};

use super::{Format, Nvx, SESSION_TOKEN, download, fields, path, soap};
use crate::codec::{self, Envelope, XmlLimits, form, json, parse_xml, xml_read};
use crate::fault::Fault;
use crate::values::ContentRange;

type Pairs = Vec<(Cow<'static, str>, String)>;

pub(super) fn encode<O: Operation<Api = Nvx>>(operation: &O, address: &Address<'_, Nvx>) -> Result<Outgoing, Reject> {
    match (O::META.kind, address.style.format) {
        (Kind::Unary, Format::Soap(version)) => soap::encode(operation, version, address),
        (Kind::Unary, _) => unary::<O>(form::to_pairs(operation)?, address),
        (Kind::Upload, _) => upload::<O>(&form::to_pairs(operation)?, address),
        (Kind::Download, _) => download::encode(&form::to_pairs(operation)?, address),
    }
}

/// A POST with a form: parameters of a GET would stand in logs, passwords among them.
fn unary<O: Operation>(pairs: Pairs, address: &Address<'_, Nvx>) -> Result<Outgoing, Reject> {
    let uri = address.target.uri(&path(&O::META))?;
    // Room for most forms: growing step by step was a third of all allocations.
    let mut body = String::with_capacity(256);
    if let Some(token) = address.token {
        form::append(&mut body, O::META.token_name.unwrap_or(SESSION_TOKEN), token.expose());
    }
    pairs.iter().for_each(|(name, value)| form::append(&mut body, name, value));
    output(address).iter().for_each(|(name, value)| form::append(&mut body, name, value));
    let mut head = Request::new(());
    *head.method_mut() = Method::POST;
    *head.uri_mut() = uri;
    head.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    Ok(Outgoing { head: RequestHead(head), body: OutgoingBody::Whole(body.into()) })
}

/// What asks for JSON.
fn output(address: &Address<'_, Nvx>) -> Option<(&'static str, &'static str)> {
    (address.style.format == Format::Json).then_some(("output", "json"))
}

fn upload<O: Operation>(pairs: &Pairs, address: &Address<'_, Nvx>) -> Result<Outgoing, Reject> {
    let [high, low] = address.bits;
    let writer = Writer::new(Boundary::from_seed(high, low));
    let mut before = Vec::new();
    for (name, value) in pairs.iter().filter(|(name, _)| !name.starts_with('$')) {
        before.extend_from_slice(&writer.field(name, value));
    }
    let of_part = |name: &str| pairs.iter().find(|(pair, _)| pair == name).map(|(_, value)| value.as_str());
    let file_name = of_part("$fileName").ok_or_else(|| Reject::new("fileName", Rule::Missing))?;
    let content_type = of_part("$contentType").unwrap_or("application/octet-stream");
    let file = |field: &str, range: Option<&str>| {
        let part = writer.file(field, file_name, content_type, range);
        part.map_err(|_| Reject::new("contentType", Rule::Malformed))
    };
    let mut after = writer.file_end().to_vec();
    after.extend_from_slice(&writer.finish());
    let after = after.into();
    let ranges: Vec<&str> = pairs.iter().filter(|(name, _)| name == "$ranges").map(|(_, value)| value.as_str()).collect();
    let body = if ranges.is_empty() {
        before.extend_from_slice(&file(fields::of_file::<O>(), of_part("$contentRange"))?);
        OutgoingBody::File { before: before.into(), after }
    } else {
        OutgoingBody::Spans { spans: spans::<O>(before, &ranges, &writer, file)?, after }
    };
    let query = output(address).map_or(String::new(), |(name, value)| format!("?{name}={value}"));
    let uri = address.target.uri(&(path(&O::META) + &query))?;
    let head = Request::post(uri).header(header::CONTENT_TYPE, writer.content_type());
    Ok(Outgoing { head: finish(head)?, body })
}

/// A part for each range of the file.
fn spans<O: Operation>(
    mut before: Vec<u8>,
    ranges: &[&str],
    writer: &Writer,
    file: impl Fn(&str, Option<&str>) -> Result<Bytes, Reject>,
) -> Result<Vec<Span>, Reject> {
    let field = fields::of_file::<O>().trim_end_matches('1');
    let mut spans = Vec::new();
    for (number, text) in (1..).zip(ranges) {
        let range: ContentRange = text.parse().map_err(|rule| Reject::new("Content-Range", rule))?;
        before.extend_from_slice(&file(&format!("{field}{number}"), Some(text))?);
        spans.push(Span { before: core::mem::take(&mut before).into(), offset: range.first(), length: range.len() });
        before.extend_from_slice(&writer.file_end());
    }
    Ok(spans)
}

pub(super) fn finish(head: request::Builder) -> Result<RequestHead, Reject> {
    head.body(()).map(RequestHead).map_err(|_| Reject::new("", Rule::Malformed))
}

pub(super) fn decode<O: Operation<Api = Nvx>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
    let is_file = matches!(head.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED);
    let malformed = |reject| Refusal::Peer(PeerFlaw::Malformed { status: head.status.as_u16(), reject });
    if O::META.kind == Kind::Download && is_file {
        return download::facts(head).and_then(|facts| form::from_pairs(&facts)).map_err(malformed);
    }
    match read::<O>(head, body) {
        Ok(Envelope::Success(answer)) if head.status.is_success() => Ok(answer),
        Ok(Envelope::Failure { code, message }) => Err(Refusal::Fault(Fault::said(code, message))),
        Err(reject) if head.status.is_success() => Err(malformed(reject)),
        // A proxy's page, or a success in the body of a failure.
        Ok(Envelope::Success(_)) | Err(_) => Err(Refusal::Peer(PeerFlaw::Status(head.status.as_u16()))),
    }
}

/// The answer says itself what it is: services were seen that ignore `output`.
fn read<O: Operation>(head: &response::Parts, body: &[u8]) -> Result<Envelope<O::Answer>, Reject> {
    let text = core::str::from_utf8(body).map_err(|_| Reject::new("", Rule::Malformed))?;
    let declared = head.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_xml = text.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let is_script = declared.starts_with(b"application/json") || declared.starts_with(b"application/javascript");
    if is_script || !is_xml {
        return json::read(text);
    }
    let limits = XmlLimits::default();
    let document = parse_xml(text, &limits)?;
    if codec::soap::is_envelope(&document) {
        codec::soap::read_document(&document, &limits, &O::META)
    } else {
        xml_read::read_document(&document, &limits)
    }
}
