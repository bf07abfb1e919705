//! A call that somebody makes later.

use core::marker::PhantomData;

use larder_core::{Action, Api, ClientMachine, Input, Machine, Meta, Misuse, On, Shared, Time, Why};

/// A machine that begins at a given time, and knows nothing of the world until then.
#[derive(Debug)]
pub struct Later<A, M> {
    machine: M,
    begins: Time,
    has_begun: bool,
    is_cancelled: bool,
    api: PhantomData<A>,
}

impl<A: Api, M: ClientMachine<A>> Later<A, M> {
    /// `machine`, from `begins` on.
    pub fn new(begins: Time, machine: M) -> Self {
        Self { machine, begins, has_begun: false, is_cancelled: false, api: PhantomData }
    }
}

impl<A: Api, M: ClientMachine<A>> Machine for Later<A, M> {
    type Shared = Shared<A>;
    type Action = Action<M::Answer, A::Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Shared<A>) -> Self::Action {
        // Whoever lost interest before it began hears so from the machine itself.
        if now < self.begins && !self.is_cancelled && !self.has_begun {
            return Action::Wait { until: Some(self.begins), why: Why::Embedder, on: On::default() };
        }
        self.has_begun = true;
        self.machine.poll(now, shared)
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        self.is_cancelled |= matches!(input, Input::Cancel);
        self.machine.handle(input)
    }
}

impl<A: Api, M: ClientMachine<A>> ClientMachine<A> for Later<A, M> {
    type Answer = M::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        self.machine.about()
    }

    fn abandon(&mut self, shared: &mut Shared<A>) {
        self.machine.abandon(shared);
    }
}
