//! The client's machine: one operation, from the caller's wish to its answer.
//!
//! ```text
//!            needs a session            has one, or needs none
//!   Gate ◀──────────────────▶ (wait)        │
//!    │  lead: log in                        ▼
//!    ├────────────▶ Attempt(login) ──▶ Attempt(operation) ──▶ Over
//!    ▲                  │                   │ │
//!    │     session over │      worth a try  │ │ redirect
//!    └──────────────────┴──────── Pause ◀───┘ └──▶ Attempt(operation) elsewhere
//! ```
//!
//! [`Call`] is a typed shell; [`engine`](self::engine) knows no operation, [`attempt`](self::attempt) no session,
//! [`gate`](self::gate) no exchange. What may follow what inside one exchange is in [`cycle`](crate::cycle).

mod attempt;
mod engine;
mod gate;
mod receiver;
mod verdict;

use core::ops::ControlFlow;

use http::response;

use self::engine::{Engine, Script};
use crate::clocks::Clocks;
use crate::machine::{Action, ClientMachine, Input, Machine, Shared};
use crate::operation::{Api, Operation, Refusal};
use crate::retry::Policy;
use crate::wire::{Address, Outgoing, Target};
use crate::{Limits, Meta, Misuse, Reject, Time};

/// The name of an API's fault type.
pub(crate) type FaultOf<A> = <A as Api>::Fault;

/// How one call is made.
#[derive(Debug)]
pub struct Settings<A: Api> {
    /// Where to.
    pub target: Target,
    /// How messages are written.
    pub style: A::Style,
    /// How often and how patiently to try again.
    pub policy: Policy,
    /// How long to wait; the operation's defaults for what is not set.
    pub clocks: Clocks,
    /// Bounds of memory.
    pub limits: Limits,
    /// The length in bytes of the file to upload, if known.
    pub length: Option<u64>,
}

impl<A: Api> Settings<A> {
    /// The defaults, for a service at `target`.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target,
            style: A::Style::default(),
            policy: Policy::default(),
            clocks: Clocks::default(),
            limits: Limits::default(),
            length: None,
        }
    }
}

// Not derived: that would demand `Clone` of the API's own type.
impl<A: Api> Clone for Settings<A> {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), style: self.style.clone(), ..*self }
    }
}

/// One operation under way. Drive it as a [`Machine`]. `Debug` shows nothing of its messages: they hold secrets.
pub struct Call<O: Operation> {
    typed: Typed<O>,
    engine: Engine<O::Api>,
}

impl<O: Operation> Call<O> {
    /// A call that has not begun.
    #[must_use]
    pub fn new(operation: O, settings: Settings<O::Api>) -> Self {
        Self { typed: Typed { operation, answer: None }, engine: Engine::new(&O::META, settings) }
    }

    /// The operation.
    pub fn operation(&self) -> &O {
        &self.typed.operation
    }
}

impl<O: Operation> core::fmt::Debug for Call<O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let engine = &self.engine;
        let mut shown = f.debug_struct("Call");
        shown.field("operation", &self.typed.operation).field("state", &engine.state).field("phase", &engine.phase);
        shown.field("attempts", &engine.attempts).finish_non_exhaustive()
    }
}

/// What only the typed shell knows.
struct Typed<O: Operation> {
    operation: O,
    answer: Option<O::Answer>,
}

impl<O: Operation> Script<O::Api> for Typed<O> {
    fn encode(&self, address: &Address<'_, O::Api>) -> Result<Outgoing, Reject> {
        O::Api::encode(&self.operation, address)
    }

    fn judge(&mut self, head: &response::Parts, body: &[u8]) -> Result<(), Refusal<FaultOf<O::Api>>> {
        self.answer = Some(O::Api::decode::<O>(head, body)?);
        Ok(())
    }
}

impl<O: Operation> Machine for Call<O> {
    type Shared = Shared<O::Api>;
    type Action = Action<O::Answer, FaultOf<O::Api>>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        match self.engine.poll(now, shared, &mut self.typed).or_done() {
            ControlFlow::Continue(action) => action,
            ControlFlow::Break(Err(error)) => Action::Done(Err(error)),
            // The engine ends well only after `judge` did.
            ControlFlow::Break(Ok(())) => self.typed.answer.take().map_or_else(Action::over, |answer| Action::Done(Ok(answer))),
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.engine.handle(input)
    }
}

impl<O: Operation> ClientMachine<O::Api> for Call<O> {
    type Answer = O::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        (&O::META, self.engine.settings.target.host())
    }

    fn abandon(&mut self, shared: &mut Shared<O::Api>) {
        self.engine.abandon(shared);
    }
}
