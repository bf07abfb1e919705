//! One scenario: what is asked for, what the server does, and what must come of it.

use core::time::Duration;
use std::net::SocketAddr;
use std::sync::Arc;

use larder_core::{
    Call, CallResult, Clock, Clocks, ErrorKind, Failure, Operation, Policy, Reject, Session, Settings, Shared, Target,
};

use super::api::{Add, Bench, Fault, Fetch, Login, Look, Peek, Put, Said};
use super::files::{Sink, Source};
use super::probe::{Inner, Manner, Probe};
use super::script::Act;
use super::told::{Facts, Told};
use super::world::{State, World};
use super::{Abilities, Job, Order, Rule};

/// How long a call waits for a peer that will say nothing.
pub(super) const SHORT: Duration = Duration::from_millis(300);

/// How long one waits otherwise: longer than a busy machine is late.
const LONG: Duration = Duration::from_secs(4);

const TOKEN: &str = "token-7d1f-of-the-session";
const PASSWORD: &str = "password-33ab-of-the-caller";
const TEXT: &str = "text-90c2-of-the-request";
pub(super) const ANSWER: &str = "text-51e8-of-the-answer";

/// What must not be found in a log.
pub(super) const SECRETS: [&str; 4] = [TOKEN, PASSWORD, TEXT, ANSWER];

/// One scenario.
#[derive(Clone)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) needs: Vec<Need>,
    pub(super) logs_in: bool,
    pub(super) asks: Vec<Ask>,
    pub(super) order: Order,
    pub(super) acts: Vec<Act>,
    /// The length of the file that is sent up.
    pub(super) file: u64,
    /// Nobody listens.
    pub(super) is_refused: bool,
    /// What else must be so at the end.
    pub(super) checks: Vec<Check>,
}

pub(super) type Check = fn(&State) -> Option<(Rule, String)>;

/// An ability that a scenario needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    AtOnce,
    Cancels,
    Drops,
    Duplex,
    Bounded,
    Streams,
}

impl Need {
    pub(super) fn is_met(self, abilities: Abilities) -> bool {
        match self {
            Self::AtOnce => abilities.at_once,
            Self::Cancels => abilities.cancels,
            Self::Drops => abilities.drops,
            Self::Duplex => abilities.duplex,
            Self::Bounded => abilities.bounded,
            Self::Streams => abilities.streams,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::Cancels => "cancels",
            Self::Drops => "drops",
            Self::Duplex => "duplex",
            Self::Bounded => "bounded",
            Self::Streams => "streams",
        }
    }
}

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Look,
    Peek,
    Add,
    Put,
    Fetch,
}

/// Whether a call came to what it must.
pub(super) type Is = fn(&CallResult<Said, Fault>) -> bool;

/// One job of a scenario.
#[derive(Clone)]
pub(super) struct Ask {
    pub(super) what: What,
    manner: Manner,
    patience: Duration,
    attempts: u32,
    is_known: bool,
    is_once: bool,
    size: Option<u64>,
    /// What must come of it, which rule is broken if something else does, and why.
    pub(super) expects: (Is, Rule, &'static str),
}

impl Ask {
    pub(super) fn new(what: What) -> Self {
        let is: Is = |result| result.is_ok();
        let expects = (is, Rule::Answer, "the service answered, so it must succeed");
        let (manner, patience, attempts) = (Manner::default(), LONG, 1);
        Self { what, manner, patience, attempts, is_known: true, is_once: false, size: None, expects }
    }

    pub(super) fn expects(self, is: Is, rule: Rule, why: &'static str) -> Self {
        Self { expects: (is, rule, why), ..self }
    }

    /// The peer will answer, and a driver that does not tell need not take all the time there is.
    pub(super) fn wary(self) -> Self {
        Self { patience: SHORT * 5, ..self }
    }

    /// The peer will be silent: it does not wait for it long.
    pub(super) fn impatient(self) -> Self {
        Self { patience: SHORT, ..self }
    }

    pub(super) fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    pub(super) fn starts_when(mut self, is_so: fn(&State) -> bool) -> Self {
        self.manner.starts = Some(is_so);
        self
    }

    /// It wants nothing for a while once the file begins, and then nothing any more.
    pub(super) fn holds(mut self) -> Self {
        self.manner.holds = true;
        self
    }

    /// It notes nothing, so that one exchange follows the other at once.
    pub(super) fn mute(mut self) -> Self {
        self.manner.is_mute = true;
        self
    }

    pub(super) fn of_unknown_length(self) -> Self {
        Self { is_known: false, ..self }
    }

    pub(super) fn once(self) -> Self {
        Self { is_once: true, ..self }
    }

    pub(super) fn of_size(self, size: u64) -> Self {
        Self { size: Some(size), ..self }
    }
}

/// How a call failed.
pub(super) fn failed(result: &CallResult<Said, Fault>, is: fn(Failure) -> bool) -> bool {
    result.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::Failure(failure) if is(failure)))
}

pub(super) fn is_unknown(result: &CallResult<Said, Fault>) -> bool {
    result.as_ref().is_err_and(|error| matches!(error.kind, ErrorKind::OutcomeUnknown(_)))
}

impl Scenario {
    pub(super) fn new(name: &'static str, asks: Vec<Ask>, acts: Vec<Act>) -> Self {
        let (needs, checks) = (Vec::new(), Vec::new());
        Self { name, needs, logs_in: false, asks, order: Order::InTurn, acts, file: 0, is_refused: false, checks }
    }

    pub(super) fn needs(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    pub(super) fn at_once(self) -> Self {
        Self { order: Order::AtOnce, ..self }.needs(Need::AtOnce)
    }

    pub(super) fn logs_in(self) -> Self {
        Self { logs_in: true, ..self }
    }

    pub(super) fn file(self, length: u64) -> Self {
        Self { file: length, ..self }
    }

    pub(super) fn refused(self) -> Self {
        Self { is_refused: true, ..self }
    }

    pub(super) fn check(mut self, check: Check) -> Self {
        self.checks.push(check);
        self
    }

    /// What all of its calls share.
    pub(super) fn shared(&self) -> Shared<Bench> {
        let session = if self.logs_in {
            Session::with_login(Login { text: PASSWORD.to_owned() })
        } else {
            Session::with_token(TOKEN.into())
        };
        Shared::new(session, 7)
    }

    /// Its jobs, for a server at this address.
    pub(super) fn jobs(&self, world: &Arc<World>, address: SocketAddr, abilities: Abilities) -> Result<Vec<Job>, Reject> {
        let target = Target::parse(&format!("http://{address}"))?;
        let jobs = self.asks.iter().enumerate().map(|(job, ask)| self.job(world, &target, job, ask, abilities));
        Ok(jobs.collect())
    }

    fn job(&self, world: &Arc<World>, target: &Target, job: usize, ask: &Ask, abilities: Abilities) -> Job {
        let facts = Facts {
            file: self.file,
            is_once: ask.is_once,
            fetches: ask.what == What::Fetch,
            is_refused: self.is_refused,
            knows_connected: abilities.connects,
            streams: abilities.streams,
            size: ask.size,
        };
        let machine = Probe::new(self.machine(target, ask), Arc::clone(world), job, ask.manner, Told::new(facts));
        let (cancel, give_up) = world.change(|state| (state.jobs[job].cancel.clone(), state.jobs[job].give_up.clone()));
        let (length, is_once) = (self.file, ask.is_once);
        let source = Source { world: Arc::clone(world), job, length, is_known: ask.is_known, is_once, at: 0 };
        let sink = Sink { world: Arc::clone(world), job, at: 0 };
        Job { machine, source, sink, cancel, give_up }
    }

    fn machine(&self, target: &Target, ask: &Ask) -> Box<Inner> {
        let text = TEXT.to_owned();
        let length = (ask.what == What::Put && ask.is_known).then_some(self.file);
        let clock = Clock::After(ask.patience);
        let settings = Settings {
            policy: Policy { attempts: ask.attempts, base: Duration::from_millis(40), ..Policy::default() },
            clocks: Clocks {
                connect: clock,
                first_byte: clock,
                stall: clock,
                attempt: Clock::Off,
                total: Clock::After(LONG * 2),
            },
            length,
            ..Settings::new(target.clone())
        };
        fn call<O: Operation<Api = Bench, Answer = Said>>(operation: O, settings: Settings<Bench>) -> Box<Inner> {
            Box::new(Call::new(operation, settings))
        }
        match ask.what {
            What::Look => call(Look { text }, settings),
            What::Peek => call(Peek { text }, settings),
            What::Add => call(Add { text }, settings),
            What::Put => call(Put { text }, settings),
            What::Fetch => call(Fetch { text }, settings),
        }
    }
}
