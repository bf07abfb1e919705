//! What all flows have in common: one call at a time, whose wishes are passed on; pauses between calls; clocks, notes, and
//! what is remembered of the attempts. A flow itself only says what comes next: see [`Plan`].

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::VecDeque;

use bytes::Bytes;
use larder_core::journal::{Journal, Recipe, Replayed, Unlike};
use larder_core::{
    Action, Attempted, BodyFlaw, Cause, Clock, Clocks, Decision, Error, ErrorKind, ExchangeId, Input, Kind, Meta, Misuse, Note,
    On, Phase, Policy, Repeat, Settings, Shared, Time, Tried, Why,
};

use super::child::{Answer, Body, Child};
use crate::{Fault, Nvx};

pub(super) type Failed = Box<Error<Fault>>;

/// How long a flow goes on without coming further, unless the caller has set a policy of its own: longer than a service takes
/// to be restarted, and than it takes to notice that a connection is dead (30 s), whose file it keeps locked until then.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The policy of a flow: the caller's own, or, where that is the default of single calls, one with longer pauses, so that
/// [`PATIENCE`] costs no more than the client's [`Budget`](larder_core::Budget) has.
#[must_use]
pub fn patient(policy: Policy) -> Policy {
    if policy == Policy::default() { Policy { attempts: 16, cap: Duration::from_secs(15), ..policy } } else { policy }
}

/// What a flow wants next.
pub(super) enum Next<T> {
    /// A call, and the file that it sends.
    Call(Child, Body),
    /// The caller's file, for the flow itself: see [`Plan::read`].
    Read { offset: u64, max: usize },
    /// It is over.
    Done(Result<T, Failed>),
}

/// What one flow does. Its state is plain data, without a call in it.
pub(super) trait Plan: core::fmt::Debug {
    /// What it comes to.
    type Answer;
    /// What the caller asked for.
    const META: &'static Meta;

    /// What comes next. Nothing is under way.
    fn next(&mut self, base: &mut Base) -> Next<Self::Answer>;

    /// The call has ended. An error ends the flow.
    fn ended(&mut self, base: &mut Base, shared: &mut Shared<Nvx>, result: Result<Answer, Failed>) -> Result<(), Failed>;

    /// What a machine that has not begun was made of, for a journal; none where that cannot be said.
    fn recipe(&self, machine: &'static str, settings: &Settings<Nvx>) -> Option<Recipe>;

    /// The time is up, and nothing is under way: what is known by now may settle it.
    fn late(&mut self) {}

    /// It ends so, whatever ended it. What it was to do may have been done all the same: then the error says it.
    fn in_doubt(&mut self, error: Failed) -> Failed {
        error
    }

    /// Whether it has come to an end that no clock changes any more.
    fn is_settled(&self) -> bool;

    /// What was asked for by [`Next::Read`]; none at the end of the file.
    fn read(&mut self, chunk: Option<Bytes>) {
        let _ = chunk;
    }

    /// The caller's file has ended, as the call was told.
    fn passed_end(&mut self) {}

    /// A piece of the file is with the call, or with the caller: the socket has it by now, so this is the time to look at it.
    fn passed(&mut self, offset: u64, chunk: &Bytes) {
        let _ = (offset, chunk);
    }
}

/// A flow that can be made anew from a journal.
pub(crate) trait Replay {
    /// Does again what a journal of one says.
    fn replay(journal: &Journal) -> Result<Replayed, Unlike>;
}

/// What all flows have in common.
#[derive(Debug)]
pub(super) struct Base {
    settings: Settings<Nvx>,
    meta: &'static Meta,
    now: Time,
    pub(super) notes: VecDeque<Note>,
    /// Attempts of the flow itself since it last came further.
    pub(super) tries: u32,
    /// When the first of them had failed.
    troubled: Option<Time>,
    /// What went wrong before, and whether that leaves the outcome unknown: reported when the caller's file cannot be had again.
    first: Option<(ErrorKind<Fault>, bool)>,
    started: Option<Time>,
    child: Option<(Child, Body)>,
    child_began: Time,
    /// The newest exchange that was opened, and whether it is the present call's: what comes late of an older one's is dropped.
    newest: Option<(ExchangeId, bool)>,
    /// What the flow itself has asked the caller for.
    reading: Option<u64>,
    pause: Option<Time>,
    /// The piece of the file that was handed on last, and has not been looked at.
    passed: Option<(u64, Bytes)>,
    history: Vec<Attempted>,
    /// How far the operation itself ever came, whatever call is under way now.
    reached: Phase,
    is_cancelled: bool,
    /// The caller's file cannot be had again.
    is_gone: bool,
    is_over: bool,
}

impl Base {
    fn new(settings: Settings<Nvx>, meta: &'static Meta) -> Self {
        Self {
            settings,
            meta,
            now: Time::ZERO,
            notes: VecDeque::new(),
            tries: 0,
            troubled: None,
            first: None,
            started: None,
            child: None,
            child_began: Time::ZERO,
            newest: None,
            reading: None,
            pause: None,
            passed: None,
            history: Vec::new(),
            reached: Phase::Idle,
            is_cancelled: false,
            is_gone: false,
            is_over: false,
        }
    }

    /// An error of the flow itself.
    pub(super) fn error(&self, kind: ErrorKind<Fault>) -> Failed {
        Box::new(Error::new(kind, *self.meta, self.settings.target.host()))
    }

    /// It has come further: what went wrong before is forgotten.
    pub(super) fn progress(&mut self) {
        self.tries = 0;
        self.troubled = None;
        self.first = None;
    }

    /// It moves, though not yet beyond where it was: there is time again, but what failed before counts.
    pub(super) fn moved(&mut self) {
        self.troubled = None;
    }

    /// Pauses before another try, as policy and budget allow; otherwise the error is the end.
    pub(super) fn again(&mut self, shared: &mut Shared<Nvx>, error: Failed) -> Result<(), Failed> {
        self.tries += 1;
        let left = self.ends_at().map(|end| end.since(self.now));
        // The plan asks only where trying again is safe.
        let repeat = Repeat::Safe;
        let (phase, retry_after) = (error.phase, error.retry_after);
        let is_lasting = matches!(&error.kind, ErrorKind::Failure(failure) if failure.is_lasting());
        let cause = if is_lasting { Cause::NoTls } else { Cause::Broken };
        let tried = Tried { attempts: self.tries, phase, cause, repeat, retry_after, left };
        match self.policy().decide(&tried, shared.ids.bits()) {
            Decision::After(pause) if shared.budget.take() => {
                self.notes.push_back(Note::Retrying { attempts: self.tries, phase: error.phase, pause });
                self.pause = Some(self.now + pause);
                let is_unknown = error.operation == *self.meta && error.is_outcome_unknown();
                self.first.get_or_insert((error.kind, is_unknown));
                Ok(())
            }
            Decision::After(_) | Decision::Stop | Decision::Unknown => Err(error),
        }
    }

    /// How patient it is now: by default, time counts and not attempts.
    fn policy(&mut self) -> Policy {
        let own = self.settings.policy;
        let since = *self.troubled.get_or_insert(self.now);
        let attempts = match own == Policy::default() {
            true if self.now.since(since) < PATIENCE => u32::MAX,
            true | false => own.attempts,
        };
        Policy { attempts, ..patient(own) }
    }

    /// An error that only follows from another one is not what went wrong: the first is.
    pub(super) fn told(&mut self, mut error: Failed) -> Failed {
        if let Some((first, is_unknown)) = self.first.take() {
            error.detail = error.detail.filter(|_| error.kind == first);
            error.kind = first;
            error.is_in_doubt |= is_unknown;
        }
        error
    }

    fn ends_at(&self) -> Option<Time> {
        Some(self.started? + self.settings.clocks.total.limit()?)
    }

    /// Why it must end, though nothing is under way.
    fn stopped(&self, now: Time) -> Option<ErrorKind<Fault>> {
        let why = if self.reading.is_some() { Why::Body } else { Why::Backoff };
        match self.ends_at() {
            _ if self.is_gone => Some(ErrorKind::Body(BodyFlaw::Gone)),
            _ if self.is_cancelled => Some(ErrorKind::Cancelled),
            Some(end) if end <= now => Some(ErrorKind::Deadline(why)),
            Some(_) | None => None,
        }
    }

    /// The settings of a download, which goes on by itself where it broke: it is the one that tries again, and the flow does not.
    pub(super) fn to_fetch(&self) -> Settings<Nvx> {
        Settings { policy: patient(self.settings.policy), ..self.to_send() }
    }

    /// The settings of the next call, if it moves a file: what is left of the flow's own time is the call's. It tries once: on
    /// more, the flow decides, and it alone.
    pub(super) fn to_send(&self) -> Settings<Nvx> {
        let policy = Policy { attempts: 1, ..self.settings.policy };
        let mut settings = Settings { length: None, policy, ..self.settings.clone() };
        if let Some(end) = self.ends_at() {
            settings.clocks.total = Clock::After(end.since(self.now));
        }
        settings
    }

    /// The settings of the next call without a file: it always has an end.
    pub(super) fn to_ask(&self) -> Settings<Nvx> {
        let mut settings = self.to_send();
        let usual = Clocks::for_kind(Kind::Unary).total;
        settings.clocks.total = match (settings.clocks.total.limit(), usual.limit()) {
            (Some(left), Some(usual)) => Clock::After(left.min(usual)),
            (left, _) => left.map_or(Clock::Unset, Clock::After),
        };
        settings
    }

    fn wait<T>(&self, until: Option<Time>, why: Why, on: On) -> Action<T, Fault> {
        let until = [until, self.ends_at()].into_iter().flatten().min();
        Action::Wait { until, why, on }
    }

    fn remember(&mut self, attempted: Attempted) -> Note {
        let began = attempted.began + self.child_began.since(self.started.unwrap_or(self.child_began));
        let attempted = Attempted { began, ..attempted };
        if attempted.operation == *self.meta {
            self.reached = self.reached.max(attempted.phase);
        }
        if self.history.len() == Error::<Fault>::ATTEMPTS {
            self.history.remove(0);
        }
        self.history.push(attempted);
        Note::Attempted(attempted)
    }

    /// Whether an event is one of a call that is over.
    fn is_late(&self, input: &Input) -> bool {
        let Some((at, (newest, is_present))) = input.at().zip(self.newest) else { return false };
        at < newest || (at == newest && !is_present)
    }
}

/// A flow as a machine. What is public wraps one.
#[derive(Debug)]
pub(super) struct Flow<P: Plan> {
    plan: P,
    base: Base,
}

type Step<P> = Action<<P as Plan>::Answer, Fault>;

impl<P: Plan> Flow<P> {
    pub(super) fn new(plan: P, settings: Settings<Nvx>) -> Self {
        Self { plan, base: Base::new(settings, P::META) }
    }

    pub(super) fn recipe(&self, machine: &'static str) -> Option<Recipe> {
        self.plan.recipe(machine, &self.base.settings)
    }

    /// What it does, and the host of the service.
    pub(super) fn plan(&mut self) -> (&mut P, &str) {
        (&mut self.plan, self.base.settings.target.host())
    }

    pub(super) fn about(&self) -> (&'static Meta, &str) {
        (P::META, self.base.settings.target.host())
    }

    pub(super) fn poll(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Step<P> {
        self.base.started.get_or_insert(now);
        self.base.now = now;
        loop {
            if let Some(note) = self.base.notes.pop_front() {
                return Action::Note(note);
            }
            if self.base.is_over {
                return Action::over();
            }
            if let Some(action) = self.step(now, shared) {
                return action;
            }
        }
    }

    /// The next action; none when something has changed.
    fn step(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Option<Step<P>> {
        if self.base.child.is_some() {
            return self.child(now, shared);
        }
        if let Some(kind) = self.base.stopped(now).filter(|_| !self.plan.is_settled()) {
            if matches!(kind, ErrorKind::Deadline(_)) {
                self.plan.late();
            }
            if !self.plan.is_settled() {
                return Some(self.done(now, Err(self.base.error(kind))));
            }
            self.base.pause = None;
        }
        if let Some(until) = self.base.pause.filter(|until| now < *until) {
            return Some(self.base.wait(Some(until), Why::Backoff, On::default()));
        }
        self.base.pause = None;
        if self.base.reading.is_some() {
            return Some(self.base.wait(None, Why::Body, On { body: true, ..On::default() }));
        }
        match self.plan.next(&mut self.base) {
            Next::Call(child, body) => {
                self.base.child = Some((child, body));
                self.base.child_began = now;
                None
            }
            Next::Read { offset, max } => {
                self.base.reading = Some(offset);
                Some(Action::Feed { offset, max })
            }
            Next::Done(result) => Some(self.done(now, result)),
        }
    }

    fn child(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Option<Step<P>> {
        let (child, body) = self.base.child.as_mut()?;
        match child.poll(now, shared) {
            ControlFlow::Continue(Action::Feed { offset, max }) => match body.ask(offset, max) {
                Err((offset, max)) => return Some(Action::Feed { offset, max }),
                Ok(input) => self.answer(input),
            },
            ControlFlow::Continue(Action::Open { at, head, length }) => {
                self.base.newest = Some((at, true));
                return Some(Action::Open { at, head, length });
            }
            ControlFlow::Continue(Action::Data { offset, chunk }) => {
                self.look();
                self.base.passed = Some((offset, chunk.clone()));
                return Some(Action::Data { offset, chunk });
            }
            ControlFlow::Continue(Action::Note(Note::Attempted(attempted))) => {
                return Some(Action::Note(self.base.remember(attempted)));
            }
            ControlFlow::Continue(action) => return Some(action),
            ControlFlow::Break(result) => {
                self.look();
                self.base.child = None;
                self.base.newest = self.base.newest.map(|(at, _)| (at, false));
                if let Err(error) = self.plan.ended(&mut self.base, shared, result) {
                    return Some(self.done(now, Err(error)));
                }
            }
        }
        None
    }

    /// The flow itself has what a call asks for.
    fn answer(&mut self, input: Input) {
        self.look();
        if let Some((child, body)) = &mut self.base.child {
            if let Input::Body { offset, chunk } = &input {
                self.base.passed = Some((body.first() + offset, chunk.clone()));
            }
            let is_end = matches!(input, Input::BodyEnd);
            let told = child.handle(input);
            debug_assert!(told.is_ok(), "it asked: {told:?}");
            if is_end {
                self.plan.passed_end();
            }
        }
    }

    /// Looks at the piece that was handed on last.
    fn look(&mut self) {
        if let Some((offset, chunk)) = self.base.passed.take() {
            self.plan.passed(offset, &chunk);
        }
    }

    fn done(&mut self, now: Time, result: Result<P::Answer, Failed>) -> Step<P> {
        self.base.is_over = true;
        let history = core::mem::take(&mut self.base.history);
        let elapsed = self.base.started.map_or(Duration::ZERO, |started| now.since(started));
        Action::Done(result.map_err(|error| {
            let is_gone = error.kind == ErrorKind::Body(BodyFlaw::Gone);
            let mut error = self.plan.in_doubt(if is_gone { self.base.told(error) } else { error });
            // The end of time, or of interest, may come in any call: what counts is what became of the operation itself.
            if matches!(error.kind, ErrorKind::Deadline(_) | ErrorKind::Cancelled) {
                (error.operation, error.phase) = (*P::META, self.base.reached);
            }
            Box::new(Error { attempts: history, elapsed, ..*error })
        }))
    }

    pub(super) fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        if let Input::Cancel = input {
            self.base.is_cancelled = true;
            return self.base.child.as_mut().map_or(Ok(()), |(child, _)| child.handle(input));
        }
        if self.base.is_over {
            return Err(Misuse::Done);
        }
        if self.base.is_late(&input) {
            return Ok(());
        }
        // The socket has the piece, or the peer's next word is here: nobody waits for us, and no lock is held.
        self.look();
        match (&mut self.base.child, input) {
            (Some((child, body)), Input::Body { offset, chunk }) => {
                let first = body.first();
                let inner = offset.checked_sub(first).ok_or(Misuse::NotAsked { wanted: None, offset })?;
                child.handle(Input::Body { offset: inner, chunk: chunk.clone() })?;
                self.base.passed = Some((offset, chunk));
                Ok(())
            }
            (Some((child, _)), Input::BodyEnd) => {
                child.handle(Input::BodyEnd)?;
                self.plan.passed_end();
                Ok(())
            }
            (Some((child, _)), input) => child.handle(input),
            (None, input) => self.read(input),
        }
    }

    /// What the flow itself has asked the caller for.
    fn read(&mut self, input: Input) -> Result<(), Misuse> {
        let wanted = self.base.reading;
        match input {
            Input::Body { offset, chunk } if wanted == Some(offset) && !chunk.is_empty() => {
                self.base.reading = None;
                self.plan.read(Some(chunk));
            }
            Input::Body { offset, .. } => return Err(Misuse::NotAsked { wanted, offset }),
            Input::BodyEnd if wanted.is_some() => {
                self.base.reading = None;
                self.plan.read(None);
            }
            Input::BodyGone if wanted.is_some() => {
                self.base.reading = None;
                self.base.is_gone = true;
            }
            Input::BodyEnd | Input::BodyGone => return Err(Misuse::NotAsked { wanted, offset: 0 }),
            Input::Connected { at }
            | Input::Wrote { at }
            | Input::Head { at, .. }
            | Input::Data { at, .. }
            | Input::End { at }
            | Input::Failed { at, .. } => return Err(Misuse::NeverOpened(at)),
            Input::Cancel => {}
        }
        Ok(())
    }

    pub(super) fn abandon(&mut self, shared: &mut Shared<Nvx>) {
        if let Some((child, _)) = &mut self.base.child {
            child.abandon(shared);
        }
        self.base.is_over = true;
    }
}

/// A public machine that is a flow.
macro_rules! machine {
    ($name:ident, $answer:ty) => {
        impl larder_core::Machine for $name {
            type Shared = larder_core::Shared<$crate::Nvx>;
            type Action = larder_core::Action<$answer, $crate::Fault>;
            type Input = larder_core::Input;

            fn poll(&mut self, now: larder_core::Time, shared: &mut Self::Shared) -> Self::Action {
                self.0.poll(now, shared)
            }

            fn handle(&mut self, input: Self::Input) -> Result<(), larder_core::Misuse> {
                self.0.handle(input)
            }
        }

        impl larder_core::ClientMachine<$crate::Nvx> for $name {
            type Answer = $answer;

            fn about(&self) -> (&'static larder_core::Meta, &str) {
                self.0.about()
            }

            fn abandon(&mut self, shared: &mut Self::Shared) {
                self.0.abandon(shared);
            }

            fn recipe(&self) -> Option<larder_core::journal::Recipe> {
                self.0.recipe(stringify!($name))
            }
        }

        impl $crate::flow::base::Replay for $name {
            fn replay(
                journal: &larder_core::journal::Journal,
            ) -> Result<larder_core::journal::Replayed, larder_core::journal::Unlike> {
                journal.replay::<$crate::Nvx, _>(Self::made(journal.made_of()?))
            }
        }
    };
}
pub(super) use machine;
