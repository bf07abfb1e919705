//! What a recorded machine writes.

use std::sync::mpsc::{Receiver, channel};

use larder_core::journal::{Journal, Recorded};
use larder_core::{Call, ClientMachine, Operation};

use crate::toy::{Said, Toy};

/// The lines of a journal, as they come.
pub(crate) struct Written(Receiver<Vec<u8>>);

impl Written {
    /// Records a machine.
    pub(crate) fn of<M: ClientMachine<Toy>>(machine: M) -> (Recorded<Toy, M>, Self) {
        let (out, lines) = channel();
        // Nobody reads any more: nothing is lost by that.
        (Recorded::new(machine, move |line: &[u8]| drop(out.send(line.to_vec()))), Self(lines))
    }

    /// What was written since this was asked last.
    pub(crate) fn take(&self) -> Vec<u8> {
        self.0.try_iter().flatten().collect()
    }
}

/// A journal that says the same when it is done again, looked at when it goes.
pub(crate) struct Replayed(Written);

impl Replayed {
    pub(crate) fn of<O: Operation<Api = Toy, Answer = Said>>(call: Call<O>) -> (Recorded<Toy, Call<O>>, Self) {
        let (call, written) = Written::of(call);
        (call, Self(written))
    }

    /// It need not say the same.
    pub(crate) fn forget(&self) {
        drop(self.0.take());
    }
}

impl Drop for Replayed {
    fn drop(&mut self) {
        let bytes = self.0.take();
        // A call that was never polled has written nothing.
        if std::thread::panicking() || bytes.is_empty() {
            return;
        }
        let again = Journal::read(&bytes).map_err(Into::into).and_then(|journal| journal.replay_call::<Toy>());
        if let Err(unlike) = again {
            panic!("{unlike}\n{}", String::from_utf8_lossy(&bytes));
        }
    }
}
