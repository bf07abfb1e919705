//! The driver: what a [`Call`](larder_core::Call) wants done, done by the thread that makes it.

use larder_core::{Action, Api, ClientMachine, Error, Input};

use super::cancel::Cancel;
use super::files::Files;
use super::running::Running;
use super::wire::Wire;
use super::{Client, Sink, Source};
use crate::report::Log;

/// Drives `call` to its end.
pub(super) fn drive<A, M, S, K>(
    client: &Client<A>,
    call: M,
    files: &mut Files<S, K>,
    log: Option<&mut Log>,
) -> Result<M::Answer, Box<Error<A::Fault>>>
where
    A: Api,
    M: ClientMachine<A>,
    S: Source,
    K: Sink,
{
    let mut call = Running::new(client, call, log);
    let mut wire = Wire::new(client.pool());
    let mut cancels = client.cancels();
    loop {
        if cancels.iter().any(Cancel::is_cancelled) {
            // Told once: what the machine still does is not cut short.
            cancels = &[];
            call.tell(Input::Cancel);
        }
        let input = match call.poll() {
            Action::Open { at, head, length } => wire.open(at, head, length),
            Action::Write { chunk, .. } => wire.write(chunk),
            Action::Finish { .. } => {
                wire.finish();
                None
            }
            Action::Abort { .. } => {
                wire.abort();
                None
            }
            Action::Feed { offset, max } => {
                files.ask(offset, max);
                None
            }
            Action::Data { offset, chunk } => files.write(offset, chunk),
            Action::Note(_) => None,
            Action::Wait { until, on, .. } => {
                let until = client.instant(until);
                // The peer first: an early answer must not hide behind a fast file. A slow one blocks this thread.
                if on.body {
                    wire.at_hand(on.peer).or_else(|| files.read())
                } else if wire.is_open() {
                    wire.event(on.peer, until, cancels)
                } else {
                    client.rest(on.shared, until, cancels)
                }
            }
            Action::Done(result) => return result,
        };
        if let Some(input) = input {
            call.tell(input);
        }
    }
}
