//! A machine that lets go of the session when it is dropped.

use larder_core::{Action, Api, ClientMachine, Input};

use super::Client;

/// A machine under way. However it ends, also by being dropped at any await, the others that wait for its login go on.
pub(super) struct Running<A: Api, M: ClientMachine<A>> {
    client: Client<A>,
    machine: M,
}

impl<A: Api, M: ClientMachine<A>> Running<A, M> {
    pub(super) fn new(client: Client<A>, machine: M) -> Self {
        Self { client, machine }
    }

    /// What is to be done next.
    pub(super) fn poll(&mut self) -> Action<M::Answer, A::Fault> {
        let now = self.client.now();
        self.client.share(|shared| self.machine.poll(now, shared))
    }

    /// Something happened.
    pub(super) fn tell(&mut self, input: Input) {
        let told = self.machine.handle(input);
        debug_assert!(told.is_ok(), "a bug of this driver: {told:?}");
    }
}

impl<A: Api, M: ClientMachine<A>> Drop for Running<A, M> {
    fn drop(&mut self) {
        self.client.share(|shared| self.machine.abandon(shared));
    }
}
