//! What a machine was told and asked, in a file, and the same again from the file.
//!
//! # In scope
//! [`Recorded`] wraps any [`ClientMachine`] and writes down every poll with its time, what is shared
//! wherever others have changed it, every input with its bytes, and every action. [`Journal`] reads that, makes the machine anew
//! and compares each action, byte for byte. The file is JSON, one object a line; each line holds a sum over all up to it.
//!
//! **No secret is written.** Each is replaced by a placeholder that is as long in every format, and of the same kind of
//! characters: a UUID stays one, base64 stays base64, two secrets stay two. Secrets are those of the operation, of the login,
//! the session's token, every [`Secret`](crate::Secret) in an answer, and tokens in the URLs that answers lead to. An answer is
//! held back until it has been understood (at most [`HELD`] bytes); in one that cannot be, and may hold a secret, every long
//! word is replaced.
//!
//! **Files are in it as they are**: they are the caller's own data. Each byte of one is there twice, as it is told and as it is sent
//! or handed over. A journal is thus about three times as long as what is transferred, and a line for each piece; of texts that are
//! mostly quotation marks up to four times. Nothing bounds it but what is transferred. Reading one takes more memory than that.
//!
//! # Out of scope
//! Servers' machines. Deceivers: the sums find accidents; a forged journal differs, it breaks nothing. Secrets of fewer than six
//! characters are replaced only where they stand alone, as in errors (see [`Redactor`](crate::Redactor)), and of a URL's query values
//! of up to two characters or three digits not at all. A secret that is also a word of the messages, such as the password `password`,
//! is replaced there too: what is replayed may differ then, and says so. Machines that do not say how they are made, such as uploads
//! that go on from a checkpoint: their journals can be read, and not be done again from the file alone. What an error or an answer
//! holds is compared by its `Debug` text: another version of this library that adds a field to it differs from a journal of this one.
//!
//! # Example
//! ```
//! use std::sync::{Arc, Mutex};
//!
//! use larder_core::journal::{End, Journal, Recorded};
//! # use larder_core::*;
//! # fn with<A: Api, M: ClientMachine<A>, N: ClientMachine<A>>(machine: M, same: N, mut shared: Shared<A>) -> Result<(), journal::Unlike> {
//! let file = Arc::new(Mutex::new(Vec::new()));
//! let out = Arc::clone(&file);
//! let mut call = Recorded::new(machine, move |line: &[u8]| out.lock().unwrap().extend_from_slice(line));
//! // ... a driver drives it: it is a machine like the one within ...
//! let action = call.poll(Time::ZERO, &mut shared);
//! # drop(action);
//! call.abandon(&mut shared);
//!
//! let journal = Journal::read(&*file.lock().unwrap())?;
//! assert_eq!(journal.replay(same)?.end, End::Abandoned);
//! # Ok(())
//! # }
//! ```
//! From the file alone, in a test, with one line: `larder_proto_nvx::journal::replay(include_bytes!("x.journal"))?`

mod ear;
mod entry;
mod letters;
mod line;
mod mask;
mod read;
mod recipe;
mod recorder;
mod replay;
mod respell;
mod state;
mod words;

pub(crate) use self::ear::Ear;
pub use self::entry::{Act, Entry, Heard, Text, Title, VERSION};
pub use self::read::{End, Flaw, Journal};
pub use self::recipe::{Made, Recipe};
use self::recorder::Recorder;
pub use self::recorder::{HELD, Out};
pub use self::replay::{Replayed, Unlike};
pub use self::state::State;
use crate::machine::{Action, ClientMachine, Input, Machine, Shared};
use crate::operation::Api;
use crate::{Meta, Misuse, Time};

/// A machine, and what it is told and asked written down.
///
/// Made without somewhere to write ([`perhaps`](Self::perhaps)), it is the machine and nothing else.
pub struct Recorded<A: Api, M> {
    machine: M,
    recorder: Option<Box<Recorder>>,
    api: core::marker::PhantomData<fn() -> A>,
}

impl<A: Api, M: ClientMachine<A>> Recorded<A, M> {
    /// Records a machine that has not begun. `out` is given whole lines.
    #[must_use]
    pub fn new(machine: M, out: impl FnMut(&[u8]) + Send + 'static) -> Self {
        Self::perhaps(machine, Some(Box::new(out)))
    }

    /// Records a machine that has not begun, if there is somewhere to write.
    #[must_use]
    pub fn perhaps(machine: M, out: Option<Out>) -> Self {
        let recorder = out.map(|out| Box::new(Recorder::new::<A>(machine.about(), machine.recipe(), out)));
        Self { machine, recorder, api: core::marker::PhantomData }
    }

    /// The machine.
    pub fn machine(&self) -> &M {
        &self.machine
    }
}

impl<A: Api, M: ClientMachine<A>> Machine for Recorded<A, M> {
    type Shared = Shared<A>;
    type Action = Action<M::Answer, A::Fault>;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Self::Shared) -> Self::Action {
        let Some(recorder) = &mut self.recorder else { return self.machine.poll(now, shared) };
        let before = recorder.before(shared);
        let outer = shared.session.ear.replace(Ear::default());
        let action = self.machine.poll(now, shared);
        let ear = core::mem::replace(&mut shared.session.ear, outer).unwrap_or_default();
        recorder.polled((now, before), shared, &ear, &action);
        action
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        let Some(recorder) = &mut self.recorder else { return self.machine.handle(input) };
        let told = self.machine.handle(input.clone());
        recorder.told(input, told);
        told
    }
}

impl<A: Api, M: ClientMachine<A>> ClientMachine<A> for Recorded<A, M> {
    type Answer = M::Answer;

    fn about(&self) -> (&'static Meta, &str) {
        self.machine.about()
    }

    fn abandon(&mut self, shared: &mut Shared<A>) {
        self.machine.abandon(shared);
        if let Some(recorder) = &mut self.recorder {
            recorder.abandoned();
        }
    }

    fn recipe(&self) -> Option<Recipe> {
        self.machine.recipe()
    }
}

impl<A: Api, M: core::fmt::Debug> core::fmt::Debug for Recorded<A, M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Recorded({:?})", self.machine)
    }
}
