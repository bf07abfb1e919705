//! The driver: what a [`Call`](larder_core::Call) wants done, done with hyper. This is all that an embedder has to write.

use larder_core::{Action, Api, ClientMachine, Error, Input};

use super::files::Files;
use super::running::Running;
use super::wire::Wire;
use super::{Client, Sink, Source};

/// Drives `call` to its end.
pub(super) async fn drive<A, M, S, K>(
    client: &Client<A>,
    call: M,
    files: &mut Files<S, K>,
) -> Result<M::Answer, Box<Error<A::Fault>>>
where
    A: Api,
    M: ClientMachine<A>,
    S: Source,
    K: Sink,
{
    let mut call = Running::new(client.clone(), call);
    let mut wire = Wire::default();
    loop {
        match call.poll() {
            Action::Open { at, head, length } => {
                wire.open(client.pool(), at, head, length);
                call.tell(Input::Connected { at });
            }
            Action::Write { chunk, .. } => wire.write(chunk),
            Action::Finish { .. } => wire.finish(),
            Action::Abort { .. } => wire.abort(),
            Action::Feed { offset, max } => files.ask(offset, max),
            Action::Data { offset, chunk } => {
                if let Some(input) = files.write(offset, chunk).await {
                    call.tell(input);
                }
            }
            Action::Note(_) => {}
            Action::Wait { until, on, .. } => {
                let input = tokio::select! {
                    // The peer first: an early answer must not hide behind a slow file, nor behind a fast one.
                    biased;
                    input = wire.event(on.peer, on.room) => Some(input),
                    input = files.read(), if on.body => Some(input),
                    () = client.epoch_past(on.shared) => None,
                    () = client.clock(until) => None,
                };
                if let Some(input) = input {
                    call.tell(input);
                }
            }
            Action::Done(result) => return result,
        }
    }
}
