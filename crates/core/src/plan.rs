//! What a call would send, without sending it.

use core::fmt;

use http::Method;

use crate::clocks::{Clock, Clocks};
use crate::operation::{Api, Operation};
use crate::retry::Policy;
use crate::wire::{Address, Length, Outgoing, OutgoingBody, Span};
use crate::{Auth, Meta, Redactor, Reject, Repeat, Rule, Secret, Session, Settings};

/// Stands for the token of a session that is not open yet. No text of a request can be taken for it by mistake.
const UNKNOWN: &str = "a-token-that-is-not-known-yet-37b1a2f0";

/// The request that a call would send first, without secrets: they are `REDACTED`. Nothing is sent or changed by making one.
///
/// `Display` and `Debug` print it as HTTP/1.1 has it, below lines that begin with `#` and say what would be done beside it.
/// The boundary of an upload is another one each time.
#[derive(Clone, PartialEq, Eq)]
pub struct Plan {
    /// The operation.
    pub operation: Meta,
    /// The login that would come before it, since there is no session yet.
    pub login: Option<Meta>,
    /// The method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers, in order, those that frame the body included.
    pub headers: Vec<(String, String)>,
    /// The body, in pieces that follow each other; none when there is none.
    pub body: Vec<PlanPiece>,
    /// How long it would wait for what.
    pub clocks: Clocks,
    /// How often it would try again.
    pub policy: Policy,
}

/// A piece of the body of a [`Plan`].
#[derive(Clone, PartialEq, Eq)]
pub enum PlanPiece {
    /// Text.
    Text(String),
    /// Bytes of the caller's file.
    File {
        /// Where in the file they start.
        offset: u64,
        /// How many they are; all that there are when it is not known.
        length: Option<u64>,
    },
}

impl Plan {
    /// The request of `operation`.
    ///
    /// # Errors
    /// The field that cannot be sent; `session` is missing when one is needed and there is nothing to open it with.
    pub fn of<O: Operation>(operation: &O, settings: &Settings<O::Api>, session: &Session<O::Api>) -> Result<Self, Reject> {
        let login = session.login().filter(|_| O::META.auth != Auth::Own && !session.is_open());
        let token = session.token().cloned().or_else(|| login.map(|_| Secret::from(UNKNOWN)));
        let token = token.filter(|_| O::META.auth != Auth::Own);
        if token.is_none() && O::META.auth == Auth::Session {
            return Err(Reject::new("session", Rule::Missing));
        }
        let address = Address { target: &settings.target, token: token.as_ref(), style: &settings.style, bits: [0, 0] };
        let outgoing = O::Api::encode(operation, &address)?;
        let mut redactor = Redactor::of(operation);
        session.login().into_iter().for_each(|login| redactor.join(Redactor::of(login)));
        token.into_iter().for_each(|token| redactor.add(token));
        let login = login.map(|_| <<O::Api as Api>::Login as Operation>::META);
        let clocks = settings.clocks.or(Clocks::of(&O::META));
        Ok(Self { login, clocks, ..Self::shown(O::META, outgoing, settings.length, settings.policy, &redactor) })
    }

    fn shown(operation: Meta, outgoing: Outgoing, length: Option<u64>, policy: Policy, redactor: &Redactor) -> Self {
        let framing = framing(&outgoing, length);
        let head = outgoing.head.0.into_parts().0;
        let text = |bytes: &[u8]| redactor.redact(&String::from_utf8_lossy(bytes));
        let mut headers = vec![("host".to_owned(), head.uri.authority().map_or(String::new(), ToString::to_string))];
        headers.extend(head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))));
        headers.extend(framing.map(|(name, value)| (name.to_owned(), value)));
        let body = pieces(outgoing.body, length, |bytes| PlanPiece::Text(text(bytes)));
        let url = redactor.redact(&head.uri.to_string());
        Self { operation, login: None, method: head.method, url, headers, body, clocks: Clocks::default(), policy }
    }
}

/// The header that says how long the body is, as the transport will write it.
fn framing(outgoing: &Outgoing, length: Option<u64>) -> Option<(&'static str, String)> {
    match outgoing.body.length(length) {
        Length::Known(0) if outgoing.head.0.method() == Method::GET => None,
        Length::Known(length) => Some(("content-length", length.to_string())),
        Length::Unknown => Some(("transfer-encoding", "chunked".to_owned())),
    }
}

fn pieces(body: OutgoingBody, length: Option<u64>, text: impl Fn(&[u8]) -> PlanPiece) -> Vec<PlanPiece> {
    match body {
        OutgoingBody::Whole(bytes) if bytes.is_empty() => Vec::new(),
        OutgoingBody::Whole(bytes) => vec![text(&bytes)],
        OutgoingBody::File { before, after } => vec![text(&before), PlanPiece::File { offset: 0, length }, text(&after)],
        OutgoingBody::Spans { spans, after } => {
            let file = |span: &Span| PlanPiece::File { offset: span.offset, length: Some(span.length) };
            spans.iter().flat_map(|span| [text(&span.before), file(span)]).chain([text(&after)]).collect()
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let safe = match self.operation.repeat {
            Repeat::Safe => "safe to repeat",
            Repeat::Telling => "safe to repeat: a refusal tells that it was carried out before",
            Repeat::Unsafe => "not safe to repeat",
        };
        writeln!(f, "# {}: {safe}", self.operation)?;
        if let Some(what) = self.operation.destroys {
            writeln!(f, "# destroys {what}")?;
        }
        if let Some(login) = self.login {
            writeln!(f, "# after {login}")?;
        }
        let Clocks { connect, first_byte, attempt, stall, total } = self.clocks;
        let clocks = [("connection", connect), ("answer", first_byte), ("attempt", attempt), ("silence", stall), ("all", total)];
        let clocks: Vec<String> = clocks.iter().filter_map(|(name, clock)| shown_clock(name, *clock)).collect();
        writeln!(f, "# clocks: {}", clocks.join(", "))?;
        let Policy { attempts, base, cap, .. } = self.policy;
        writeln!(f, "# attempts: at most {attempts}, pauses from {base:?} to {cap:?}")?;
        let target = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let target = target.find('/').map_or("/", |path| &target[path..]);
        writeln!(f, "{} {target} HTTP/1.1", self.method)?;
        self.headers.iter().try_for_each(|(name, value)| writeln!(f, "{name}: {value}"))?;
        if !self.body.is_empty() {
            writeln!(f)?;
        }
        self.body.iter().try_for_each(|piece| write!(f, "{piece}"))
    }
}

impl fmt::Display for PlanPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&text.replace("\r\n", "\n")),
            Self::File { length: None, .. } => f.write_str("[a file of unknown length]"),
            Self::File { offset: 0, length: Some(length) } => write!(f, "[a file of {length} bytes]"),
            Self::File { offset, length: Some(length) } => write!(f, "[{length} bytes of a file, from {offset} on]"),
        }
    }
}

fn shown_clock(name: &str, clock: Clock) -> Option<String> {
    clock.limit().map(|limit| format!("{name} {limit:?}"))
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for PlanPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
