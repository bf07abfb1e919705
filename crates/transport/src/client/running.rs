//! A machine that lets go of the session when it is dropped, and is looked on at.

use larder_core::journal::Recorded;
use larder_core::{Action, Api, ClientMachine, Input, Machine as _};

use super::Client;
use crate::observe::Watch;
use crate::report::Log;

/// A machine under way. However it ends, also by being dropped at any await, the others that wait for its login go on.
pub(super) struct Running<'a, A: Api, M: ClientMachine<A>> {
    client: &'a Client<A>,
    machine: Recorded<A, M>,
    watch: Watch,
    /// Where its notes are kept, if somebody wants to read them.
    log: Option<&'a mut Log>,
}

impl<'a, A: Api, M: ClientMachine<A>> Running<'a, A, M> {
    pub(super) fn new(client: &'a Client<A>, machine: M, log: Option<&'a mut Log>) -> Self {
        let watch = client.watch(&machine);
        Self { client, machine: client.recorded(machine), watch, log }
    }

    /// What is to be done next.
    pub(super) fn poll(&mut self) -> Action<M::Answer, A::Fault> {
        let now = self.client.now();
        let action = self.client.share(|shared| self.machine.poll(now, shared));
        match &action {
            Action::Write { chunk, .. } => self.watch.sent(chunk.len()),
            Action::Note(note) => {
                self.watch.note(*note);
                if let Some(log) = &mut self.log {
                    log.note(note);
                }
            }
            Action::Done(result) => self.watch.end(result),
            Action::Open { .. }
            | Action::Finish { .. }
            | Action::Abort { .. }
            | Action::Feed { .. }
            | Action::Data { .. }
            | Action::Wait { .. } => {}
        }
        action
    }

    /// Something happened.
    pub(super) fn tell(&mut self, input: Input) {
        if let Input::Data { chunk, .. } = &input {
            self.watch.received(chunk.len());
        }
        let told = self.machine.handle(input);
        debug_assert!(told.is_ok(), "a bug of this driver: {told:?}");
    }
}

impl<A: Api, M: ClientMachine<A>> Drop for Running<'_, A, M> {
    fn drop(&mut self) {
        self.client.share(|shared| self.machine.abandon(shared));
    }
}
