//! An exchange that reports its end also when it is dropped.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use larder_core::wire::ResponseHead;
use larder_core::{Api, Duty, Exchange, Failure, Length, Machine, On, Outcome, RequestFlaw, Time, Told};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Peer;
use super::memory::Share;
use super::respond::Respond;
use crate::pieces::{self, Feeder, Pieces};

/// An answer whose body is on its way.
pub(super) type Begun = (ResponseHead, Pieces);

/// An exchange under way, with the body of its answer.
pub(super) struct Running<A: Api, R: Respond<A>> {
    exchange: Exchange<A>,
    responder: Arc<R>,
    peer: Peer,
    /// What the request has of the server's memory, until its answer begins.
    share: Share,
    /// Where the answer's head goes.
    begin: Option<oneshot::Sender<Begun>>,
    body: Option<Feeder>,
    /// [`Time::ZERO`]
    began: Instant,
    is_over: bool,
}

impl<A: Api, R: Respond<A>> Running<A, R> {
    pub(super) fn new(exchange: Exchange<A>, responder: Arc<R>, peer: Peer, share: Share, begin: oneshot::Sender<Begun>) -> Self {
        Self { exchange, responder, peer, share, begin: Some(begin), body: None, began: Instant::now(), is_over: false }
    }

    /// What is to be done next.
    pub(super) fn poll(&mut self) -> Duty<A> {
        self.exchange.poll(Time(self.elapsed()), &mut ())
    }

    /// Something happened.
    pub(super) fn tell(&mut self, told: Told<A>) {
        let told = self.exchange.handle(told);
        debug_assert!(told.is_ok(), "a bug of this driver: {told:?}");
    }

    /// Takes what the body needs by now, before more of it is waited for. If there is no room, that is the reply. A message
    /// that is complete keeps what it has: it lives on as the request.
    pub(super) fn settle(&mut self, on: On) -> Option<Told<A>> {
        let is_settled = !on.peer || self.share.resize(self.exchange.holds());
        (!is_settled).then(|| Told::Reply(Err(A::fault(RequestFlaw::Busy, self.name()))))
    }

    pub(super) fn name(&self) -> Option<A::Names> {
        self.exchange.name()
    }

    /// The answer begins.
    pub(super) fn open(&mut self, head: ResponseHead, length: Length) -> Option<Told<A>> {
        self.share.release();
        let (feeder, pieces) = pieces::channel(length);
        self.body = Some(feeder);
        // Who waits for it drops this with itself.
        self.begin.take()?.send((head, pieces)).ok()?;
        None
    }

    pub(super) fn write(&mut self, chunk: Bytes) -> Option<Told<A>> {
        self.body.as_mut()?.write(chunk);
        None
    }

    pub(super) fn finish(&mut self) -> Option<Told<A>> {
        self.body.as_mut()?.finish();
        None
    }

    /// Breaks the answer off, so that the client notices.
    pub(super) fn abort(&mut self) -> Option<Told<A>> {
        self.body = None;
        None
    }

    /// The last piece was taken. May be dropped and called again.
    pub(super) async fn taken(&mut self) {
        match &mut self.body {
            Some(body) => body.taken().await,
            None => pending().await,
        }
    }

    /// Ready at this moment; never, if none is given.
    pub(super) fn clock(&self, until: Option<Time>) -> impl Future<Output = ()> + Send + use<A, R> {
        let until = until.and_then(|until| self.began.checked_add(until.0));
        async move {
            match until {
                Some(until) => tokio::time::sleep_until(until).await,
                None => pending().await,
            }
        }
    }

    pub(super) fn end(&mut self, outcome: Outcome<A>) {
        self.is_over = true;
        self.responder.ended(&self.peer, outcome, self.elapsed());
    }

    fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }
}

/// hyper drops an answer of known length with its last byte, and any answer with its connection: both are an end.
impl<A: Api, R: Respond<A>> Drop for Running<A, R> {
    fn drop(&mut self) {
        if self.body.as_mut().is_some_and(Feeder::is_taken) {
            self.tell(Told::Wrote);
        }
        while !self.is_over {
            match self.poll() {
                Duty::Done(outcome) => self.end(outcome),
                Duty::Finish | Duty::Abort => {}
                Duty::Identify(_)
                | Duty::Serve(_)
                | Duty::File(_)
                | Duty::Chunk(_)
                | Duty::FileEnd
                | Duty::FilesEnd
                | Duty::Open { .. }
                | Duty::Write(_)
                | Duty::Feed { .. }
                | Duty::Wait { .. } => self.tell(Told::Failed(Failure::Reset)),
            }
        }
    }
}
