//! What all flows have in common: one child at a time, and one clock over all of them.

use core::fmt;
use core::ops::ControlFlow;
use core::time::Duration;

use larder_core::journal::Recipe;
use larder_core::{
    Action, Attempted, Call, CallResult, ClientMachine, Clock, Clocks, Error, ErrorKind, ExchangeId, Input, Machine, Meta,
    Misuse, Note, Operation, Phase, Settings, Shared, Time,
};

use serde::Serialize;

use crate::{E2, Fault};

/// The result of a child.
pub(super) type Came<T> = CallResult<T, Fault>;

/// What a flow decides.
pub(super) trait Plot: fmt::Debug {
    /// The operation that gives the flow its clocks, and its errors a name.
    const META: Meta;
    /// What children come to.
    type Said;
    /// What the flow comes to.
    type Answer;

    /// What it was made of, for a journal.
    fn of(&self) -> &impl Serialize;

    /// The first request.
    fn begin(&self) -> Next<Self>;

    /// What follows from what the last one came to.
    fn heard(&mut self, said: Self::Said) -> Result<Next<Self>, ErrorKind<Fault>>;
}

/// What follows.
pub(super) enum Next<P: Plot + ?Sized> {
    /// Another request.
    Ask(Maker<P>),
    /// The end.
    Done(Came<P::Answer>),
}

type Maker<P> = Box<dyn FnOnce(Settings<E2>) -> Box<dyn Child<P>> + Send>;

/// Another request, and what its result is to the plot.
pub(super) fn ask<O: Operation<Api = E2>, P: Plot + 'static>(operation: O, said: fn(Came<O::Answer>) -> P::Said) -> Next<P> {
    Next::Ask(Box::new(move |settings| Box::new(Asking { call: Call::new(operation, settings), said })))
}

/// A child whose operation is not told.
pub(super) trait Child<P: Plot + ?Sized>: fmt::Debug + Send {
    fn poll(&mut self, now: Time, shared: &mut Shared<E2>, past: &mut Past) -> ControlFlow<P::Said, Action<P::Answer, Fault>>;
    fn handle(&mut self, input: Input) -> Result<(), Misuse>;
    fn abandon(&mut self, shared: &mut Shared<E2>);
}

struct Asking<O: Operation<Api = E2>, S> {
    call: Call<O>,
    said: fn(Came<O::Answer>) -> S,
}

impl<O: Operation<Api = E2>, S> fmt::Debug for Asking<O, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.call.fmt(f)
    }
}

impl<P: Plot, O: Operation<Api = E2>> Child<P> for Asking<O, P::Said> {
    fn poll(&mut self, now: Time, shared: &mut Shared<E2>, past: &mut Past) -> ControlFlow<P::Said, Action<P::Answer, Fault>> {
        match self.call.poll(now, shared).or_done() {
            ControlFlow::Continue(Action::Note(Note::Attempted(attempted))) => {
                ControlFlow::Continue(Action::Note(Note::Attempted(past.remember(attempted))))
            }
            ControlFlow::Continue(action) => ControlFlow::Continue(action),
            ControlFlow::Break(result) => ControlFlow::Break((self.said)(result.map_err(|error| past.told(now, *error)))),
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.call.handle(input)
    }

    fn abandon(&mut self, shared: &mut Shared<E2>) {
        self.call.abandon(shared);
    }
}

/// What happened in all the requests of a flow: its errors tell of it.
#[derive(Debug, Default)]
pub(super) struct Past {
    began: Time,
    /// When the request under way began.
    child_began: Time,
    attempts: Vec<Attempted>,
}

impl Past {
    /// An attempt of the request under way, told as one of the flow.
    fn remember(&mut self, attempted: Attempted) -> Attempted {
        let attempted = Attempted { began: attempted.began + self.child_began.since(self.began), ..attempted };
        if self.attempts.len() == Error::<Fault>::ATTEMPTS {
            self.attempts.remove(0);
        }
        self.attempts.push(attempted);
        attempted
    }

    fn elapsed(&self, now: Time) -> Duration {
        now.since(self.began)
    }

    /// An error of a request, as one of the flow.
    fn told(&self, now: Time, error: Error<Fault>) -> Box<Error<Fault>> {
        Box::new(Error { attempts: self.attempts.clone(), elapsed: self.elapsed(now), ..error })
    }

    /// An error of the flow itself: it follows from an answer that came.
    fn own(&self, now: Time, kind: ErrorKind<Fault>, meta: Meta, host: &str) -> Box<Error<Fault>> {
        let phase = self.attempts.last().map_or(Phase::Idle, |last| last.phase);
        self.told(now, Error { phase, ..Error::new(kind, meta, host) })
    }
}

/// A flow under way.
pub(super) struct Parent<P: Plot> {
    plot: P,
    settings: Settings<E2>,
    stage: Stage<P>,
    /// When the whole must be over; set with the first poll.
    ends: Option<Time>,
    /// The newest exchange that was opened: what comes late of an older child's is dropped.
    newest: Option<ExchangeId>,
    past: Past,
}

enum Stage<P: Plot> {
    New { is_cancelled: bool },
    Asking(Box<dyn Child<P>>),
    Over,
}

impl<P: Plot> Parent<P> {
    pub(super) fn new(plot: P, settings: Settings<E2>) -> Self {
        Self { plot, settings, stage: Stage::New { is_cancelled: false }, ends: None, newest: None, past: Past::default() }
    }

    fn begin(&mut self, now: Time, is_cancelled: bool) -> Option<Action<P::Answer, Fault>> {
        self.past.began = now;
        self.ends = self.settings.clocks.or(Clocks::of(&P::META)).total.limit().map(|limit| now + limit);
        let next = self.plot.begin();
        let done = self.go_on(now, next);
        if let (true, Stage::Asking(child)) = (is_cancelled, &mut self.stage) {
            // A call that has not begun can be cancelled at any time.
            let _ = child.handle(Input::Cancel);
        }
        done
    }

    /// The child for what follows, or the end.
    fn go_on(&mut self, now: Time, next: Next<P>) -> Option<Action<P::Answer, Fault>> {
        match next {
            Next::Ask(make) => {
                self.past.child_began = now;
                let mut settings = self.settings.clone();
                settings.clocks.total = self.ends.map_or(Clock::Off, |ends| Clock::After(ends.since(now)));
                self.stage = Stage::Asking(make(settings));
                None
            }
            Next::Done(result) => {
                self.stage = Stage::Over;
                Some(Action::Done(result))
            }
        }
    }

    /// The child's next action, or `None` when another has taken its place.
    fn step(&mut self, now: Time, shared: &mut Shared<E2>) -> Option<Action<P::Answer, Fault>> {
        match &mut self.stage {
            Stage::New { is_cancelled } => {
                let is_cancelled = *is_cancelled;
                self.begin(now, is_cancelled)
            }
            Stage::Asking(child) => match child.poll(now, shared, &mut self.past) {
                ControlFlow::Continue(action) => Some(action),
                ControlFlow::Break(said) => {
                    let host = self.settings.target.host();
                    let next = self.plot.heard(said);
                    let next = next.unwrap_or_else(|kind| Next::Done(Err(self.past.own(now, kind, P::META, host))));
                    self.go_on(now, next)
                }
            },
            Stage::Over => Some(Action::over()),
        }
    }

    pub(super) fn poll(&mut self, now: Time, shared: &mut Shared<E2>) -> Action<P::Answer, Fault> {
        loop {
            if let Some(action) = self.step(now, shared) {
                if let Action::Open { at, .. } = &action {
                    self.newest = Some(*at);
                }
                return action;
            }
        }
    }

    pub(super) fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        let at = input.at();
        let is_late = at.is_some_and(|at| self.newest.is_some_and(|newest| at < newest));
        match &mut self.stage {
            _ if is_late => Ok(()),
            Stage::New { is_cancelled } if matches!(input, Input::Cancel) => {
                *is_cancelled = true;
                Ok(())
            }
            Stage::New { .. } => Err(Misuse::Unasked("an event before the first poll")),
            Stage::Asking(child) => match child.handle(input) {
                // The last events of the child before, while this one has not opened anything.
                Err(Misuse::NeverOpened(at)) if self.newest == Some(at) => Ok(()),
                result => result,
            },
            Stage::Over => Err(Misuse::Done),
        }
    }

    pub(super) fn recipe(&self, machine: &'static str) -> Option<Recipe> {
        Recipe::new(machine, &(self.plot.of(), &self.settings))
    }

    pub(super) fn about(&self) -> (&'static Meta, &str) {
        (&P::META, self.settings.target.host())
    }

    pub(super) fn abandon(&mut self, shared: &mut Shared<E2>) {
        if let Stage::Asking(child) = &mut self.stage {
            child.abandon(shared);
        }
    }
}

impl<P: Plot> fmt::Debug for Parent<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Flow");
        shown.field("plot", &self.plot);
        if let Stage::Asking(child) = &self.stage {
            shown.field("asking", child);
        }
        shown.finish_non_exhaustive()
    }
}

/// Makes a machine of a type around a [`Parent`].
macro_rules! machine {
    ($name:ident => $answer:ty) => {
        impl ::larder_core::Machine for $name {
            type Shared = ::larder_core::Shared<$crate::E2>;
            type Action = ::larder_core::Action<$answer, $crate::Fault>;
            type Input = ::larder_core::Input;

            fn poll(&mut self, now: ::larder_core::Time, shared: &mut Self::Shared) -> Self::Action {
                self.0.poll(now, shared)
            }

            fn handle(&mut self, input: Self::Input) -> Result<(), ::larder_core::Misuse> {
                self.0.handle(input)
            }
        }

        impl ::larder_core::ClientMachine<$crate::E2> for $name {
            type Answer = $answer;

            fn about(&self) -> (&'static ::larder_core::Meta, &str) {
                self.0.about()
            }

            fn abandon(&mut self, shared: &mut Self::Shared) {
                self.0.abandon(shared);
            }

            fn recipe(&self) -> Option<::larder_core::journal::Recipe> {
                self.0.recipe(stringify!($name))
            }
        }
    };
}

pub(super) use machine;
