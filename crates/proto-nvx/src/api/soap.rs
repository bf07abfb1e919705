//! SOAP over HTTP: pages, actions, media types, and what a fault is answered with.

use bytes::Bytes;
use http::{HeaderMap, Request, header};
use larder_core::wire::{Address, Outgoing, OutgoingBody, Refused};
use larder_core::{Extract, FaultClass, Operation, Reject};

use super::{Format, Nvx, Pairs, SESSION_TOKEN, Style, client, find};
use crate::codec::soap::{self, FaultCode, Flaw, Version};
use crate::values::FileData;
use crate::{Code, Fault, Name};

/// The header of SOAP 1.1 that says which operation is called.
const ACTION: &str = "soapaction";

/// One request, to the page of its namespace.
pub(super) fn encode<O: Operation<Api = Nvx>>(
    operation: &O,
    version: Version,
    address: &Address<'_, Nvx>,
) -> Result<Outgoing, Reject> {
    let uri = address.target.uri(&format!("/ws/{}.asmx", O::META.namespace))?;
    let token = address.token.map(|token| (O::META.token_name.unwrap_or(SESSION_TOKEN), token));
    let body = soap::request(version, &O::META, token, operation)?;
    let (head, action) = (Request::post(uri), soap::action(&O::META));
    let media_type = media_type(version);
    let head = match version {
        Version::V1_1 => head.header(header::CONTENT_TYPE, media_type).header(ACTION, format!("\"{action}\"")),
        Version::V1_2 => head.header(header::CONTENT_TYPE, format!("{media_type}; action=\"{action}\"")),
    };
    Ok(Outgoing { head: client::finish(head)?, body: OutgoingBody::Whole(body.into()) })
}

/// What the body of a message is.
pub(super) const fn media_type(version: Version) -> &'static str {
    match version {
        Version::V1_1 => "text/xml; charset=utf-8",
        Version::V1_2 => "application/soap+xml; charset=utf-8",
    }
}

/// The operation that a request to the page of a namespace calls.
///
/// The page says the namespace and the action's last segment the operation: clients that were made for another host, or by
/// a description of the time, call their actions by other URLs.
pub(super) fn route(namespace: &str, headers: &HeaderMap) -> Result<(Name, Style), Refused<Nvx>> {
    let style = Style::of(Format::Soap(version(headers)));
    let refused = |fault, style| Refused { fault, style, name: None };
    let action = action(headers).unwrap_or_default();
    let method = action.rsplit(['/', '#', ':']).next().unwrap_or_default();
    if method.is_empty() {
        let message = "The action is required: the header SOAPAction in SOAP 1.1, a parameter of Content-Type in SOAP 1.2";
        let fault = Fault { code: Code::MissingRequiredParameter, message: message.to_owned() };
        return Err(refused(fault, style));
    }
    match find(namespace, method) {
        Some(name) => Ok((name, style)),
        None => Err(refused(Code::UnsupportedOperation.into(), style)),
    }
}

/// The version that the media type announces. The envelope itself may be of the other.
fn version(headers: &HeaderMap) -> Version {
    let media_type = content_type(headers).split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(Version::V1_2.media_type()) { Version::V1_2 } else { Version::V1_1 }
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A parameter of `Content-Type`. No value of those that matter has a semicolon in it.
fn parameter<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = content_type(headers).split(';').skip(1).filter_map(|pair| pair.split_once('='));
    let found = pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.map(|(_, value)| unquoted(value))
}

/// Without quotes around it; single ones are seen, though HTTP knows none.
fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\'']).trim()
}

fn action(headers: &HeaderMap) -> Option<&str> {
    let header = || headers.get(ACTION).and_then(|value| value.to_str().ok()).map(unquoted);
    parameter(headers, "action").or_else(header)
}

/// The parameters of a request, and the style of its answer.
pub(super) fn read(
    name: Name,
    version: Version,
    headers: &HeaderMap,
    body: &[u8],
    max: usize,
) -> Result<(Pairs, Style), Refused<Nvx>> {
    let refused = |version, flaw: Flaw| {
        let mishap = Some(flaw.code()).filter(|code| !matches!(code, FaultCode::Sender | FaultCode::Receiver));
        let style = Style { mishap, ..Style::of(Format::Soap(version)) };
        Refused { fault: flaw.into(), style, name: Some(name) }
    };
    let text = soap::decode(body, parameter(headers, "charset")).map_err(|reject| refused(version, Flaw::Reject(reject)))?;
    match soap::read_request(&text, name, max) {
        Ok(request) => Ok((request.parameters, Style::of(Format::Soap(request.version)))),
        Err(soap::Refused { version: of_envelope, flaw }) => Err(refused(of_envelope.unwrap_or(version), flaw)),
    }
}

/// What takes the file out of an envelope, where there is one in it.
pub(super) fn extract(name: Name, style: &Style) -> Option<Box<dyn Extract>> {
    let has_file = matches!(name, Name::TransferAppendFile | Name::TransferUploadFile);
    let is_soap = matches!(style.format, Format::Soap(_));
    (has_file && is_soap).then(|| Box::new(soap::FileDataOf::default()) as Box<dyn Extract>)
}

/// Puts the file that was taken out into the request, unless that has data of its own: the first element was nil then, or
/// is absent, and nothing was in it.
pub(super) fn put(file: Vec<Bytes>, request: &mut crate::Request) -> Result<(), Reject> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "no other request has one")]
    let place = match request {
        crate::Request::TransferAppendFile(append) => append.file_data.as_mut(),
        crate::Request::TransferUploadFile(upload) => Some(&mut upload.file_data),
        _ => None,
    };
    if let Some(data) = place.filter(|data| data.is_empty()) {
        *data = FileData::from_pieces(file).map_err(|rule| Reject::new("fileData", rule))?;
    }
    Ok(())
}

impl From<Flaw> for Fault {
    fn from(flaw: Flaw) -> Self {
        let code = match flaw {
            Flaw::Reject(reject) => return reject.into(),
            Flaw::OtherOperation => Code::InvalidParameter,
            Flaw::MustUnderstand | Flaw::VersionMismatch => Code::UnsupportedOperation,
        };
        Self { code, message: flaw.to_string() }
    }
}

/// HTTP's status and the message of a refusal.
pub(super) fn refuse(fault: &Fault, version: Version, mishap: Option<FaultCode>) -> (http::StatusCode, String) {
    let class = larder_core::Fault::class(fault);
    let cause = mishap.unwrap_or(if class == FaultClass::Transient { FaultCode::Receiver } else { FaultCode::Sender });
    let code = soap::in_soap(fault.code).number();
    (cause.status(version), soap::fault(version, cause, code, &fault.message))
}
