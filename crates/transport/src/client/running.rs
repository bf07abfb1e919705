//! A call that lets go of the session when it is dropped.

use larder_core::{Action, Api, Call, Input, Machine, Operation};

use super::Client;

/// A call under way. However it ends, also by being dropped at any await, the others that wait for its login go on.
pub(super) struct Running<O: Operation> {
    client: Client<O::Api>,
    call: Call<O>,
}

impl<O: Operation> Running<O> {
    pub(super) fn new(client: Client<O::Api>, call: Call<O>) -> Self {
        Self { client, call }
    }

    /// What is to be done next.
    pub(super) fn poll(&mut self) -> Action<O::Answer, <O::Api as Api>::Fault> {
        let now = self.client.now();
        self.client.share(|shared| self.call.poll(now, shared))
    }

    /// Something happened.
    pub(super) fn tell(&mut self, input: Input) {
        let told = self.call.handle(input);
        debug_assert!(told.is_ok(), "a bug of this driver: {told:?}");
    }
}

impl<O: Operation> Drop for Running<O> {
    fn drop(&mut self) {
        self.client.share(|shared| self.call.abandon(shared));
    }
}
