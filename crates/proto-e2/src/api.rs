//! How the API looks on the wire, from both ends.

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header, request, response};
use larder_core::operation::{Answers, Decode, Encode, Names};
use larder_core::wire::{Address, Incoming, Outgoing, OutgoingBody, Refused, Reply, ReplyBody};
use larder_core::wire::{RequestBody, RequestHead, ResponseHead};
use larder_core::{Api, Credential, Meta, Operation, PeerFlaw, Refusal, Reject, RequestFlaw, Rule, Secret, Verb};
use serde::{Deserialize, Serialize};

use crate::{Answer, Documented, Fault, Name, codec};

/// What comes before the name of every operation.
pub const PREFIX: &str = "/api/reseller/v1/";

/// The header with the API key.
pub const KEY: &str = "token";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The IDrive e2 Reseller API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct E2;

/// The only style there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Json;

/// There is no login: a static key stands for a session.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum NoLogin {}

impl Operation for NoLogin {
    type Api = E2;
    type Answer = ();
    const META: Meta = Meta::unary("none", "none", Verb::Get).safe();
    const FAULTS: &'static [Documented] = &[];
}

impl Api for E2 {
    const NAME: &'static str = "IDrive e2 Reseller";
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = Documented;
    type Style = Json;
    type Login = NoLogin;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let uri = address.target.uri(&path(&O::META))?;
        let mut head = Request::builder().method(O::META.verb).uri(uri).header(header::ACCEPT, JSON);
        if let Some(key) = address.token {
            let mut value = HeaderValue::from_str(key.expose()).map_err(|_| Reject::new(KEY, Rule::Malformed))?;
            value.set_sensitive(true);
            head = head.header(KEY, value);
        }
        let body = match O::META.verb {
            Verb::Get => Bytes::new(),
            Verb::Post | Verb::Put => {
                head = head.header(header::CONTENT_TYPE, JSON);
                serde_json::to_vec(operation).map_err(<Reject as serde::ser::Error>::custom)?.into()
            }
        };
        let head = head.body(()).map_err(|_| Reject::new("", Rule::Malformed))?;
        Ok(Outgoing { head: RequestHead(head), body: OutgoingBody::Whole(body) })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        if head.status != StatusCode::OK {
            return Err(Refusal::Fault(Fault::read(head.status, &head.headers, body)));
        }
        let malformed = |reject| Refusal::Peer(PeerFlaw::Malformed { status: head.status.as_u16(), reject });
        codec::answer(body).map_err(malformed)
    }

    fn token((): ()) -> Secret {
        Secret::new("")
    }

    fn route(head: &request::Parts) -> Result<(Name, Json), Refused<Self>> {
        let refused = |status: StatusCode, code, message, name| Refused {
            fault: Fault::undocumented(status, code, message),
            style: Json,
            name,
        };
        let path = head.uri.path().strip_prefix(PREFIX).unwrap_or("").trim_end_matches('/');
        let name = Name::ALL.iter().find(|name| name.meta().name == path);
        let Some(name) = name else {
            return Err(refused(StatusCode::NOT_FOUND, "not_found", "No such operation", None));
        };
        if head.method != http::Method::from(name.meta().verb) {
            return Err(refused(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", Some(*name)));
        }
        Ok((*name, Json))
    }

    fn is_field(_name: &str) -> bool {
        true
    }

    fn open(name: Name, _style: &Json, head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        let key = head.headers.get(KEY).and_then(|value| value.to_str().ok()).map(str::trim).filter(|key| !key.is_empty());
        let credential = key.map_or(Credential::None, |key| Credential::Key(Secret::new(key)));
        let read = match body {
            RequestBody::Whole(body) => name.decode(Body(body)).map_err(|reject| invalid(&reject)),
            RequestBody::Fields(_) | RequestBody::Split { .. } => Err(Fault::invalid("body", "is a multipart form")),
        };
        match read {
            Ok(request) => Ok(Incoming { credential, request, style: Json }),
            // The body is read before anyone asks whose the key is: without a key the answer is 401 whatever the parameters
            // are, with a wrong one it is so only when they are right.
            Err(_) if credential == Credential::None => {
                Err(Refused { fault: Fault::unauthorized(), style: Json, name: Some(name) })
            }
            Err(fault) => Err(Refused { fault, style: Json, name: Some(name) }),
        }
    }

    fn reply(answer: &Answer, _style: &Json) -> Reply {
        answer.encode(Body(&[])).map_or_else(|| write(500, Fault::failed().body()), |body| write(200, body))
    }

    fn refuse(fault: &Fault, name: Option<Name>, _style: &Json) -> Reply {
        let mut reply = write(fault.status, fault.body());
        // RFC 9110, section 15.5.6.
        if let Some(name) = name.filter(|_| fault.status == StatusCode::METHOD_NOT_ALLOWED) {
            reply.head.0.headers_mut().insert(header::ALLOW, HeaderValue::from_static(name.meta().verb.as_str()));
        }
        reply
    }

    fn fault(flaw: RequestFlaw, _name: Option<Name>) -> Fault {
        match flaw {
            RequestFlaw::Reject(reject) => invalid(&reject),
            RequestFlaw::TooLarge => Fault::invalid("body", "is too large"),
            RequestFlaw::Multipart(_) | RequestFlaw::Boundary(_) => Fault::invalid("body", "is a multipart form"),
            RequestFlaw::NotImplemented => Fault::undocumented(StatusCode::NOT_IMPLEMENTED, "not_implemented", "Not implemented"),
            RequestFlaw::Busy => Fault::undocumented(StatusCode::SERVICE_UNAVAILABLE, "busy", "The service is busy"),
        }
    }
}

/// The path of an operation.
pub(crate) fn path(meta: &Meta) -> String {
    format!("{PREFIX}{}", meta.name)
}

fn invalid(reject: &Reject) -> Fault {
    Fault::invalid(&reject.field, reject.rule.text())
}

fn write(status: u16, body: Vec<u8>) -> Reply {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    head.headers_mut().insert(header::CONTENT_TYPE, JSON);
    Reply { head: ResponseHead(head), body: ReplyBody::Whole(body.into()) }
}

struct Body<'a>(&'a [u8]);

impl Decode for Body<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        codec::read(self.0)
    }
}

impl Encode for Body<'_> {
    type Output = Option<Vec<u8>>;

    fn encode<O: Operation>(self, answer: &O::Answer) -> Self::Output {
        serde_json::to_vec(answer).ok()
    }
}
