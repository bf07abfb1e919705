//! The server's end of one exchange.

use larder_core::wire::RequestHead;
use larder_core::{Api, Duty, Exchange, Machine, Outcome, Serving, Time, Told};

use super::client::Waiting;
use super::memory::Memory;
use super::service::{RequestOf, Served, Service};

/// What the service says to a duty, or what the wire must do for it.
pub(super) enum Reaction<A: Api> {
    /// This is to be told.
    Tell(Told<A>),
    /// This is the wire's.
    Wire(Duty<A>),
    /// Nothing.
    None,
}

pub(super) struct Server<A: Api, S: Service<A>> {
    exchange: Exchange<A>,
    caller: Option<S::Caller>,
    transfer: Option<S::Transfer>,
    pub(super) waiting: Option<Waiting>,
    pub(super) outcome: Option<Outcome<A>>,
    /// What it was told, where states are compared.
    pub(super) memory: Option<Memory>,
}

impl<A: Api, S: Service<A>> Server<A, S> {
    pub(super) fn new(head: RequestHead, serving: Serving, memory: Option<Memory>) -> Self {
        Self { exchange: Exchange::new(head, serving), caller: None, transfer: None, waiting: None, outcome: None, memory }
    }

    pub(super) fn is_awake(&self, now: Time) -> bool {
        self.outcome.is_none() && self.waiting.as_ref().is_none_or(|waiting| waiting.is_due(now))
    }

    /// Whether it reads from its client now.
    pub(super) fn reads(&self) -> bool {
        self.outcome.is_some() || self.waiting.is_some_and(|waiting| waiting.on.peer)
    }

    pub(super) fn poll(&mut self, now: Time) -> Duty<A> {
        self.exchange.poll(now, &mut ())
    }

    pub(super) fn tell(&mut self, told: Told<A>) -> Result<(), larder_core::Misuse> {
        self.waiting = None;
        self.exchange.handle(told)
    }

    /// Asks the service what to do about a duty.
    pub(super) fn react(&mut self, service: &mut S, now: Time, duty: Duty<A>) -> Reaction<A> {
        match duty {
            Duty::Identify(credential) => Reaction::Tell(match service.identify(now, credential) {
                Ok(caller) => {
                    self.caller = Some(caller);
                    Told::Identified
                }
                Err(fault) => Told::Refused(fault),
            }),
            Duty::Serve(request) => self.serve(service, now, request),
            Duty::File(head) => self.transfer(|transfer| service.file(transfer, head)),
            Duty::Chunk(chunk) => self.transfer(|transfer| service.chunk(transfer, chunk)),
            Duty::FileEnd => self.transfer(|transfer| service.file_end(transfer)),
            Duty::FilesEnd => match self.transfer.as_mut().map(|transfer| service.files_end(transfer)) {
                Some(Ok(Some(answer))) => Reaction::Tell(Told::Reply(Ok(answer))),
                Some(Err(fault)) => Reaction::Tell(Told::Reply(Err(fault))),
                Some(Ok(None)) | None => Reaction::None,
            },
            Duty::Feed { offset, max } => {
                let chunk = self.transfer.as_mut().and_then(|transfer| service.read(transfer, offset, max));
                let body = chunk.filter(|chunk| !chunk.is_empty()).map(|chunk| Told::Body { offset, chunk });
                Reaction::Tell(body.unwrap_or(Told::BodyGone))
            }
            Duty::Wait { until, why, on } => {
                self.waiting = Some(Waiting { until, why, on });
                Reaction::None
            }
            Duty::Done(outcome) => {
                self.outcome = Some(outcome);
                self.transfer = None;
                Reaction::None
            }
            duty @ (Duty::Open { .. } | Duty::Write(_) | Duty::Finish | Duty::Abort) => Reaction::Wire(duty),
        }
    }

    fn serve(&mut self, service: &mut S, now: Time, request: RequestOf<A>) -> Reaction<A> {
        let Some(caller) = &self.caller else { return Reaction::None };
        Reaction::Tell(Told::Reply(match service.serve(now, caller, request) {
            Ok(Served::Answer(answer)) => Ok(answer),
            Ok(Served::Upload(transfer)) => {
                self.transfer = Some(transfer);
                return Reaction::None;
            }
            Ok(Served::Download(answer, transfer)) => {
                self.transfer = Some(transfer);
                Ok(answer)
            }
            Err(fault) => Err(fault),
        }))
    }

    fn transfer(&mut self, act: impl FnOnce(&mut S::Transfer) -> Result<(), A::Fault>) -> Reaction<A> {
        match self.transfer.as_mut().map(act) {
            Some(Err(fault)) => Reaction::Tell(Told::Reply(Err(fault))),
            Some(Ok(())) | None => Reaction::None,
        }
    }
}
