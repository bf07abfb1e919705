//! An API of one operation: JSON both ways, and no proof of identity.

use core::fmt;

use bytes::Bytes;
use http::{Response, StatusCode, request, response};
use larder_core::operation::{Answers, Decode, Encode, Names};
use larder_core::wire::{Address, Incoming, Outgoing, OutgoingBody, Refused as NotServed, Reply, ReplyBody};
use larder_core::wire::{RequestBody, RequestHead, ResponseHead};
use larder_core::{
    Api, Credential, Fault, FaultClass, Meta, Operation, PeerFlaw, Refusal, Reject, RequestFlaw, Rule, Secret, Verb,
};
use serde::{Deserialize, Serialize};

/// The API.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bank;

/// Adds to the account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deposit {
    pub(crate) amount: u64,
}

/// What is there then.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deposited {
    pub(crate) balance: u64,
}

impl Operation for Deposit {
    type Api = Bank;
    type Answer = Deposited;
    /// The bug: twice is not the same as once.
    const META: Meta = Meta::unary("bank", "deposit", Verb::Post).safe();
    const FAULTS: &'static [()] = &[];
}

mod catalog {
    use super::{Bank, Deposit};

    larder_core::catalog! {
        api Bank;
        unary {
            Deposit = Deposit => deposit;
        }
        upload {}
        download {}
    }
}

pub(crate) use self::catalog::{Answer, Name, Request};

/// The one refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl Fault for Refused {
    fn class(&self) -> FaultClass {
        FaultClass::Permanent
    }
}

/// Nobody logs in.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) enum NoLogin {}

impl Operation for NoLogin {
    type Api = Bank;
    type Answer = ();
    const META: Meta = Meta::unary("none", "none", Verb::Get).safe();
    const FAULTS: &'static [()] = &[];
}

impl Api for Bank {
    const NAME: &'static str = "Bank";
    type Names = Name;
    type Answers = Answer;
    type Fault = Refused;
    type Documented = ();
    type Style = ();
    type Login = NoLogin;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let uri = address.target.uri(&format!("/{}", O::META.name))?;
        let head = http::Request::builder().method(O::META.verb).uri(uri).body(());
        let head = RequestHead(head.map_err(|_| Reject::new("", Rule::Malformed))?);
        let body = serde_json::to_vec(operation).map_err(<Reject as serde::ser::Error>::custom)?;
        Ok(Outgoing { head, body: OutgoingBody::Whole(body.into()) })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Refused>> {
        match head.status {
            StatusCode::OK => serde_json::from_slice(body).map_err(|_| Refusal::Fault(Refused)),
            StatusCode::FORBIDDEN => Err(Refusal::Fault(Refused)),
            other => Err(Refusal::Peer(PeerFlaw::Status(other.as_u16()))),
        }
    }

    fn token((): ()) -> Secret {
        Secret::new("")
    }

    fn route(head: &request::Parts) -> Result<(Name, ()), NotServed<Self>> {
        let name = Name::ALL.iter().find(|name| name.meta().name == head.uri.path().trim_start_matches('/'));
        name.map(|name| (*name, ())).ok_or(NotServed { fault: Refused, style: (), name: None })
    }

    fn is_field(_name: &str) -> bool {
        true
    }

    fn open(name: Name, (): &(), _head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, NotServed<Self>> {
        let body = if let RequestBody::Whole(body) = body { body } else { &[] };
        let request = name.decode(Json(body)).map_err(|_| NotServed { fault: Refused, style: (), name: Some(name) })?;
        Ok(Incoming { credential: Credential::None, request, style: () })
    }

    fn reply(answer: &Answer, (): &()) -> Reply {
        Reply { head: ResponseHead(Response::new(())), body: ReplyBody::Whole(answer.encode(Json(&[]))) }
    }

    fn refuse(_fault: &Refused, _name: Option<Name>, (): &()) -> Reply {
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::FORBIDDEN;
        Reply { head: ResponseHead(head), body: ReplyBody::Whole(Bytes::new()) }
    }

    fn fault(_flaw: RequestFlaw, _name: Option<Name>) -> Refused {
        Refused
    }
}

struct Json<'a>(&'a [u8]);

impl Decode for Json<'_> {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        serde_json::from_slice(self.0).map_err(<Reject as serde::de::Error>::custom)
    }
}

impl Encode for Json<'_> {
    type Output = Bytes;

    fn encode<O: Operation>(self, answer: &O::Answer) -> Bytes {
        serde_json::to_vec(answer).unwrap_or_default().into()
    }
}
