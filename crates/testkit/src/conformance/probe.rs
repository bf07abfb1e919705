//! The machine that a driver is given: a real call, and what watches it.

use core::time::Duration;
use std::sync::Arc;

use larder_core::{Action, ClientMachine, Error, ErrorKind, ExchangeId, Input, Machine, Meta, Misuse, On, Shared, Time, Why};

use super::Rule;
use super::api::{Bench, Fault, Said};
use super::told::{HELD, Told};
use super::world::{State, Waiting, World};

/// Polls without a cause that are forgiven: some systems wake without one, and some drivers poll for each piece of a head.
const FORGIVEN: u32 = 200;

/// How often the probe looks whether what it waits for is so.
const GLANCE: Duration = Duration::from_millis(5);

/// How long a server that cannot get rid of anything is looked at, and how long one that can.
const LULL: Duration = Duration::from_millis(150);
const HOLD: Duration = Duration::from_secs(3);

pub(super) type Inner =
    dyn ClientMachine<Bench, Answer = Said, Shared = Shared<Bench>, Input = Input, Action = Action<Said, Fault>> + Send;

/// The machine of a job. It does what any machine may do, and nothing else: drive it as one.
pub struct Probe {
    inner: Box<Inner>,
    world: Arc<World>,
    job: usize,
    manner: Manner,
    /// The driver's time and real time of the first poll.
    first: Option<(Time, Duration)>,
    last: Time,
    uncaused: u32,
    /// What the server had said when that was last looked at.
    said: u64,
    is_over: bool,
    told: Told,
    /// Since when the connection of this exchange should be closed.
    closing: Option<(ExchangeId, Duration)>,
    /// Whether nothing of the peer is wanted, for now.
    held: Held,
}

/// What is peculiar about a job.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    /// It begins when this is so.
    pub(super) starts: Option<fn(&State) -> bool>,
    /// It wants nothing for a while once the file begins, and then nothing any more.
    pub(super) holds: bool,
    /// It notes nothing.
    pub(super) is_mute: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Held {
    NotYet,
    /// When it began, how much the server had sent when that was more the last time, and when that was.
    Since {
        began: Duration,
        sent: u64,
        moved: Duration,
    },
    Over,
}

impl Probe {
    pub(super) fn new(inner: Box<Inner>, world: Arc<World>, job: usize, manner: Manner, told: Told) -> Self {
        let held = if manner.holds { Held::NotYet } else { Held::Over };
        let (first, last) = (None, Time::ZERO);
        Self { inner, world, job, manner, first, last, uncaused: 0, said: 0, is_over: false, told, closing: None, held }
    }

    /// Looks at when it is polled, and with which time.
    fn check_poll(&mut self, now: Time, epoch: u64) {
        let (job, real, tolerance) = (self.job, self.world.time(), self.world.tolerance());
        if now < self.last {
            let what = format!("job {job} is polled with {now:?} after it was polled with {:?}", self.last);
            self.world.found(Rule::Time, what);
        }
        self.last = self.last.max(now);
        let (began, real_began) = *self.first.get_or_insert((now, real));
        let (passed, real_passed) = (now.since(began), real.saturating_sub(real_began));
        if passed.abs_diff(real_passed) > tolerance {
            let what =
                format!("since the first poll of job {job}, {real_passed:?} have passed, and {passed:?} by the driver's `now`");
            self.world.found(Rule::Time, what);
        }
        self.world.epoch_is(epoch);
        let Some(waiting) = self.world.change(|state| state.jobs[job].waiting.take()) else { return };
        let due = waiting.due.filter(|due| *due <= real + Duration::from_millis(2));
        let Some(cause) = [due, waiting.handled, waiting.moved].into_iter().flatten().min() else {
            return self.uncaused();
        };
        let late = real.saturating_sub(cause);
        if late > tolerance {
            let (rule, what) = match waiting.moved {
                Some(moved) if moved == cause => (Rule::Epoch, "the epoch had moved"),
                Some(_) | None => (Rule::Wake, "its `until`, or an input, was due"),
            };
            self.world.found(rule, format!("job {job} was polled {late:?} after {what}"));
        }
    }

    fn uncaused(&mut self) {
        let said = self.world.state().said;
        if said != core::mem::replace(&mut self.said, said) {
            // Bytes came that make no event yet.
            self.uncaused = 0;
        }
        self.uncaused += 1;
        if self.uncaused == FORGIVEN {
            let what = "was polled again and again before `until`, with nothing told and the epoch as it was";
            self.world.found(Rule::Wake, format!("job {} {what}", self.job));
        }
    }

    /// What the probe itself waits for.
    fn own_wait(&mut self) -> Option<(Duration, &'static str)> {
        if let Some(starts) = self.manner.starts {
            if !starts(&self.world.state()) {
                return Some((GLANCE, "its turn"));
            }
            self.manner.starts = None;
        }
        if let Some((at, since)) = self.closing {
            let tolerance = self.world.tolerance();
            let is_open = self.world.state().exchanges.get(&at).is_some_and(|exchange| exchange.closed.is_none());
            let passed = self.world.time().saturating_sub(since);
            if is_open && passed <= tolerance {
                return Some((GLANCE, "the connection to be closed"));
            }
            if is_open {
                let what = format!("the connection of exchange #{} is still open {passed:?} after its `Abort`", at.0);
                self.world.found(Rule::Abort, what);
            }
            self.closing = None;
        }
        self.hold()
    }

    /// Wants nothing of the peer until the server is stuck, or has got rid of more than a socket holds; then gives up.
    fn hold(&mut self) -> Option<(Duration, &'static str)> {
        const WHY: &str = "a caller who is slow: nothing of the peer is wanted";
        let (now, flooded) = (self.world.time(), self.world.state().flooded);
        match self.held {
            Held::NotYet if self.told.has_data() => {
                self.held = Held::Since { began: now, sent: flooded, moved: now };
                Some((GLANCE * 4, WHY))
            }
            Held::Since { began, sent, .. } if flooded > sent => {
                self.held = Held::Since { began, sent: flooded, moved: now };
                Some((GLANCE * 4, WHY))
            }
            Held::Since { began, sent, moved } if sent <= HELD && now < (moved + LULL).min(began + HOLD) => {
                Some((GLANCE * 4, WHY))
            }
            Held::Since { .. } => {
                self.held = Held::Over;
                // A caller may cancel at any time.
                let told = self.inner.handle(Input::Cancel);
                debug_assert!(told.is_ok(), "{told:?}");
                None
            }
            Held::NotYet | Held::Over => None,
        }
    }

    fn wait(&mut self, now: Time, until: Option<Time>, on: On) {
        let real = self.world.time();
        let due = until.map(|until| real + until.since(now));
        let room = on.room.then_some(real);
        let waiting = Waiting { due, shared: on.shared, peer: on.peer, room, handled: None, moved: None };
        self.world.change(|state| state.jobs[self.job].waiting = Some(waiting));
    }

    fn next(&mut self, now: Time, shared: &mut Shared<Bench>) -> Action<Said, Fault> {
        if self.world.state().is_over {
            // The suite has seen enough: whatever still runs shall end.
            self.inner.abandon(shared);
            let error = Error::new(ErrorKind::Cancelled, *self.inner.about().0, "the suite");
            return Action::Done(Err(Box::new(error)));
        }
        if let Some((pause, why)) = self.own_wait() {
            self.world.log(format_args!("job {}: the machine waits {pause:?} for {why}", self.job));
            return Action::Wait { until: Some(now + pause), why: Why::Embedder, on: On::default() };
        }
        let mut action = loop {
            let action = self.inner.poll(now, shared);
            self.world.epoch_is(shared.epoch());
            self.world.log(format_args!("job {}: {action:?}", self.job));
            // A machine may have nothing to note: then what follows an end is the next `Open`.
            if !(self.manner.is_mute && matches!(action, Action::Note(_))) {
                break action;
            }
        };
        if let Action::Open { at, head, .. } = &mut action {
            head.0.headers_mut().insert("x-exchange", at.0.into());
        }
        action
    }

    fn note(&mut self, now: Time, action: &Action<Said, Fault>) {
        self.told.action(&self.world, self.job, action);
        match action {
            Action::Abort { at } => {
                let time = self.world.time();
                let is_served = self.world.change(|state| {
                    let exchange = state.exchanges.get_mut(at);
                    exchange.map(|exchange| exchange.aborted = Some(time)).is_some()
                });
                self.closing = is_served.then_some((*at, time));
            }
            Action::Wait { until, on, .. } => self.wait(now, *until, *on),
            Action::Done(result) => {
                self.is_over = true;
                let result = result.clone();
                self.world.change(|state| state.jobs[self.job].outcome = Some(result));
            }
            Action::Open { .. }
            | Action::Write { .. }
            | Action::Finish { .. }
            | Action::Feed { .. }
            | Action::Data { .. }
            | Action::Note(_) => {}
        }
    }
}

impl Machine for Probe {
    type Shared = Shared<Bench>;
    type Action = Action<Said, Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        if self.is_over {
            self.world.found(Rule::Poll, format!("job {} was polled after `Done`", self.job));
            return Action::over();
        }
        self.check_poll(now, shared.epoch());
        let action = self.next(now, shared);
        self.note(now, &action);
        action
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        let (job, time) = (self.job, self.world.time());
        self.world.log(format_args!("job {job}: told {input:?}"));
        let waiting = self.world.change(|state| {
            let waiting = state.jobs[job].waiting.as_mut()?;
            waiting.handled.get_or_insert(time);
            Some(*waiting)
        });
        self.told.input(&self.world, job, &input, waiting);
        let told = self.inner.handle(input);
        if let Err(misuse) = &told {
            self.world.found(rule_of(misuse), format!("job {job} cannot be told that: {misuse}"));
        }
        told
    }
}

/// The rule that a misuse breaks.
fn rule_of(misuse: &Misuse) -> Rule {
    match misuse {
        Misuse::NothingWritten => Rule::Write,
        Misuse::NotAsked { .. } => Rule::Feed,
        Misuse::NeverOpened(_) => Rule::Open,
        Misuse::Unasked(_) => Rule::BackPressure,
        Misuse::Done => Rule::Poll,
        Misuse::Order(_) | _ => Rule::Answer,
    }
}

impl ClientMachine<Bench> for Probe {
    type Answer = Said;

    fn about(&self) -> (&'static Meta, &str) {
        self.inner.about()
    }

    fn abandon(&mut self, shared: &mut Shared<Bench>) {
        let time = self.world.time();
        if !self.is_over {
            self.world.log(format_args!("job {}: abandoned", self.job));
            self.world.change(|state| state.jobs[self.job].abandoned = Some(time));
        }
        self.is_over = true;
        self.inner.abandon(shared);
        self.world.epoch_is(shared.epoch());
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if !self.is_over && self.first.is_some() {
            self.world.found(Rule::Abandon, format!("the machine of job {} was dropped unfinished, without `abandon`", self.job));
        }
    }
}
