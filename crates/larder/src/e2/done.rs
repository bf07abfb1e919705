//! Success, and how it is known.

use core::ops::ControlFlow;

use larder_core::{Action, ClientMachine, Input, Machine, Meta, Misuse, Note, Recovered, Shared, Time};

use super::{E2, Fault};

/// A change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done<T> {
    /// What the service answered, or must have answered to the attempt whose reply was lost.
    pub answer: T,
    /// Present when a reply was lost, and a later attempt was told that there is nothing left to do. What could not be
    /// verified then stands in its [caveat](Recovered::caveat).
    pub recovered: Option<Recovered>,
}

/// A machine whose end says whether it was recovered.
pub(super) struct Noted<M> {
    machine: M,
    recovered: Option<Recovered>,
}

impl<M> Noted<M> {
    pub(super) fn new(machine: M) -> Self {
        Self { machine, recovered: None }
    }
}

impl<M: ClientMachine<E2>> Machine for Noted<M> {
    type Shared = Shared<E2>;
    type Action = Action<Done<M::Answer>, Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        let action = self.machine.poll(now, shared);
        if let Action::Note(Note::Recovered(recovered)) = &action {
            self.recovered = Some(*recovered);
        }
        match action.or_done() {
            ControlFlow::Continue(action) => action,
            ControlFlow::Break(result) => Action::Done(result.map(|answer| Done { answer, recovered: self.recovered })),
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.machine.handle(input)
    }
}

impl<M: ClientMachine<E2>> ClientMachine<E2> for Noted<M> {
    type Answer = Done<M::Answer>;

    fn about(&self) -> (&'static Meta, &str) {
        self.machine.about()
    }

    fn abandon(&mut self, shared: &mut Shared<E2>) {
        self.machine.abandon(shared);
    }
}
