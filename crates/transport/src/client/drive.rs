//! The driver: what a [`Call`](larder_core::Call) wants done, done with hyper. This is all that an embedder has to write.

use larder_core::{Action, Api, ClientMachine, Error};

use super::files::Files;
use super::running::Running;
use super::timer::Timer;
use super::wire::Wire;
use super::{Client, Sink, Source};
use crate::report::Log;

/// Drives `call` to its end.
pub(super) async fn drive<A, M, S, K>(
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
    let (mut wire, mut timer) = (Wire::new(client.pool()), Timer::default());
    loop {
        let input = match call.poll() {
            Action::Open { at, head, length } => wire.open(at, head, length),
            Action::Write { chunk, .. } => wire.write(chunk),
            Action::Finish { .. } => wire.finish(),
            Action::Abort { .. } => wire.abort(),
            Action::Feed { offset, max } => files.ask(offset, max),
            Action::Data { offset, chunk } => files.write(offset, chunk).await,
            Action::Note(_) => None,
            Action::Wait { until, on, .. } => tokio::select! {
                // The peer first: an early answer must not hide behind a slow file, nor behind a fast one.
                biased;
                input = wire.event(on.peer, on.room) => Some(input),
                input = files.read(), if on.body => Some(input),
                () = client.epoch_past(on.shared) => None,
                () = timer.at(client.moment(until)) => None,
            },
            Action::Done(result) => return result,
        };
        if let Some(input) = input {
            call.tell(input);
        }
    }
}
