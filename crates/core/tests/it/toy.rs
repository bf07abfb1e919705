//! An API of a few lines: messages are plain text, and a status says how it went.
//!
//! A request is a form with one field; an answer is a text. 200 is a success, 401 says that the session is over, 500
//! that there is trouble, 403 is a refusal; an answer that begins with `?` is none. A message to `hand` carries a file,
//! between brackets.

use core::any::Any;
use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use http::{Request as HttpRequest, Response, StatusCode, request, response};
use larder_core::multipart::{Boundary, Writer};
use larder_core::operation::{Answers, Decode, Encode, Names};
use larder_core::wire::{
    Address, Incoming, Outgoing, OutgoingBody, Refused, Reply, ReplyBody, RequestBody, RequestHead, ResponseHead,
};
use larder_core::{
    Api, Credential, Extract, FaultClass, Kind, Message, Meta, Operation, PeerFlaw, Recovered, Refusal, Reject, RequestFlaw,
    Rule, Secret, Verb,
};
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};

/// The API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Toy;

/// What every operation answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Said {
    pub(crate) text: String,
}

macro_rules! operation {
    ($name:ident, $meta:expr) => {
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) text: String,
        }

        impl Operation for $name {
            type Api = Toy;
            type Answer = Said;
            const META: Meta = $meta;
            const FAULTS: &'static [()] = &[];
        }
    };
}

operation!(Enter, Meta::unary("toy", "enter", Verb::Post).safe().confides());
operation!(Ping, Meta::unary("toy", "ping", Verb::Post).safe());
operation!(Look, Meta::unary("toy", "look", Verb::Post).session().safe());
operation!(Change, Meta::unary("toy", "change", Verb::Post).session());
operation!(Hand, Meta::unary("toy", "hand", Verb::Post));
operation!(Store, Meta::upload("toy", "store", Verb::Post).safe());
operation!(StoreInside, Meta::upload("toy", "store_inside", Verb::Post).session().safe());
operation!(Keep, Meta::upload("toy", "keep", Verb::Post));
operation!(FetchInside, Meta::download("toy", "fetch_inside").session());
operation!(Peek, Meta::unary("toy", "peek", Verb::Get).maybe_session().safe());
operation!(Leave, Meta::unary("toy", "leave", Verb::Post).session().ends_session());

/// Ends something: 403 says that it is so already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Finish {
    pub(crate) text: String,
}

impl Operation for Finish {
    type Api = Toy;
    type Answer = Said;
    const META: Meta = Meta::unary("toy", "finish", Verb::Post).session().telling();
    const FAULTS: &'static [()] = &[];

    fn recover(&self, fault: &Fault) -> Option<(Said, Recovered)> {
        let said = Said { text: "finished before".to_owned() };
        (*fault == Fault::No).then_some((said, Recovered { caveat: "no text" }))
    }
}

/// Makes a key of a secret: its answer is one, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mint {
    pub(crate) text: Secret,
}

impl Operation for Mint {
    type Api = Toy;
    type Answer = Said;
    const META: Meta = Meta::unary("toy", "mint", Verb::Post).safe().confides();
    const FAULTS: &'static [()] = &[];
}

/// Ends the session: 401 says that it is so already.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Quit {
    pub(crate) text: String,
}

impl Operation for Quit {
    type Api = Toy;
    type Answer = Said;
    const META: Meta = Meta::unary("toy", "quit", Verb::Post).session().ends_session().telling();
    const FAULTS: &'static [()] = &[];

    fn recover(&self, fault: &Fault) -> Option<(Said, Recovered)> {
        let said = Said { text: "over before".to_owned() };
        (*fault == Fault::Session).then_some((said, Recovered { caveat: "" }))
    }
}

/// Its text is the part that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Fetch {
    pub(crate) text: String,
}

impl Operation for Fetch {
    type Api = Toy;
    type Answer = Said;
    const META: Meta = Meta::download("toy", "fetch");
    const FAULTS: &'static [()] = &[];

    fn part(&self, first: u64, last: Option<u64>, validator: Option<&str>) -> Option<Self> {
        let last = last.map_or(String::new(), |last| last.to_string());
        Some(Self { text: format!("{first}-{last} if {}", validator.unwrap_or("any")) })
    }
}

mod catalog {
    use super::{
        Change, Enter, Fetch, FetchInside, Finish, Hand, Keep, Leave, Look, Mint, Peek, Ping, Quit, Store, StoreInside, Toy,
    };

    larder_core::catalog! {
        api Toy;
        unary {
            Enter = Enter => enter;
            Ping = Ping => ping;
            Look = Look => look;
            Change = Change => change;
            Hand = Hand => hand;
            Leave = Leave => leave;
            Finish = Finish => finish;
            Quit = Quit => quit;
            Peek = Peek => peek;
            Mint = Mint => mint;
        }
        upload {
            Store = Store;
            StoreInside = StoreInside;
            Keep = Keep;
        }
        download {
            Fetch = Fetch;
            FetchInside = FetchInside;
        }
    }
}

pub(crate) use catalog::{Answer, Name, Request};

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    No,
    Later,
    Session,
    Missing,
    TooLarge,
    Malformed,
    Busy,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl larder_core::Fault for Fault {
    fn written(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read_back(text: &str) -> Option<Self> {
        use Fault::{Busy, Later, Malformed, Missing, No, Session, TooLarge};
        [No, Later, Session, Missing, TooLarge, Malformed, Busy].into_iter().find(|fault| fault.to_string() == text)
    }

    fn class(&self) -> FaultClass {
        match self {
            Self::No | Self::Missing | Self::TooLarge | Self::Malformed => FaultClass::Permanent,
            Self::Later | Self::Busy => FaultClass::Transient,
            Self::Session => FaultClass::Session,
        }
    }
}

impl Api for Toy {
    const NAME: &'static str = "Toy";
    const IDLE: Option<Duration> = Some(Duration::from_secs(20 * 60));
    type Names = Name;
    type Answers = Answer;
    type Fault = Fault;
    type Documented = ();
    type Style = ();
    type Login = Enter;

    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject> {
        let uri = address.target.uri(&format!("/{}", O::META.name))?;
        let mut head = HttpRequest::builder().method(O::META.verb).uri(uri);
        if let Some(token) = address.token {
            head = head.header("token", token.expose());
        }
        let text = text_of(operation);
        if text == "unsayable" {
            return Err(Reject::new("text", Rule::Malformed));
        }
        let body = match O::META.kind {
            Kind::Unary => OutgoingBody::Whole(format!("text={text}").into()),
            Kind::Download => {
                if !text.is_empty() {
                    head = head.header("range", text);
                }
                OutgoingBody::Whole(Bytes::new())
            }
            Kind::Upload => {
                let writer = Writer::new(Boundary::from_seed(1, 2));
                head = head.header("content-type", writer.content_type());
                let mut before = writer.field("key", "key").to_vec();
                before.extend_from_slice(&writer.field("text", &text));
                let part = writer.file("file", "a", "text/plain", None);
                before.extend_from_slice(&part.map_err(|_| Reject::new("file", Rule::Malformed))?);
                let mut after = writer.file_end().to_vec();
                after.extend_from_slice(&writer.finish());
                OutgoingBody::File { before: before.into(), after: after.into() }
            }
        };
        let head = head.body(()).map_err(|_| Reject::new("head", Rule::Malformed))?;
        Ok(Outgoing { head: RequestHead(head), body })
    }

    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Fault>> {
        let malformed = |reject| Refusal::Peer(PeerFlaw::Malformed { status: head.status.as_u16(), reject });
        let text = String::from_utf8_lossy(body).into_owned();
        match head.status.as_u16() {
            200 | 304 if text.starts_with('?') => Err(malformed(Reject::new("", Rule::Malformed))),
            200 | 206 | 304 => pairs(vec![("text".to_owned(), text)]).map_err(malformed),
            401 => Err(Refusal::Fault(Fault::Session)),
            403 => Err(Refusal::Fault(Fault::No)),
            500 => Err(Refusal::Fault(Fault::Later)),
            other => Err(Refusal::Peer(PeerFlaw::Status(other))),
        }
    }

    fn token(answer: Said) -> Secret {
        answer.text.into()
    }

    fn route(head: &request::Parts) -> Result<(Name, ()), Refused<Self>> {
        let path = head.uri.path().trim_start_matches('/');
        let name = Name::ALL.iter().find(|name| name.meta().name == path);
        name.map(|name| (*name, ())).ok_or(Refused { fault: Fault::No, style: (), name: None })
    }

    fn extract(name: Name, (): &(), _head: &request::Parts) -> Option<Box<dyn Extract>> {
        (name == Name::Hand).then(|| Box::new(Brackets::default()) as Box<dyn Extract>)
    }

    fn is_field(name: &str) -> bool {
        matches!(name, "key" | "text")
    }

    fn open(name: Name, (): &(), head: &request::Parts, body: RequestBody<'_>) -> Result<Incoming<Self>, Refused<Self>> {
        let fields = match body {
            RequestBody::Whole(bytes) => form_urlencoded::parse(bytes).into_owned().collect(),
            RequestBody::Split { text, file } => {
                let file = file.map_or("none".into(), |file| format!("{}", file.concat().escape_ascii()));
                vec![("text".to_owned(), format!("{} with {file}", text.escape_ascii()))]
            }
            RequestBody::Fields(fields) => fields.to_vec(),
        };
        let value = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
        let token = head.headers.get("token").and_then(|token| token.to_str().ok());
        let credential = match (name.meta().kind, token) {
            (Kind::Upload, _) => value("key").map(|key| Credential::Upload(key.into())),
            (Kind::Unary | Kind::Download, Some(token)) => Some(Credential::Session(token.into())),
            (Kind::Unary | Kind::Download, None) => Some(Credential::None),
        };
        let request = name.decode(Fields(fields));
        match (credential, request) {
            (Some(credential), Ok(request)) => Ok(Incoming { credential, request, style: () }),
            (None, _) => Err(Refused { fault: Fault::Missing, style: (), name: None }),
            (_, Err(_)) => Err(Refused { fault: Fault::Malformed, style: (), name: None }),
        }
    }

    fn reply(answer: &Answer, (): &()) -> Reply {
        let text = answer.encode(Text);
        // The text of a file's answer is its length.
        let body = if let Answer::Fetch(_) = answer {
            ReplyBody::File { offset: 0, length: text.parse().unwrap_or_default() }
        } else {
            ReplyBody::Whole(text.into())
        };
        Reply { head: ResponseHead(Response::new(())), body }
    }

    fn refuse(fault: &Fault, _name: Option<Name>, (): &()) -> Reply {
        let mut head = Response::new(());
        *head.status_mut() = StatusCode::FORBIDDEN;
        Reply { head: ResponseHead(head), body: ReplyBody::Whole(fault.to_string().into()) }
    }

    fn fault(flaw: RequestFlaw, _name: Option<Name>) -> Fault {
        match flaw {
            RequestFlaw::TooLarge => Fault::TooLarge,
            RequestFlaw::NotImplemented => Fault::No,
            RequestFlaw::Busy => Fault::Busy,
            RequestFlaw::Reject(_) | RequestFlaw::Multipart(_) | RequestFlaw::Boundary(_) => Fault::Malformed,
        }
    }
}

/// The file stands between brackets; a `!` in it is refused.
#[derive(Default)]
struct Brackets {
    is_open: bool,
}

impl Extract for Brackets {
    fn push(&mut self, chunk: &[u8], message: &mut Message) -> Result<(), RequestFlaw> {
        for byte in chunk {
            match (byte, self.is_open) {
                (b'[', false) => message.file(b"")?,
                (b']', true) => {}
                (b'!', true) => return Err(RequestFlaw::Reject(Reject::new("file", Rule::Malformed))),
                (_, true) => message.file(&[*byte])?,
                (_, false) => message.text(&[*byte])?,
            }
            self.is_open = match byte {
                b'[' => true,
                b']' => false,
                _ => self.is_open,
            };
        }
        Ok(())
    }
}

struct Fields(Vec<(String, String)>);

impl Decode for Fields {
    fn decode<O: Operation>(self) -> Result<O, Reject> {
        let mut fields = self.0;
        if !fields.iter().any(|(name, _)| name == "text") {
            fields.push(("text".to_owned(), String::new()));
        }
        fields.retain(|(name, _)| name == "text");
        pairs(fields)
    }
}

fn pairs<T: serde::de::DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T, Reject> {
    T::deserialize(MapDeserializer::<_, Reject>::new(pairs.into_iter()))
}

struct Text;

impl Encode for Text {
    type Output = String;

    fn encode<O: Operation>(self, answer: &O::Answer) -> String {
        (answer as &dyn Any).downcast_ref::<Said>().map(|said| said.text.clone()).unwrap_or_default()
    }
}

fn text_of<O: Operation>(operation: &O) -> String {
    let operation: &dyn Any = operation;
    let ping = operation.downcast_ref::<Ping>().map(|ping| ping.text.clone());
    let fetch = operation.downcast_ref::<Fetch>().map(|fetch| fetch.text.clone());
    let fetch = fetch.or_else(|| operation.downcast_ref::<Mint>().map(|mint| mint.text.expose().to_owned()));
    ping.or(fetch).or_else(|| operation.downcast_ref::<Enter>().map(|enter| enter.text.clone())).unwrap_or_default()
}
