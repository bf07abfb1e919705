//! A machine whose checkpoints are kept.

use larder_core::journal::Recipe;
use larder_core::{Action, ClientMachine, Input, Machine, Meta, Misuse, Shared, Time};

use crate::{Fault, Nvx};

/// A machine that has checkpoints.
pub trait Checkpointed: ClientMachine<Nvx> {
    /// What they are.
    type Checkpoint;

    /// The newest checkpoint, if there is one that was not taken yet. Ask after each poll, and save it before the machine is
    /// driven on: then at most one piece is sent twice.
    fn take_checkpoint(&mut self) -> Option<Self::Checkpoint>;
}

/// A machine that hands each of its checkpoints to a function, as part of the poll in which it arose. Where the function cannot
/// save at once, it keeps the checkpoint for whoever reads the file: no byte beyond it is asked for before this poll is over.
#[derive(Debug, Clone)]
pub struct Keeping<M, K> {
    machine: M,
    keep: K,
}

impl<M: Checkpointed, K: FnMut(M::Checkpoint)> Keeping<M, K> {
    /// Keeps the checkpoints of `machine`.
    pub fn new(machine: M, keep: K) -> Self {
        Self { machine, keep }
    }
}

impl<M: Checkpointed, K: FnMut(M::Checkpoint)> Machine for Keeping<M, K> {
    type Shared = Shared<Nvx>;
    type Action = Action<M::Answer, Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Self::Action {
        let action = self.machine.poll(now, shared);
        if let Some(checkpoint) = self.machine.take_checkpoint() {
            (self.keep)(checkpoint);
        }
        action
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.machine.handle(input)
    }
}

impl<M: Checkpointed, K: FnMut(M::Checkpoint)> ClientMachine<Nvx> for Keeping<M, K> {
    type Answer = M::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        self.machine.about()
    }

    fn abandon(&mut self, shared: &mut Shared<Nvx>) {
        self.machine.abandon(shared);
    }
    fn recipe(&self) -> Option<Recipe> {
        self.machine.recipe()
    }
}
