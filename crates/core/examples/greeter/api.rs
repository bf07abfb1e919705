//! A tiny API, described once for both ends: `POST /greet` with `{"name":…}` answers `{"text":…}`. It needs a key.

use core::fmt;

use http::{HeaderValue, Request as HttpRequest, Response, StatusCode, request, response};
use larder_core::operation::{Answers, Decode, Encode, Names};
use larder_core::wire::{Address, Incoming, Outgoing, OutgoingBody, Refused, Reply, ReplyBody};
use larder_core::wire::{RequestBody, RequestHead, ResponseHead};
use larder_core::{
    Api, Credential, FaultClass, Meta, Operation, PeerFlaw, Refusal, Reject, RequestFlaw, Rule, Secret, Verb, catalog,
};
use serde::{Deserialize, Serialize};

/// The API. Its type carries no data: it is a name for what follows.
#[derive(Debug)]
pub(crate) struct Greeter;

/// An operation is its request's type …
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Greet {
    /// Who is greeted.
    pub(crate) name: String,
}

/// … and its answer's.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Greeting {
    /// What is said.
    pub(crate) text: String,
}

impl Operation for Greet {
    type Api = Greeter;
    type Answer = Greeting;
    /// `safe`: it may be sent again when a reply is lost. `session`: it needs the key.
    const META: Meta = Meta::unary("Greeter", "greet", Verb::Post).session().safe();
    const FAULTS: &'static [u16] = &[400, 401];
}

catalog! {
    api Greeter;
    unary { Greet = Greet => greet; }
    upload {}
    download {}
}

/// A refusal: its status says all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) u16);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}", self.0)
    }
}

impl larder_core::Fault for Fault {
    fn class(&self) -> FaultClass {
        if self.0 >= 500 { FaultClass::Transient } else { FaultClass::Permanent }
    }
}

/// A key stands for a session: there is no operation that opens one, and this type has no values.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum NoLogin {}

impl Operation for NoLogin {
    type Api = Greeter;
    type Answer = ();
    const META: Meta = Meta::unary("none", "none", Verb::Get).safe();
    const FAULTS: &'static [u16] = &[];
}

impl Api for Greeter {
    const NAME: &'static str = "Greeter";
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = u16;
    type Style = ();
    type Login = NoLogin;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let body = serde_json::to_vec(operation).map_err(|_| Reject::new("", Rule::Malformed))?;
        let mut head = HttpRequest::post(address.target.uri(&format!("/{}", O::META.name))?);
        if let Some(key) = address.token {
            head = head.header("key", key.expose());
        }
        let head = head.body(()).map_err(|_| Reject::new("key", Rule::Malformed))?;
        Ok(Outgoing { head: RequestHead(head), body: OutgoingBody::Whole(body.into()) })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        let status = head.status.as_u16();
        if status != 200 {
            return Err(Refusal::Fault(Fault(status)));
        }
        let malformed = |_| Refusal::Peer(PeerFlaw::Malformed { status, reject: Reject::new("", Rule::Malformed) });
        serde_json::from_slice(body).map_err(malformed)
    }

    fn token((): ()) -> Secret {
        Secret::new("")
    }

    fn route(head: &request::Parts) -> Result<(Name, ()), Refused<Self>> {
        let name = Name::ALL.iter().find(|name| head.uri.path() == format!("/{}", name.meta().name));
        name.map(|name| (*name, ())).ok_or(Refused { fault: Fault(404), style: (), name: None })
    }

    fn is_field(_name: &str) -> bool {
        true
    }

    fn open(name: Name, (): &(), head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        let key = head.headers.get("key").and_then(|key| key.to_str().ok());
        let credential = key.map_or(Credential::None, |key| Credential::Key(key.into()));
        let RequestBody::Whole(json) = body else { return Err(Refused { fault: Fault(400), style: (), name: Some(name) }) };
        match name.decode(Json(json)) {
            Ok(request) => Ok(Incoming { credential, request, style: () }),
            Err(_) => Err(Refused { fault: Fault(400), style: (), name: Some(name) }),
        }
    }

    fn reply(answer: &Answer, (): &()) -> Reply {
        write(200, answer.encode(Json(&[])))
    }

    fn refuse(fault: &Fault, _name: Option<Name>, (): &()) -> Reply {
        write(fault.0, Vec::new())
    }

    fn fault(flaw: RequestFlaw, _name: Option<Name>) -> Fault {
        Fault(match flaw {
            RequestFlaw::Reject(_) | RequestFlaw::Multipart(_) | RequestFlaw::Boundary(_) => 400,
            RequestFlaw::TooLarge => 413,
            RequestFlaw::NotImplemented => 501,
            RequestFlaw::Busy => 503,
        })
    }
}

fn write(status: u16, body: Vec<u8>) -> Reply {
    let mut head = Response::new(());
    *head.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    head.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    Reply { head: ResponseHead(head), body: ReplyBody::Whole(body.into()) }
}

/// Reads and writes a message of whichever operation it is.
struct Json<'a>(&'a [u8]);

impl Decode for Json<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        serde_json::from_slice(self.0).map_err(|_| Reject::new("", Rule::Malformed))
    }
}

impl Encode for Json<'_> {
    type Output = Vec<u8>;

    fn encode<O: Operation>(self, answer: &O::Answer) -> Vec<u8> {
        serde_json::to_vec(answer).unwrap_or_default()
    }
}
