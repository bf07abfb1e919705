//! The two traits that an API implements: [`Operation`] once per operation, [`Api`] once.

use http::{request, response};
use serde::{Serialize, de::DeserializeOwned};

use crate::wire::{Address, Incoming, Outgoing, Refused, Reply, RequestBody};
use crate::{Extract, Meta, PeerFlaw, Redactor, Reject, Secret};

/// One operation of an API. The request type *is* the operation: a plain struct whose fields are the parameters.
///
/// The same type serves both ends: the client encodes it and decodes the answer; the server does the reverse.
pub trait Operation: Serialize + DeserializeOwned + core::fmt::Debug + Send + Sync + 'static {
    /// The API that it belongs to.
    type Api: Api;
    /// What the service answers.
    type Answer: Serialize + DeserializeOwned + core::fmt::Debug + Send + 'static;
    /// What is known of it without sending it.
    const META: Meta;
    /// The refusals that its documentation lists, and those that we assign where it lists none. The service may answer
    /// others; tests and documentation walk these.
    const FAULTS: &'static [<Self::Api as Api>::Documented];

    /// For a download: the same file, but only its bytes from `first` to `last` (both included; to the end when there is no
    /// last), and only if it is still the one that `validator` tells (an entity tag or a date, for `If-Range`; RFC 9110,
    /// section 13.1.5). No other condition is asked. None when parts of a file cannot be asked for.
    ///
    /// With it, a download that broke off goes on where it stopped: see [`Settings::resume`](crate::Settings::resume).
    #[must_use]
    fn part(&self, first: u64, last: Option<u64>, validator: Option<&str>) -> Option<Self> {
        let _ = (first, last, validator);
        None
    }

    /// After an attempt of ours whose reply was lost, the service refused the next with `fault`: the answer that the first
    /// one must have had, if that is what it means. Asked only of operations that are [`Repeat::Telling`](crate::Repeat::Telling).
    fn recover(&self, fault: &<Self::Api as Api>::Fault) -> Option<(Self::Answer, Recovered)> {
        let _ = fault;
        None
    }
}

/// An operation succeeded although the reply to it was lost: a later attempt was told that there is nothing left to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recovered {
    /// What the caller should know of such a success, as a sentence; empty when there is nothing.
    pub caveat: &'static str,
}

/// A refusal of the service, as the API types it.
pub trait Fault: core::fmt::Display + core::fmt::Debug + Clone + Send + Sync + 'static {
    /// What it means for the caller's next step.
    fn class(&self) -> FaultClass;

    /// The same without secrets: services repeat in their own words what they were sent. An API whose faults keep any text
    /// of the service must do this for each of them.
    #[must_use]
    fn redacted(self, redactor: &Redactor) -> Self
    where
        Self: Sized,
    {
        let _ = redactor;
        self
    }

    /// As a text that [`read_back`](Self::read_back) makes the same of. A [journal](crate::journal) needs it of an API with a
    /// login: how one failed is shared by all who waited for it.
    fn written(&self) -> Option<String> {
        None
    }

    /// What [`written`](Self::written) has written.
    #[must_use]
    fn read_back(text: &str) -> Option<Self>
    where
        Self: Sized,
    {
        let _ = text;
        None
    }
}

/// What a fault means for the next step. Exhaustive on purpose: a new step must break who decides on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultClass {
    /// Asking again will not help.
    Permanent,
    /// The service is in trouble: later it may say something else.
    Transient,
    /// The session is over, and nothing was carried out: log in again, then ask again.
    Session,
}

/// How the peer's answer is to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal<F> {
    /// The service said no.
    Fault(F),
    /// It is no answer of this API.
    Peer(PeerFlaw),
}

/// Opens a value of any operation out of one message. The visitor of [`Names::decode`].
pub trait Decode {
    /// Decodes `O`.
    ///
    /// # Errors
    /// The first field that broke a rule.
    fn decode<O: Operation>(self) -> Result<O, Reject>;
}

/// Writes an answer of any operation. The visitor of [`Answers::encode`].
pub trait Encode {
    /// What it writes.
    type Output;

    /// Encodes the answer of `O`.
    fn encode<O: Operation>(self, answer: &O::Answer) -> Self::Output;
}

/// Does something with the type of an operation that is known by name only. The visitor of [`Names::visit`].
pub trait Visit {
    /// What it comes to.
    type Output;

    /// Does it for `O`.
    fn visit<O: Operation>(self) -> Self::Output;
}

/// The names of all operations of an API: what [`catalog!`](crate::catalog) makes of its rows.
pub trait Names: Copy + Eq + core::fmt::Debug + Send + Sync + 'static {
    /// A request of any of them.
    type Request: Requests;

    /// All of them, in the catalog's order.
    const ALL: &'static [Self];

    /// What is known of it.
    fn meta(self) -> &'static Meta;

    /// Decodes the request of this operation.
    ///
    /// # Errors
    /// The first field that broke a rule.
    fn decode<D: Decode>(self, decoder: D) -> Result<Self::Request, Reject>;

    /// Does something with the type of this operation.
    fn visit<V: Visit>(self, visitor: V) -> V::Output;
}

/// Looks at a request of any operation. The visitor of [`Requests::inspect`].
pub trait Inspect {
    /// What it comes to.
    type Output;

    /// Looks at a request of `O`.
    fn inspect<O: Operation>(self, request: &O) -> Self::Output;
}

/// The requests of all operations of an API: what [`catalog!`](crate::catalog) makes of its rows.
pub trait Requests: core::fmt::Debug + Send + 'static {
    /// Looks at whichever request it is.
    fn inspect<I: Inspect>(&self, inspector: I) -> I::Output;
}

/// The answers of all operations of an API: what [`catalog!`](crate::catalog) makes of its rows.
pub trait Answers: core::fmt::Debug + Send + 'static {
    /// Encodes whichever answer it is.
    fn encode<E: Encode>(&self, encoder: E) -> E::Output;
}

/// How an API looks on the wire, from both ends. One implementation serves all of its operations.
pub trait Api: Sized + core::fmt::Debug + Send + Sync + 'static {
    /// What it is called.
    const NAME: &'static str;
    /// How long the service keeps a session that nobody uses; none when for ever.
    const IDLE: Option<core::time::Duration> = None;
    /// The names of its operations.
    type Names: Names;
    /// The answers of its operations.
    type Answers: Answers;
    /// What it answers when it says no.
    type Fault: Fault;
    /// One row of an operation's table of refusals.
    type Documented: Copy + PartialEq + core::fmt::Debug + Send + Sync + 'static;
    /// How a message is written: its format, and what the format needs.
    type Style: Clone + Default + Serialize + DeserializeOwned + core::fmt::Debug + Send + Sync + 'static;
    /// The operation that opens a session; uninhabited where a static key stands for one.
    type Login: Operation<Api = Self> + Clone;

    /// The client's side: one request. Called anew for every attempt.
    ///
    /// # Errors
    /// The field that cannot be sent.
    fn encode<O: Operation<Api = Self>>(operation: &O, address: &Address<'_, Self>) -> Result<Outgoing, Reject>;

    /// The client's side: what the peer answered. `body` is empty for a file that was streamed.
    ///
    /// # Errors
    /// Its refusal, or that it is no answer.
    fn decode<O: Operation<Api = Self>>(head: &response::Parts, body: &[u8]) -> Result<O::Answer, Refusal<Self::Fault>>;

    /// The token in a login's answer.
    fn token(answer: <Self::Login as Operation>::Answer) -> Secret;

    /// The serving side: which operation a request is, and how its answer is to be written.
    ///
    /// # Errors
    /// That it is none, or one that is not served.
    fn route(head: &request::Parts) -> Result<(Self::Names, Self::Style), Refused<Self>>;

    /// The serving side: what takes the file out of a message that carries one, for the operation and the style that
    /// [`route`](Self::route) found. Without it, a message is collected as it is.
    fn extract(name: Self::Names, style: &Self::Style, head: &request::Parts) -> Option<Box<dyn Extract>> {
        let _ = (name, style, head);
        None
    }

    /// The serving side: whether a form field of an upload is a parameter. Any other part is a file.
    fn is_field(name: &str) -> bool;

    /// The serving side: the decoded request and what its sender offers as proof of identity. `name` and `style` are
    /// what [`route`](Self::route) said.
    ///
    /// # Errors
    /// The fault that the answer has to report.
    fn open(
        name: Self::Names,
        style: &Self::Style,
        head: &request::Parts,
        body: RequestBody<'_>,
    ) -> Result<Incoming<Self>, Refused<Self>>;

    /// The serving side: writes an answer.
    fn reply(answer: &Self::Answers, style: &Self::Style) -> Reply;

    /// The serving side: writes a refusal. `name` is absent when no operation was found.
    fn refuse(fault: &Self::Fault, name: Option<Self::Names>, style: &Self::Style) -> Reply;

    /// The serving side: the fault for something that the machine itself found wrong.
    fn fault(flaw: RequestFlaw, name: Option<Self::Names>) -> Self::Fault;
}

/// What the serving machine itself can find wrong with a request. Exhaustive on purpose: every API says what it answers to each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFlaw {
    /// A field broke a rule.
    #[error("{0}")]
    Reject(Reject),
    /// More bytes than [`Limits::request`](crate::Limits::request), [`Limits::embedded`](crate::Limits::embedded) or
    /// [`Limits::upload`](crate::Limits::upload) allow.
    #[error("the request is too large")]
    TooLarge,
    /// A body that is no multipart body, or a malformed one.
    #[error("{0}")]
    Multipart(crate::multipart::Error),
    /// A `Content-Type` without a usable boundary.
    #[error("{0}")]
    Boundary(crate::multipart::BoundaryError),
    /// The operation exists, but nobody serves it here.
    #[error("the operation is not implemented")]
    NotImplemented,
    /// There is no room for the request now; later there may be. Said by whoever drives the machine.
    #[error("the service is busy")]
    Busy,
}
