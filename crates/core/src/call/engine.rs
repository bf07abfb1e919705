//! The loop of a call: it knows the API but no operation.

use std::collections::VecDeque;

use http::{Uri, response};

use super::attempt::{Attempt, Step};
use super::resume::{Rest, Resume, Window};
use super::{FaultOf, Settings, gate};
use crate::clocks::{Clock, Clocks, earlier};
use crate::machine::{Action, Input, Note, On, Shared};
use crate::operation::{Api, Fault, FaultClass, Refusal};
use crate::wire::{Address, Outgoing};
use crate::{
    Attempted, Error, ErrorKind, ExchangeId, Failure, Kind, Meta, Misuse, Phase, RawAnswer, Recovered, Redactor, Reject, Repeat,
    Secret, Time, Verdict, Why,
};

/// What the engine asks of the typed shell around it.
pub(super) trait Script<A: Api> {
    fn encode(&self, address: &Address<'_, A>) -> Result<Outgoing, Reject>;
    fn judge(&mut self, head: &response::Parts, body: &[u8]) -> Result<(), Refusal<FaultOf<A>>>;
    /// After an attempt that may have been carried out: what this refusal tells of it.
    fn recover(&mut self, fault: &FaultOf<A>) -> Option<Recovered>;
    /// The secrets of its request.
    fn secrets(&self) -> Redactor;
    /// The secrets of the answer that was judged last; none of a file.
    fn confided(&self) -> Redactor;

    /// The head of a file came, when the caller has this much of it: what of it is handed on.
    fn begins(&mut self, head: &response::Parts, delivered: u64) -> Result<Window, ErrorKind<FaultOf<A>>>;

    /// Asks for what is left of the file.
    fn rest(&mut self, delivered: u64, resume: Resume) -> Rest;

    /// Whether a file of this length is all there.
    fn is_all(&mut self, total: Option<u64>, delivered: u64) -> bool;
}

/// What an attempt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To log in, for all.
    Login,
    /// The operation itself, with the session of this epoch.
    Operation { epoch: Option<u64> },
}

pub(super) enum State<F> {
    /// Finding out what is needed first.
    Gate,
    /// An exchange is under way.
    Attempt { purpose: Purpose, attempt: Box<Attempt> },
    /// Pausing before another attempt.
    Pause { until: Time },
    /// Ended; not reported yet.
    Over(Result<(), ErrorKind<F>>),
    /// Ended and reported.
    Reported,
}

impl<F> core::fmt::Debug for State<F> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Gate => f.write_str("Gate"),
            Self::Attempt { purpose, attempt } => write!(f, "Attempt {purpose:?} {attempt:?}"),
            Self::Pause { until } => write!(f, "Pause until {until:?}"),
            Self::Over(_) => f.write_str("Over"),
            Self::Reported => f.write_str("Reported"),
        }
    }
}

/// A call without its types.
pub(super) struct Engine<A: Api> {
    pub(super) meta: &'static Meta,
    pub(super) settings: Settings<A>,
    pub(super) clocks: Clocks,
    pub(super) state: State<A::Fault>,
    /// The call's own number, by which the session and the permits know it.
    pub(super) id: Option<ExchangeId>,
    pub(super) newest: Option<ExchangeId>,
    pub(super) started: Option<Time>,
    pub(super) attempts: u32,
    /// Attempts of the login that this call leads.
    pub(super) logins: u32,
    /// When the login that this call leads began.
    pub(super) login_since: Option<Time>,
    pub(super) phase: Phase,
    /// The session's epoch when this call began to wait for it.
    pub(super) waiting_since: Option<u64>,
    /// What it last waited for before an attempt: the session, or a permit.
    pub(super) gated: Why,
    pub(super) has_relogged: bool,
    pub(super) redirects: u32,
    pub(super) elsewhere: Option<Uri>,
    /// What may be tokens in the places that it was sent to.
    pub(super) led_by: Redactor,
    /// Why the attempt before this one failed: reported if the file cannot be had again.
    pub(super) first: Option<ErrorKind<A::Fault>>,
    /// What to report if it never comes to be known whether an earlier attempt was carried out, and how far that came.
    /// Only of operations whose refusals can tell.
    pub(super) lost: Option<(ErrorKind<A::Fault>, Phase)>,
    /// Whether an earlier attempt may have been carried out, of the same operations.
    pub(super) may_be_done: bool,
    /// The attempts that are over.
    history: Vec<Attempted>,
    /// The token that the operation was sent with last.
    pub(super) token: Option<Secret>,
    /// The session that a logout was sent with first: no other is ended in its place.
    pub(super) ending: Option<u64>,
    /// What the last answer said that was none, or a refusal.
    pub(super) raw: Option<RawAnswer>,
    /// What the system said of the last attempt, if it failed, and how that is called.
    pub(super) detail: Option<(Failure, Box<str>)>,
    /// How long the peer asked to be left alone, when it last refused.
    pub(super) retry_after: Option<core::time::Duration>,
    /// Bytes of the file that were handed on by attempts that are over.
    pub(super) delivered: u64,
    pub(super) has_gone_back: bool,
    pub(super) notes: VecDeque<Note>,
    is_cancelled: bool,
    pub(super) abort: Option<ExchangeId>,
}

impl<A: Api> Engine<A> {
    pub(super) fn new(meta: &'static Meta, settings: Settings<A>) -> Self {
        Self {
            meta,
            clocks: settings.clocks.or(Clocks::of(meta)),
            settings,
            state: State::Gate,
            id: None,
            newest: None,
            started: None,
            attempts: 0,
            logins: 0,
            login_since: None,
            phase: Phase::Idle,
            waiting_since: None,
            gated: Why::Session,
            has_relogged: false,
            redirects: 0,
            elsewhere: None,
            led_by: Redactor::default(),
            first: None,
            lost: None,
            may_be_done: false,
            history: Vec::new(),
            token: None,
            ending: None,
            raw: None,
            detail: None,
            retry_after: None,
            delivered: 0,
            has_gone_back: false,
            notes: VecDeque::new(),
            is_cancelled: false,
            abort: None,
        }
    }

    pub(super) fn poll(&mut self, now: Time, shared: &mut Shared<A>, script: &mut dyn Script<A>) -> Action<(), A::Fault> {
        self.started.get_or_insert(now);
        self.check_end(now, shared);
        loop {
            if let Some(at) = self.abort.take() {
                return Action::Abort { at };
            }
            if let Some(note) = self.notes.pop_front() {
                return Action::Note(note);
            }
            if let Some(action) = self.step(now, shared, script) {
                if let (Action::Wait { until, .. }, Some(id)) = (&action, self.id) {
                    shared.session.awaits(id, now, *until);
                }
                return action;
            }
        }
    }

    /// One move. `None`: the state has changed, look again.
    fn step(&mut self, now: Time, shared: &mut Shared<A>, script: &mut dyn Script<A>) -> Option<Action<(), A::Fault>> {
        match core::mem::replace(&mut self.state, State::Reported) {
            State::Gate => self.gate(now, shared, script),
            State::Attempt { purpose, mut attempt } => {
                let step = attempt.poll(now);
                self.phase = if purpose == Purpose::Login { Phase::Idle } else { attempt.phase() };
                let at = attempt.at;
                if let Step::Over(ending) = step {
                    // Told before anything else: from here on its events are late ones.
                    self.abort = attempt.must_abort().then_some(at);
                    let before = self.notes.len();
                    let verdict = self.ended(now, shared, script, purpose, &attempt, ending);
                    // Who goes on elsewhere keeps the permit: to be sent there is half of a download.
                    if verdict != Verdict::Redirected || !matches!(self.state, State::Gate) {
                        self.give_back(shared);
                    }
                    self.remember(now, purpose, &attempt, verdict, before);
                    return None;
                }
                if let Step::Head(head) = step {
                    self.file_begins(now, shared, script, purpose, attempt, &head);
                    return None;
                }
                self.state = State::Attempt { purpose, attempt };
                Some(self.act(at, step))
            }
            State::Pause { until } if now >= until => {
                self.state = State::Gate;
                None
            }
            State::Pause { until } => {
                self.state = State::Pause { until };
                Some(self.wait(Some(until), Why::Backoff, On::default()))
            }
            State::Over(result) => Some(Action::Done(result.map_err(|kind| self.error(now, kind)))),
            State::Reported => Some(Action::over()),
        }
    }

    fn act(&self, at: ExchangeId, step: Step) -> Action<(), A::Fault> {
        match step {
            Step::Open(head, length) => Action::Open { at, head, length },
            Step::Write(chunk) => Action::Write { at, chunk },
            Step::Finish => Action::Finish { at },
            Step::Over(_) | Step::Head(_) => Action::Abort { at },
            Step::Feed(offset, max) => Action::Feed { offset, max },
            Step::Data(offset, chunk) => Action::Data { offset, chunk },
            Step::Wait { until, why, on } => self.wait(until, why, on),
        }
    }

    pub(super) fn wait(&self, until: Option<Time>, why: Why, on: On) -> Action<(), A::Fault> {
        let (until, why) = earlier(until, why, self.ends_at());
        Action::Wait { until, why, on }
    }

    /// When the whole call must be over.
    pub(super) fn ends_at(&self) -> Option<Time> {
        Some(self.started? + self.clocks.total.limit()?)
    }

    /// Ends the call when its time is up or its caller has lost interest.
    fn check_end(&mut self, now: Time, shared: &mut Shared<A>) {
        let kind = match &self.state {
            State::Over(_) | State::Reported => return,
            State::Gate | State::Attempt { .. } | State::Pause { .. } if self.is_cancelled => ErrorKind::Cancelled,
            // The answer is here: that it is looked at late is no reason to throw it away.
            State::Attempt { attempt, purpose: Purpose::Operation { .. } } if attempt.is_answered() => return,
            State::Gate | State::Attempt { .. } | State::Pause { .. } if self.ends_at().is_some_and(|end| end <= now) => {
                ErrorKind::Deadline(self.reason())
            }
            State::Gate | State::Attempt { .. } | State::Pause { .. } => return,
        };
        if let State::Attempt { attempt, purpose } = core::mem::replace(&mut self.state, State::Reported)
            && attempt.began().is_some()
        {
            self.abort = Some(attempt.at);
            let place = self.notes.len();
            self.remember(now, purpose, &attempt, Verdict::GivenUp, place);
        }
        self.release(shared);
        self.state = State::Over(Err(kind));
    }

    fn reason(&self) -> Why {
        match &self.state {
            State::Gate => self.gated,
            State::Attempt { purpose: Purpose::Login, .. } => Why::Session,
            State::Attempt { attempt, .. } => attempt.reason().0,
            State::Pause { .. } => Why::Backoff,
            State::Over(_) | State::Reported => Why::Total,
        }
    }

    pub(super) fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        // Whoever cancels need not know whether there is anything left to cancel.
        if let Input::Cancel = input {
            self.is_cancelled = true;
            return Ok(());
        }
        if matches!(self.state, State::Reported) {
            return Err(Misuse::Done);
        }
        let at = input.at();
        if let Some(at) = at.filter(|at| self.newest.is_none_or(|newest| *at > newest)) {
            return Err(Misuse::NeverOpened(at));
        }
        match &mut self.state {
            State::Attempt { attempt, .. } if at.is_none_or(|at| at == attempt.at) => attempt.handle(input),
            // Late events of an abandoned exchange.
            State::Attempt { .. } | State::Gate | State::Pause { .. } | State::Over(_) | State::Reported => Ok(()),
        }
    }

    pub(super) fn abandon(&mut self, shared: &mut Shared<A>) {
        self.release(shared);
        self.state = State::Reported;
    }

    /// Lets go of all that it holds for itself alone: the lead of a login, and a permit or its place in the queue for one.
    pub(super) fn release(&self, shared: &mut Shared<A>) {
        if let Some(id) = self.id {
            shared.session.released(id);
        }
        self.give_back(shared);
    }

    /// Gives its permit back, or its place in the queue.
    pub(super) fn give_back(&self, shared: &mut Shared<A>) {
        if let Some(id) = self.id.filter(|_| self.is_transfer()) {
            shared.permits.release(id);
        }
    }

    pub(super) fn is_transfer(&self) -> bool {
        self.meta.kind != Kind::Unary
    }

    /// The call's own number.
    pub(super) fn number(&mut self, shared: &mut Shared<A>) -> ExchangeId {
        *self.id.get_or_insert_with(|| shared.ids.next_id())
    }

    /// Begins an attempt.
    pub(super) fn begin(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        purpose: Purpose,
        token: Option<&Secret>,
        encode: &dyn Fn(&Address<'_, A>) -> Result<Outgoing, Reject>,
    ) {
        let bits = [shared.ids.bits(), shared.ids.bits()];
        let address = Address { target: &self.settings.target, token, style: &self.settings.style, bits };
        let mut out = match encode(&address) {
            Ok(out) => out,
            Err(reject) => {
                self.release(shared);
                self.state = State::Over(Err(ErrorKind::Encode(reject)));
                return;
            }
        };
        let (kind, file, clocks) = match purpose {
            Purpose::Login => (Kind::Unary, None, self.login_clocks(now)),
            Purpose::Operation { .. } => (self.meta.kind, self.settings.length, self.clocks),
        };
        if let (Purpose::Operation { .. }, Some(uri)) = (purpose, &self.elsewhere) {
            *out.head.0.uri_mut() = uri.clone();
        }
        let at = shared.ids.next_id();
        self.newest = Some(at);
        let attempt = Box::new(Attempt::new(at, out, file, kind, clocks, &self.settings.limits));
        self.state = State::Attempt { purpose, attempt };
    }

    /// The clocks of one attempt to log in. All calls wait for it: it ends, whatever call leads it.
    fn login_clocks(&self, now: Time) -> Clocks {
        let clocks = self.settings.clocks.or(Clocks::for_kind(Kind::Unary));
        let left = self.login_ends_at().map(|end| end.since(now));
        let attempt = clocks.attempt.limit().into_iter().chain(left).min();
        Clocks { attempt: attempt.map_or(Clock::Off, Clock::After), ..clocks }
    }

    /// When the login that this call leads must be over, all its attempts together: it is a message, and has a message's
    /// time, even if the call itself may take for ever. Only an attempt's own clock that is longer gives it more.
    pub(super) fn login_ends_at(&self) -> Option<Time> {
        let usual = Clocks::for_kind(Kind::Unary).total.limit()?;
        Some(self.login_since? + self.settings.clocks.attempt.limit().map_or(usual, |attempt| attempt.max(usual)))
    }

    /// Keeps what an attempt came to, and tells of it before what followed from it.
    pub(super) fn remember(&mut self, now: Time, purpose: Purpose, attempt: &Attempt, verdict: Verdict, place: usize) {
        let (Some(began), Some(started)) = (attempt.began(), self.started) else { return };
        let operation = if purpose == Purpose::Login { *gate::login_meta::<A>() } else { *self.meta };
        let (took, began) = (now.since(began), began.since(started));
        let phase = if verdict == Verdict::Success { Phase::Receive } else { attempt.phase_reached() };
        let attempted = Attempted { operation, began, took, phase, verdict };
        if self.history.len() == Error::<A::Fault>::ATTEMPTS {
            self.history.remove(0);
        }
        self.history.push(attempted);
        self.notes.insert(place, Note::Attempted(attempted));
    }

    fn error(&mut self, now: Time, kind: ErrorKind<A::Fault>) -> Box<Error<A::Fault>> {
        let detail = self.detail_of(&kind);
        let elsewhere = self.elsewhere.as_ref().and_then(|uri| uri.authority());
        // Who is in trouble may have carried it out before.
        let is_trouble = matches!(&kind, ErrorKind::Fault(fault) if fault.class() == FaultClass::Transient);
        let is_unsafe = self.meta.repeat != Repeat::Safe && self.phase > Phase::Connect;
        let is_in_doubt = self.may_be_done || is_trouble && is_unsafe;
        Box::new(Error {
            kind,
            operation: *self.meta,
            attempts: core::mem::take(&mut self.history),
            elapsed: now.since(self.started.unwrap_or(now)),
            phase: self.lost.as_ref().map_or(self.phase, |(_, phase)| self.phase.max(*phase)),
            host: elsewhere.map_or(self.settings.target.host(), |host| host.as_str()).to_owned(),
            raw: self.raw.take(),
            is_in_doubt,
            detail,
            retry_after: self.retry_after,
        })
    }
}
