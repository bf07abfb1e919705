//! A machine of any answer.

use core::any::Any;
use core::ops::ControlFlow;
use core::time::Duration;

use bytes::Bytes;
use larder_core::{Action, Api, Call, ClientMachine, Clock, Input, Misuse, Operation, Settings, Shared, Target, Time};
use serde::Deserialize;

/// A call under way, whatever it comes to: its answer is JSON.
pub(crate) trait Caller<A: Api> {
    fn poll(&mut self, now: Time, shared: &mut Shared<A>) -> Action<Bytes, A::Fault>;
    fn handle(&mut self, input: Input) -> Result<(), Misuse>;
    fn abandon(&mut self, shared: &mut Shared<A>);
}

/// A machine, and how its answer is written.
pub(crate) struct Running<M, T> {
    pub(crate) machine: M,
    pub(crate) written: fn(&T) -> Bytes,
}

impl<A: Api, M: ClientMachine<A>> Caller<A> for Running<M, M::Answer> {
    fn poll(&mut self, now: Time, shared: &mut Shared<A>) -> Action<Bytes, A::Fault> {
        match self.machine.poll(now, shared).or_done() {
            ControlFlow::Continue(action) => action,
            ControlFlow::Break(result) => Action::Done(result.map(|answer| (self.written)(&answer))),
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.machine.handle(input)
    }

    fn abandon(&mut self, shared: &mut Shared<A>) {
        self.machine.abandon(shared);
    }
}

/// How a call is made, as far as it can be said here.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub(crate) struct Terms {
    /// Bytes of the file to upload.
    length: Option<u64>,
    /// How long all of it may take, in milliseconds.
    total: Option<u64>,
}

impl Terms {
    pub(crate) fn settings<A: Api>(self, target: Target) -> Settings<A> {
        let mut settings = Settings { length: self.length, ..Settings::new(target) };
        settings.clocks.total = self.total.map_or(Clock::Unset, |total| Clock::After(Duration::from_millis(total)));
        settings
    }
}

/// A call of an operation that was found by name, as one of the API `A`. None if it is another's.
pub(crate) fn of<O: Operation, A: Api>(operation: O, settings: Settings<O::Api>) -> Option<Box<dyn Caller<A>>> {
    let call: Box<dyn Caller<O::Api>> = Box::new(Running { machine: Call::new(operation, settings), written: json::<O::Answer> });
    // A name says which operation it is, but not to the compiler that its API is this one.
    let call: Box<dyn Any> = Box::new(call);
    call.downcast::<Box<dyn Caller<A>>>().ok().map(|call| *call)
}

/// An answer in JSON. Those of an API are records and lists: nothing in them cannot be written.
pub(crate) fn json<T: serde::Serialize>(answer: &T) -> Bytes {
    serde_json::to_vec(answer).unwrap_or_default().into()
}
