//! Drives a machine by hand and writes down what was said.

use core::fmt::{Debug, Write};
use core::time::Duration;

use http::{HeaderName, HeaderValue, Request as HttpRequest, Response};
use larder_core::multipart::{Boundary, Writer};
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{
    Action, Call, ClientMachine, Duty, Exchange, ExchangeId, Failure, Input, Machine, On, Operation, Phase, Serving, Session,
    Settings, Shared, Target, Time, Told, Why,
};

use crate::toy::{Enter, Said, Toy};

/// One call, its client's shared state, and what was said.
pub(crate) struct Client<O: Operation<Api = Toy, Answer = Said>> {
    pub(crate) call: Call<O>,
    pub(crate) shared: Shared<Toy>,
    pub(crate) now: Time,
    pub(crate) log: String,
    pub(crate) waits: Option<(Option<Time>, Why, On)>,
    pub(crate) is_done: bool,
}

pub(crate) fn settings() -> Settings<Toy> {
    Settings::new(Target::parse("http://toy.test").unwrap_or_else(|reject| panic!("{reject}")))
}

/// A session that stands.
pub(crate) fn token() -> Session<Toy> {
    Session::with_token("token".into())
}

/// A session that can be opened.
pub(crate) fn login() -> Session<Toy> {
    Session::with_login(Enter { text: "sesame".to_owned() })
}

impl<O: Operation<Api = Toy, Answer = Said>> Client<O> {
    pub(crate) fn new(operation: O, session: Session<Toy>) -> Self {
        Self::with(operation, session, settings())
    }

    pub(crate) fn with(operation: O, session: Session<Toy>, settings: Settings<Toy>) -> Self {
        Self {
            call: Call::new(operation, settings),
            shared: Shared::new(session, 1),
            now: Time::ZERO,
            log: String::new(),
            waits: None,
            is_done: false,
        }
    }

    /// Polls until it waits or is over.
    pub(crate) fn poll(&mut self) -> &mut Self {
        for _ in 0..100 {
            let action = self.call.poll(self.now, &mut self.shared);
            if let Action::Wait { until, why, on } = &action {
                self.waits = Some((*until, *why, *on));
                self.line('>', &Shown(*until, *why, *on));
                return self;
            }
            self.line('>', &action);
            if matches!(action, Action::Done(_)) {
                self.is_done = true;
                return self;
            }
        }
        panic!("never waits:\n{}", self.log);
    }

    fn line(&mut self, mark: char, what: &dyn Debug) {
        let now = self.now.0.as_secs_f64();
        let _ = writeln!(self.log, "{now:>5.1} {mark} {what:?}");
    }

    /// Tells it something legal, without polling.
    pub(crate) fn say(&mut self, input: Input) -> &mut Self {
        self.line('<', &input);
        if let Err(misuse) = self.call.handle(input) {
            panic!("{misuse}\n{}", self.log);
        }
        self
    }

    /// Tells it something legal, and polls.
    pub(crate) fn tell(&mut self, input: Input) -> &mut Self {
        self.say(input).poll()
    }

    /// Goes on in time, and polls.
    pub(crate) fn after(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now + Duration::from_secs(seconds);
        self.poll()
    }

    /// Tells it that the exchange was answered like this, all at once.
    pub(crate) fn answered(&mut self, at: u64, status: u16, body: &str) -> &mut Self {
        self.say(wrote(at)).poll().say(head(at, status));
        if !body.is_empty() {
            self.say(data(at, body));
        }
        self.tell(end(at))
    }

    /// Tells it something that it must refuse, and checks that nothing has changed.
    pub(crate) fn misuse(&mut self, input: Input) -> String {
        let before = format!("{:?}", self.call);
        let shown = format!("{input:?}");
        let result = self.call.handle(input);
        assert_eq!(format!("{:?}", self.call), before, "{shown} has changed the machine");
        match result {
            Ok(()) => format!("{shown}: ok"),
            Err(misuse) => format!("{shown}: {misuse}"),
        }
    }
}

impl<O: Operation<Api = Toy, Answer = Said>> Client<O> {
    pub(crate) fn abandon(&mut self) {
        self.call.abandon(&mut self.shared);
    }
}

/// A wait, as a person reads it.
struct Shown(Option<Time>, Why, On);

impl Debug for Shown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Wait for {:?}", self.1)?;
        if let Some(until) = self.0 {
            write!(f, " until {until:?}")?;
        }
        let on = self.2;
        let on = [(on.peer, "peer"), (on.room, "room"), (on.body, "body"), (on.shared.is_some(), "shared")];
        on.iter().filter(|(is, _)| *is).try_for_each(|(_, what)| write!(f, ", {what}"))
    }
}

pub(crate) fn wrote(at: u64) -> Input {
    Input::Wrote { at: ExchangeId(at) }
}

pub(crate) fn head(at: u64, status: u16) -> Input {
    head_with(at, status, &[])
}

pub(crate) fn head_with(at: u64, status: u16, headers: &[(&'static str, &str)]) -> Input {
    let mut head = Response::new(());
    *head.status_mut() = status.try_into().unwrap_or_default();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap_or_else(|_| panic!("{value}"));
        head.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Input::Head { at: ExchangeId(at), head: ResponseHead(head) }
}

pub(crate) fn data(at: u64, text: &str) -> Input {
    Input::Data { at: ExchangeId(at), chunk: text.to_owned().into() }
}

pub(crate) fn end(at: u64) -> Input {
    Input::End { at: ExchangeId(at) }
}

pub(crate) fn failed(at: u64, failure: Failure, phase: Phase) -> Input {
    Input::Failed { at: ExchangeId(at), failure, phase }
}

pub(crate) fn body(offset: u64, text: &str) -> Input {
    Input::Body { offset, chunk: text.to_owned().into() }
}

/// One exchange and what was said.
pub(crate) struct Server {
    pub(crate) exchange: Exchange<Toy>,
    pub(crate) now: Time,
    pub(crate) log: String,
    pub(crate) is_done: bool,
    pub(crate) waits: Option<(Option<Time>, Why, On)>,
}

/// A request's head.
pub(crate) fn request(method: &str, path: &str, headers: &[(&'static str, &str)]) -> RequestHead {
    let mut head = HttpRequest::builder().method(method).uri(path);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    RequestHead(head.body(()).unwrap_or_else(|error| panic!("{error}")))
}

/// The head of an upload.
pub(crate) fn upload_head() -> RequestHead {
    request("POST", "/store", &[("content-type", &form().content_type())])
}

pub(crate) fn form() -> Writer {
    Writer::new(Boundary::from_seed(1, 2))
}

/// An upload's body with these files.
pub(crate) fn upload_body(files: &[&str]) -> Vec<u8> {
    let form = form();
    let mut bytes = form.field("key", "key").to_vec();
    bytes.extend_from_slice(&form.field("text", "something"));
    for (number, file) in files.iter().enumerate() {
        let part = form.file(&format!("file{number}"), &format!("name{number}"), "text/plain", None);
        bytes.extend_from_slice(&part.unwrap_or_default());
        bytes.extend_from_slice(file.as_bytes());
        bytes.extend_from_slice(&form.file_end());
    }
    bytes.extend_from_slice(&form.finish());
    bytes
}

impl Server {
    pub(crate) fn new(head: RequestHead) -> Self {
        Self::with(head, Serving::default())
    }

    pub(crate) fn with(head: RequestHead, serving: Serving) -> Self {
        let exchange = Exchange::new(head, serving);
        Self { exchange, now: Time::ZERO, log: String::new(), is_done: false, waits: None }
    }

    pub(crate) fn poll(&mut self) -> &mut Self {
        for _ in 0..100 {
            let duty = self.exchange.poll(self.now, &mut ());
            if let Duty::Wait { until, why, on } = &duty {
                self.waits = Some((*until, *why, *on));
                self.line('>', &Shown(*until, *why, *on));
                return self;
            }
            self.line('>', &duty);
            if let Duty::Done(outcome) = duty {
                self.line(' ', &outcome);
                self.is_done = true;
                return self;
            }
        }
        panic!("never waits:\n{}", self.log);
    }

    fn line(&mut self, mark: char, what: &dyn Debug) {
        let now = self.now.0.as_secs_f64();
        let _ = writeln!(self.log, "{now:>5.1} {mark} {what:?}");
    }

    pub(crate) fn tell(&mut self, told: Told<Toy>) -> &mut Self {
        let name = name_of(&told);
        self.line('<', &name);
        if let Err(misuse) = self.exchange.handle(told) {
            panic!("{misuse}\n{}", self.log);
        }
        self.poll()
    }

    pub(crate) fn after(&mut self, seconds: u64) -> &mut Self {
        self.now = self.now + Duration::from_secs(seconds);
        self.poll()
    }

    /// Tells it a piece of the body, without polling.
    pub(crate) fn say_data(&mut self, bytes: Vec<u8>) {
        if let Err(misuse) = self.exchange.handle(Told::Data(bytes.into())) {
            panic!("{misuse}");
        }
    }

    /// Tells it something that it must refuse, and checks that nothing has changed.
    pub(crate) fn misuse(&mut self, told: Told<Toy>) -> String {
        let before = format!("{:?}", self.exchange);
        let name = name_of(&told);
        let result = self.exchange.handle(told);
        assert_eq!(format!("{:?}", self.exchange), before, "{name:?} has changed the machine");
        match result {
            Ok(()) => format!("{name:?}: ok"),
            Err(misuse) => format!("{name:?}: {misuse}"),
        }
    }
}

/// What was told, without its content.
pub(crate) struct Name(String);

impl Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn name_of(told: &Told<Toy>) -> Name {
    Name(match told {
        Told::Data(chunk) => format!("Data {} bytes", chunk.len()),
        Told::End => "End".to_owned(),
        Told::Failed(failure) => format!("Failed {failure:?}"),
        Told::Identified => "Identified".to_owned(),
        Told::Refused(fault) => format!("Refused {fault:?}"),
        Told::Reply(reply) => format!("Reply {reply:?}"),
        Told::Wrote => "Wrote".to_owned(),
        Told::Body { offset, chunk } => format!("Body {offset}, {} bytes", chunk.len()),
        Told::BodyGone => "BodyGone".to_owned(),
    })
}
