//! The client's machine: one operation, from the caller's wish to its answer.
//!
//! ```text
//!          another logs in, or all permits are taken
//!   Gate ◀──────────────────────────────────────────▶ (wait)
//!    │ │  has a session and a permit, or needs none
//!    │ └──────────────────────────┐
//!    │  lead: log in              ▼
//!    ├────▶ Attempt(login)   Attempt(operation) ──▶ Over
//!    ▲          │              │   │   │
//!    │   done   │ worth a try  │   │   │ session over, or redirect (the permit is kept)
//!    │◀─────────┼────── Pause ◀┴───┘   │
//!    └──────────┴──────────────────────┘
//! ```
//!
//! A permit is needed where a file travels: it is taken for each attempt of the operation, and given back with its end.
//!
//! [`Call`] is a typed shell; [`engine`](self::engine) knows no operation, [`attempt`](self::attempt) no session,
//! [`gate`](self::gate) no exchange. What may follow what inside one exchange is in [`cycle`](crate::cycle).

mod attempt;
mod engine;
mod gate;
mod kept;
mod receiver;
mod resume;
mod verdict;

use core::ops::ControlFlow;

use http::response;
use serde::{Deserialize, Serialize};

use self::engine::{Engine, Script};
pub use self::resume::Resume;
use self::resume::{Begun, Rest, Window};
use crate::clocks::Clocks;
use crate::journal::Recipe;
use crate::machine::{Action, ClientMachine, Input, Machine, Shared};
use crate::operation::{Api, Operation, Refusal};
use crate::retry::Policy;
use crate::wire::{Address, Outgoing, Target};
use crate::{ErrorKind, Limits, Meta, Misuse, PeerFlaw, Recovered, Redactor, Reject, Time};

/// The name of an API's fault type.
pub(crate) type FaultOf<A> = <A as Api>::Fault;

/// How one call is made.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
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
    /// Whether downloads that broke off go on.
    pub resume: Resume,
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
            resume: Resume::default(),
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
        Self { typed: Typed { operation, rest: None, begun: None, answer: None }, engine: Engine::new(&O::META, settings) }
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
    /// What is left of a download that broke off.
    rest: Option<O>,
    begun: Option<Begun<O::Answer>>,
    answer: Option<O::Answer>,
}

impl<O: Operation> Script<O::Api> for Typed<O> {
    fn encode(&self, address: &Address<'_, O::Api>) -> Result<Outgoing, Reject> {
        O::Api::encode(self.rest.as_ref().unwrap_or(&self.operation), address)
    }

    fn judge(&mut self, head: &response::Parts, body: &[u8]) -> Result<(), Refusal<FaultOf<O::Api>>> {
        self.answer = self.first_answer(head);
        if self.answer.is_none() {
            let answer = O::Api::decode::<O>(head, body)?;
            if self.rest.is_some() {
                // Nobody asked whether there is anything new.
                return Err(Refusal::Peer(PeerFlaw::Status(head.status.as_u16())));
            }
            self.answer = Some(answer);
        }
        Ok(())
    }

    fn recover(&mut self, fault: &FaultOf<O::Api>) -> Option<Recovered> {
        let (answer, recovered) = self.operation.recover(fault)?;
        self.answer = Some(answer);
        Some(recovered)
    }

    fn begins(&mut self, head: &response::Parts, delivered: u64) -> Result<Window, ErrorKind<FaultOf<O::Api>>> {
        self.begins(head, delivered)
    }

    fn rest(&mut self, delivered: u64, resume: Resume) -> Rest {
        self.rest(delivered, resume)
    }

    fn is_all(&mut self, total: Option<u64>, delivered: u64) -> bool {
        self.is_all(total, delivered)
    }

    fn secrets(&self) -> Redactor {
        Redactor::of(&self.operation)
    }

    fn confided(&self) -> Redactor {
        self.answer.as_ref().map_or_else(Redactor::default, Redactor::of)
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

    fn recipe(&self) -> Option<Recipe> {
        Recipe::of_call(&self.typed.operation, &self.engine.settings)
    }
}
