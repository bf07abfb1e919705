//! Drives a call.

use core::fmt::{Debug, Write};
use core::time::Duration;

use http::{HeaderName, HeaderValue, Response};
use larder_core::journal::Recorded;
use larder_core::wire::ResponseHead;
use larder_core::{
    Action, Call, CallResult, ClientMachine, Error, ExchangeId, Failure, Input, Machine, On, Operation, Phase, Session, Settings,
    Shared, Target, Time, Why,
};

use super::written::Replayed;
use crate::toy::{Enter, Fault, Said, Toy};

/// One call, its client's shared state, and what was said.
pub(crate) struct Client<O: Operation<Api = Toy, Answer = Said>> {
    pub(crate) call: Recorded<Toy, Call<O>>,
    pub(crate) shared: Shared<Toy>,
    pub(crate) now: Time,
    pub(crate) log: String,
    pub(crate) waits: Option<(Option<Time>, Why, On)>,
    pub(crate) is_done: bool,
    /// Whether the test itself says when there is a connection.
    pub(crate) is_slow_to_connect: bool,
    /// What was written of all that, done again from there alone when it goes.
    pub(crate) journal: Replayed,
}

pub(crate) fn settings() -> Settings<Toy> {
    Settings::new(Target::parse("http://toy.test").unwrap_or_else(|reject| panic!("{reject}")))
}

/// A session that stands.
pub(crate) fn token() -> Session<Toy> {
    Session::with_token("b3arer-of-toy".into())
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
        let (call, journal) = Replayed::of(Call::new(operation, settings));
        Self {
            call,
            shared: Shared::new(session, 1),
            now: Time::ZERO,
            log: String::new(),
            waits: None,
            is_done: false,
            is_slow_to_connect: false,
            journal,
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
            if let Action::Open { at, .. } = action {
                self.connect(at);
            }
            if matches!(action, Action::Done(_)) {
                self.is_done = true;
                return self;
            }
        }
        panic!("never waits:\n{}", self.log);
    }

    /// Every exchange has its connection at once, unless it is what a test is about.
    fn connect(&mut self, at: ExchangeId) {
        if !self.is_slow_to_connect {
            let told = self.call.handle(Input::Connected { at });
            assert_eq!(told, Ok(()));
        }
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
    /// The error that it ends with, when it is told this last.
    pub(crate) fn error(&mut self, last: Input) -> Box<Error<Fault>> {
        self.say(last);
        loop {
            match self.call.poll(self.now, &mut self.shared) {
                Action::Done(CallResult::Err(error)) => return error,
                Action::Done(CallResult::Ok(said)) => panic!("{said:?}"),
                Action::Wait { .. } => panic!("goes on:\n{}", self.log),
                Action::Open { .. } | Action::Write { .. } | Action::Finish { .. } | Action::Abort { .. } => {}
                Action::Feed { .. } | Action::Data { .. } | Action::Note(_) => {}
            }
        }
    }

    pub(crate) fn abandon(&mut self) {
        self.call.abandon(&mut self.shared);
    }
}

/// A wait, as a person reads it.
pub(super) struct Shown(pub(super) Option<Time>, pub(super) Why, pub(super) On);

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
    Input::Failed { at: ExchangeId(at), failure, phase, detail: None }
}

pub(crate) fn body(offset: u64, text: &str) -> Input {
    Input::Body { offset, chunk: text.to_owned().into() }
}
