//! How the API looks on the wire, from both ends: [`client`](self::client) writes requests and reads answers,
//! [`server`](self::server) does the reverse; [`download`](self::download) knows the URLs of files, [`fields`](self::fields)
//! the forms that carry them, [`forward`](self::forward) where browsers go after an upload, and [`soap`](self::soap) the
//! pages and heads of SOAP.

mod client;
mod download;
mod fields;
mod forward;
mod server;
mod soap;

use core::time::Duration;

use http::{request, response};
use larder_core::operation::Names;
use larder_core::wire::{Address, Incoming, Outgoing, Refused, Reply, RequestBody};
use larder_core::{Api, Extract, Kind, Meta, Operation, Refusal, Reject, RequestFlaw, Secret};
use serde::{Deserialize, Serialize};

pub(crate) use self::fields::parameters;
pub use self::forward::Forward;
use crate::authentication::{LoggedIn, Login};
use crate::codec::soap::{FaultCode, Version};
use crate::values::Callback;
use crate::{Answer, Code, Fault, Name};

/// Nirvanix Web Services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nvx;

/// How answers are written, and requests: as forms for answers in XML and JSON, as envelopes for SOAP. Files travel as they
/// do, whatever the format is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Format {
    /// `text/xml`: what the service sends unless asked otherwise.
    Xml,
    /// `application/json`: what our client asks for, since it is several times faster to read.
    #[default]
    Json,
    /// `text/xml` or `application/soap+xml`: an envelope. What carries files has none: [`Upload`](crate::transfer::Upload),
    /// [`Update`](crate::transfer::Update) and [`Download`](crate::transfer::Download) are sent as ever, and answered in XML.
    Soap(Version),
}

/// The format of an answer, and a script's callback around it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// The function that a script wants called with the answer; JSON only.
    pub callback: Option<Callback>,
    /// Where a browser is sent instead, after an upload.
    #[serde(skip)]
    pub forward: Option<Forward>,
    /// What SOAP calls it when the envelope itself is refused; found out by the server.
    #[serde(skip)]
    pub mishap: Option<FaultCode>,
}

impl Style {
    /// Answers in XML.
    pub const XML: Self = Self::of(Format::Xml);
    /// Answers in JSON.
    pub const JSON: Self = Self::of(Format::Json);
    /// SOAP 1.1, both ways.
    pub const SOAP_1_1: Self = Self::of(Format::Soap(Version::V1_1));
    /// SOAP 1.2, both ways.
    pub const SOAP_1_2: Self = Self::of(Format::Soap(Version::V1_2));

    /// A format, and nothing else.
    const fn of(format: Format) -> Self {
        Self { format, callback: None, forward: None, mishap: None }
    }
}

/// Parameters of a request, in order.
type Pairs = Vec<(String, String)>;

impl Api for Nvx {
    const NAME: &'static str = "Nirvanix Web Services";
    const IDLE: Option<Duration> = Some(Duration::from_secs(20 * 60));
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = Code;
    type Style = Style;
    type Login = Login;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        client::encode(operation, address)
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        client::decode::<O>(head, body)
    }

    fn token(answer: LoggedIn) -> Secret {
        answer.session_token
    }

    fn route(head: &request::Parts) -> Result<(Name, Style), Refused<Self>> {
        server::route(head)
    }

    fn extract(name: Name, style: &Style, _head: &request::Parts) -> Option<Box<dyn Extract>> {
        soap::extract(name, style)
    }

    fn is_field(name: &str) -> bool {
        fields::is_field(name)
    }

    fn open(name: Name, style: &Style, head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        server::open(name, style, head, body)
    }

    fn reply(answer: &Answer, style: &Style) -> Reply {
        server::reply(answer, style)
    }

    fn refuse(fault: &Fault, name: Option<Name>, style: &Style) -> Reply {
        server::refuse(fault, name, style)
    }

    fn fault(flaw: RequestFlaw, _name: Option<Name>) -> Fault {
        let message = flaw.to_string();
        let code = match flaw {
            RequestFlaw::Reject(reject) => return reject.into(),
            RequestFlaw::TooLarge => Code::ContentTooLarge,
            RequestFlaw::Multipart(_) | RequestFlaw::Boundary(_) => Code::InvalidParameter,
            RequestFlaw::NotImplemented => Code::UnsupportedOperation,
            RequestFlaw::Busy => Code::Database,
        };
        Fault { code, message }
    }
}

/// The path of an operation, but of one that fetches a file: that one's is the file's.
pub(crate) fn path(meta: &Meta) -> String {
    match meta.kind {
        Kind::Unary => ["/ws/", meta.namespace, "/", meta.name, ".ashx"].concat(),
        Kind::Upload | Kind::Download => ["/", meta.name, ".ashx"].concat(),
    }
}

/// The session's parameter, where an operation's own table does not spell it otherwise.
pub const SESSION_TOKEN: &str = "sessionToken";

/// The operation without a file of a namespace and a method, without regard to case.
fn find(namespace: &str, method: &str) -> Option<Name> {
    let wanted = |meta: &Meta| meta.namespace.eq_ignore_ascii_case(namespace) && meta.name.eq_ignore_ascii_case(method);
    Name::ALL.iter().copied().find(|name| name.meta().kind == Kind::Unary && wanted(name.meta()))
}
