//! A tiny API: JSON in the body or in a header, a token in another, one operation of each kind.

use bytes::Bytes;
use http::{request, response};
use larder_core::multipart::{Boundary, Writer};
use larder_core::operation::{Answers as _, Decode, Encode, Names as _};
use larder_core::wire::{
    Address, Incoming, Outgoing, OutgoingBody, Refused, Reply, ReplyBody, RequestBody, RequestHead, ResponseHead,
};
use larder_core::{
    Api, Credential, FaultClass, Kind, Meta, Operation, PeerFlaw, Refusal, Reject, RequestFlaw, Rule, Secret, Verb,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone)]
pub struct Shelf;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    pub user: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Token {
    token: String,
}

#[cfg(feature = "hyper")]
impl Token {
    pub fn new() -> Self {
        Self { token: "t".to_owned() }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Echo {
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Add {
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Put {
    pub name: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fetch {
    pub length: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    pub length: u64,
    pub sum: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Fetched {
    #[serde(default)]
    pub length: u64,
}

macro_rules! operation {
    ($type:ty, $answer:ty, $meta:expr) => {
        impl Operation for $type {
            type Api = Shelf;
            type Answer = $answer;
            const META: Meta = $meta;
            const FAULTS: &'static [()] = &[];
        }
    };
}

operation!(Login, Token, Meta::unary("Shelf", "Login", Verb::Post).safe());
operation!(Echo, Echo, Meta::unary("Shelf", "Echo", Verb::Post).session().safe());
operation!(Add, Echo, Meta::unary("Shelf", "Add", Verb::Post).session());
operation!(Put, Stored, Meta::upload("Shelf", "Put", Verb::Post).session().safe());
operation!(Fetch, Fetched, Meta::download("Shelf", "Fetch").session());

larder_core::catalog! {
    api Shelf;
    unary {
        Login = Login => login;
        Echo = Echo => echo;
        Add = Add => add;
    }
    upload { Put = Put; }
    download { Fetch = Fetch; }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub status: u16,
    pub text: String,
}

impl Fault {
    pub fn new(status: u16, text: &str) -> Self {
        Self { status, text: text.to_owned() }
    }
}

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {}", self.status, self.text)
    }
}

impl larder_core::Fault for Fault {
    fn class(&self) -> FaultClass {
        match self.status {
            401 => FaultClass::Session,
            503 => FaultClass::Transient,
            _ => FaultClass::Permanent,
        }
    }
}

struct FromJson<'a>(&'a [u8]);

impl Decode for FromJson<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        serde_json::from_slice(self.0).map_err(|_| Reject::new("", Rule::Malformed))
    }
}

struct ToJson;

impl Encode for ToJson {
    type Output = Vec<u8>;

    fn encode<O: Operation>(self, answer: &O::Answer) -> Vec<u8> {
        serde_json::to_vec(answer).unwrap()
    }
}

impl Api for Shelf {
    const NAME: &'static str = "Shelf";
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = ();
    type Style = ();
    type Login = Login;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let json = serde_json::to_string(operation).unwrap();
        let mut head = http::Request::builder().method(O::META.verb).uri(address.target.uri(&format!("/{}", O::META.name))?);
        if let Some(token) = address.token {
            head = head.header("x-token", token.expose());
        }
        let body = match O::META.kind {
            Kind::Unary => OutgoingBody::Whole(Bytes::from(json)),
            Kind::Download => {
                head = head.header("x-request", json);
                OutgoingBody::Whole(Bytes::new())
            }
            Kind::Upload => {
                let writer = Writer::new(Boundary::from_seed(address.bits[0], address.bits[1]));
                head = head.header("content-type", writer.content_type());
                let before = [writer.field("request", json), writer.file("file", "f", "", None).unwrap()].concat();
                let after = [writer.file_end(), writer.finish()].concat();
                OutgoingBody::File { before: before.into(), after: after.into() }
            }
        };
        Ok(Outgoing { head: RequestHead(head.body(()).unwrap()), body })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        let body = if O::META.kind == Kind::Download && head.status.is_success() { b"{}" } else { body };
        if head.status.is_success()
            && let Ok(answer) = serde_json::from_slice(body)
        {
            return Ok(answer);
        }
        let status = head.status.as_u16();
        Err(serde_json::from_slice(body).map_or(Refusal::Peer(PeerFlaw::Status(status)), Refusal::Fault))
    }

    fn token(answer: Token) -> Secret {
        Secret::new(answer.token)
    }

    fn route(head: &request::Parts) -> Result<(Name, ()), Refused<Self>> {
        let path = head.uri.path().trim_start_matches('/');
        let name = Name::ALL.iter().find(|name| name.meta().name == path).copied();
        name.map(|name| (name, ())).ok_or_else(|| Refused { fault: Fault::new(404, "no such operation"), style: (), name: None })
    }

    fn is_field(name: &str) -> bool {
        name == "request"
    }

    fn open(name: Name, (): &(), head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        let request = match (&body, head.headers.get("x-request")) {
            (_, Some(json)) => name.decode(FromJson(json.as_bytes())),
            (RequestBody::Whole(json), None) => name.decode(FromJson(json)),
            (RequestBody::Split { .. }, None) => Err(Reject::new("", Rule::Malformed)),
            (RequestBody::Fields(fields), None) => name.decode(FromJson(fields[0].1.as_bytes())),
        };
        let request = request.map_err(|reject| Refused {
            fault: Self::fault(RequestFlaw::Reject(reject), Some(name)),
            style: (),
            name: None,
        })?;
        let credential = match head.headers.get("x-token").and_then(|token| token.to_str().ok()) {
            Some(token) => Credential::Session(Secret::new(token)),
            None => Credential::None,
        };
        Ok(Incoming { credential, request, style: () })
    }

    fn reply(answer: &Answer, (): &()) -> Reply {
        let body = match answer {
            Answer::Fetch(file) => ReplyBody::File { offset: 0, length: file.length },
            Answer::Login(_) | Answer::Echo(_) | Answer::Add(_) | Answer::Put(_) => {
                ReplyBody::Whole(answer.encode(ToJson).into())
            }
        };
        Reply { head: ResponseHead(http::Response::new(())), body }
    }

    fn refuse(fault: &Fault, _: Option<Name>, (): &()) -> Reply {
        let head = http::Response::builder().status(fault.status).body(()).unwrap();
        Reply { head: ResponseHead(head), body: ReplyBody::Whole(serde_json::to_vec(fault).unwrap().into()) }
    }

    fn fault(flaw: RequestFlaw, _: Option<Name>) -> Fault {
        Fault::new(if flaw == RequestFlaw::Busy { 503 } else { 400 }, &flaw.to_string())
    }
}
