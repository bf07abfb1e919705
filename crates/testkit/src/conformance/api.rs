//! The API that the suite speaks: JSON in a body or in a header, a token in another, an operation of each kind.

use bytes::Bytes;
use http::{Method, StatusCode, request, response};
use larder_core::multipart::{Boundary, Writer};
use larder_core::operation::{Answers as _, Decode, Encode, Names as _};
use larder_core::wire::{
    Address, Incoming, Outgoing, OutgoingBody, Refused, Reply, ReplyBody, RequestBody, RequestHead, ResponseHead,
};
use larder_core::{
    Api, Credential, FaultClass, Kind, Meta, Operation, PeerFlaw, Refusal, Reject, RequestFlaw, Rule, Secret, Verb,
};
use serde::{Deserialize, Serialize};

/// The suite's own API. A driver is generic over [`Api`]; this is the one that it is tested with.
#[derive(Debug, Clone, Copy)]
pub struct Bench;

/// What every operation answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Said {
    /// A text.
    #[serde(default)]
    pub text: String,
}

/// The query of every request.
pub(super) const QUERY: &str = "as=bench&from=a%20query";

macro_rules! operation {
    ($(#[$doc:meta])* $name:ident, $meta:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name {
            /// A text, which counts as a secret.
            pub text: String,
        }

        impl Operation for $name {
            type Api = Bench;
            type Answer = Said;
            const META: Meta = $meta;
            const FAULTS: &'static [()] = &[];
        }
    };
}

operation!(/** Logs in. */ Login, Meta::unary("Bench", "Login", Verb::Post).safe());
operation!(/** May be repeated. */ Look, Meta::unary("Bench", "Look", Verb::Post).session().safe());
operation!(/** Its request is a HEAD. */ Peek, Meta::unary("Bench", "Peek", Verb::Get).session().safe());
operation!(/** Must not be repeated. */ Add, Meta::unary("Bench", "Add", Verb::Post).session());
operation!(/** Sends a file. */ Put, Meta::upload("Bench", "Put", Verb::Post).session().safe());
operation!(/** Fetches a file. */ Fetch, Meta::download("Bench", "Fetch").session());

mod catalog {
    #![allow(missing_docs, reason = "rows of a table of six operations, each of which is documented")]

    use super::{Add, Bench, Fetch, Login, Look, Peek, Put};

    larder_core::catalog! {
        api Bench;
        unary {
            Login = Login => login;
            Look = Look => look;
            Peek = Peek => peek;
            Add = Add => add;
        }
        upload { Put = Put; }
        download { Fetch = Fetch; }
    }
}

pub use catalog::{Answer, Name, Request};

/// A refusal: its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault(pub u16);

impl core::fmt::Display for Fault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "refused with {}", self.0)
    }
}

impl larder_core::Fault for Fault {
    fn class(&self) -> FaultClass {
        match self.0 {
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
        serde_json::to_vec(answer).unwrap_or_default()
    }
}

fn malformed<E>(what: &'static str) -> impl Fn(E) -> Reject {
    move |_| Reject::new(what, Rule::Malformed)
}

impl Api for Bench {
    const NAME: &'static str = "Bench";
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = ();
    type Style = ();
    type Login = Login;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let json = serde_json::to_string(operation).map_err(malformed("text"))?;
        let method = if O::META.name == Peek::META.name { Method::HEAD } else { O::META.verb.into() };
        let has_body = O::META.kind == Kind::Unary && method == Method::POST;
        let mut head = http::Request::builder().method(method).uri(address.target.uri(&format!("/{}?{QUERY}", O::META.name))?);
        if let Some(token) = address.token {
            head = head.header("x-token", token.expose());
        }
        if !has_body {
            head = head.header("x-request", &json);
        }
        let body = match O::META.kind {
            Kind::Unary if has_body => OutgoingBody::Whole(Bytes::from(json)),
            Kind::Unary | Kind::Download => OutgoingBody::Whole(Bytes::new()),
            Kind::Upload => {
                let writer = Writer::new(Boundary::from_seed(address.bits[0], address.bits[1]));
                head = head.header("content-type", writer.content_type());
                let before = writer.file("file", "f", "", None).map_err(malformed("file"))?;
                let after = [writer.file_end(), writer.finish()].concat();
                OutgoingBody::File { before, after: after.into() }
            }
        };
        Ok(Outgoing { head: RequestHead(head.body(()).map_err(malformed("head"))?), body })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        let is_empty = O::META.kind == Kind::Download || body.is_empty();
        let status = head.status.as_u16();
        match status {
            200 | 204 | 206 | 304 => serde_json::from_slice(if is_empty { b"{}" } else { body })
                .map_err(|_| Refusal::Peer(PeerFlaw::Malformed { status, reject: Reject::new("", Rule::Malformed) })),
            401 | 403 | 503 => Err(Refusal::Fault(Fault(status))),
            _ => Err(Refusal::Peer(PeerFlaw::Status(status))),
        }
    }

    fn token(answer: Said) -> Secret {
        Secret::new(answer.text)
    }

    fn route(head: &request::Parts) -> Result<(Name, ()), Refused<Self>> {
        let path = head.uri.path().trim_start_matches('/');
        let name = Name::ALL.iter().find(|name| name.meta().name == path).copied();
        name.map(|name| (name, ())).ok_or(Refused { fault: Fault(404), style: (), name: None })
    }

    fn is_field(_: &str) -> bool {
        false
    }

    fn open(name: Name, (): &(), head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        let request = match (&body, head.headers.get("x-request")) {
            (_, Some(json)) => name.decode(FromJson(json.as_bytes())),
            (RequestBody::Whole(json), None) => name.decode(FromJson(json)),
            (RequestBody::Split { .. } | RequestBody::Fields(_), None) => Err(Reject::new("", Rule::Malformed)),
        };
        let request = request.map_err(|_| Refused { fault: Fault(400), style: (), name: Some(name) })?;
        let token = head.headers.get("x-token").and_then(|token| token.to_str().ok());
        let credential = token.map_or(Credential::None, |token| Credential::Session(Secret::new(token)));
        Ok(Incoming { credential, request, style: () })
    }

    fn reply(answer: &Answer, (): &()) -> Reply {
        Reply { head: ResponseHead(http::Response::new(())), body: ReplyBody::Whole(answer.encode(ToJson).into()) }
    }

    fn refuse(fault: &Fault, _: Option<Name>, (): &()) -> Reply {
        let mut head = http::Response::new(());
        *head.status_mut() = StatusCode::from_u16(fault.0).unwrap_or(StatusCode::BAD_REQUEST);
        Reply { head: ResponseHead(head), body: ReplyBody::Whole(Bytes::new()) }
    }

    fn fault(flaw: RequestFlaw, _: Option<Name>) -> Fault {
        Fault(if flaw == RequestFlaw::Busy { 503 } else { 400 })
    }
}
