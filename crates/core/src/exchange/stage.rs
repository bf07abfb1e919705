//! The stages of a request, and the moves between them.

use super::duty::RequestOf;
use super::intake::Intake;
use super::{Duty, Exchange, Told};
use crate::cycle::{Event, Half, Side};
use crate::operation::Api;
use crate::sender::{Next, Sender};
use crate::wire::{FileHead, Incoming, Length, Reply, ReplyBody};
use crate::{Misuse, Time};

/// How far a request has come.
pub(super) enum Stage<A: Api> {
    /// Reading, until it is understood.
    Read,
    /// Understood: the embedder is to be asked who the caller is.
    Identify(Incoming<A>, Option<FileHead>),
    /// The embedder was asked.
    Identifying { request: RequestOf<A>, file: Option<FileHead> },
    /// The embedder is to be told what to do.
    Ready(RequestOf<A>, Option<FileHead>),
    /// The embedder is doing it, and is to take this file.
    Serve(Option<FileHead>),
    /// Passing files on.
    Files,
    /// The embedder has all it needs.
    Replying,
    /// The answer is to be sent.
    Answer(Reply),
    /// Its body is on its way.
    Body,
    /// Over; not reported yet.
    Over,
    /// Over and reported.
    Done,
}

impl<A: Api> core::fmt::Debug for Stage<A> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Read => "Read",
            Self::Identify(..) => "Identify",
            Self::Identifying { .. } => "Identifying",
            Self::Ready(..) => "Ready",
            Self::Serve(_) => "Serve",
            Self::Files => "Files",
            Self::Replying => "Replying",
            Self::Answer(_) => "Answer",
            Self::Body => "Body",
            Self::Over => "Over",
            Self::Done => "Done",
        })
    }
}

impl<A: Api> Exchange<A> {
    /// One move. `None`: the stage has changed, look again.
    pub(super) fn step(&mut self, now: Time) -> Option<Duty<A>> {
        match core::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Read => {
                self.read();
                matches!(self.stage, Stage::Read).then(|| self.wait(now))
            }
            Stage::Identify(incoming, file) => {
                self.stage = Stage::Identifying { request: incoming.request, file };
                Some(Duty::Identify(incoming.credential))
            }
            Stage::Ready(request, file) => {
                self.stage = Stage::Serve(file);
                Some(Duty::Serve(request))
            }
            Stage::Serve(Some(file)) => {
                self.stage = Stage::Files;
                Some(Duty::File(file))
            }
            Stage::Serve(None) | Stage::Files => {
                let duty = self.files();
                duty.or_else(|| matches!(self.stage, Stage::Files).then(|| self.wait(now)))
            }
            stage @ (Stage::Identifying { .. } | Stage::Replying) => {
                self.stage = stage;
                Some(self.wait(now))
            }
            Stage::Answer(reply) => Some(self.send(reply)),
            Stage::Body => Some(self.body(now)),
            Stage::Over => Some(Duty::Done(core::mem::take(&mut self.outcome))),
            Stage::Done => Some(self.wait(now)),
        }
    }

    fn send(&mut self, reply: Reply) -> Duty<A> {
        let Reply { mut head, body } = reply;
        let length = match &body {
            ReplyBody::Whole(bytes) => Length::Known(bytes.len() as u64),
            ReplyBody::File { length, .. } => Length::Known(*length),
        };
        if self.cycle.request != Half::Ended && self.head.as_ref().is_none_or(has_body) {
            // The rest of the request will not be read: the connection cannot serve another.
            head.0.headers_mut().insert(http::header::CONNECTION, http::HeaderValue::from_static("close"));
        }
        let is_head_only = self.head.as_ref().is_some_and(|head| head.method == http::Method::HEAD);
        let body = if is_head_only { ReplyBody::Whole(bytes::Bytes::new()) } else { body };
        self.intake = Intake::Nothing;
        self.sender = Some(Sender::reply(body));
        self.advance(Side::Response, Event::Head);
        self.stage = Stage::Body;
        Duty::Open { head, length }
    }

    fn body(&mut self, now: Time) -> Duty<A> {
        self.stage = Stage::Body;
        let Some(sender) = &mut self.sender else { return self.hang_up() };
        match sender.next() {
            Next::Write(chunk) => {
                self.outcome.sent += chunk.len() as u64;
                self.advance(Side::Response, Event::Data);
                Duty::Write(chunk)
            }
            Next::Feed(offset) => {
                let max = usize::try_from(sender.left(offset)).unwrap_or(usize::MAX).min(self.serving.limits.feed);
                Duty::Feed { offset, max }
            }
            Next::Finish => {
                self.advance(Side::Response, Event::End);
                self.sender = None;
                self.stage = Stage::Over;
                Duty::Finish
            }
            Next::Nothing => self.wait(now),
        }
    }

    pub(super) fn told(&mut self, input: Told<A>) -> Result<(), Misuse> {
        if matches!(self.stage, Stage::Done) {
            return Err(Misuse::Done);
        }
        match input {
            Told::Data(chunk) => {
                let cycle = self.cycle.step(Side::Request, Event::Data)?;
                self.data(chunk)?;
                self.cycle = cycle;
            }
            Told::End => {
                self.cycle = self.cycle.step(Side::Request, Event::End)?;
                self.end();
            }
            Told::Failed(_) => {
                self.advance(Side::Request, Event::Fail);
                self.hang_up();
            }
            Told::Identified => return self.identified(),
            Told::Refused(fault) => {
                let Stage::Identifying { .. } = self.stage else { return Err(Misuse::Unasked("word on an identity")) };
                self.refuse(&fault);
            }
            Told::Reply(reply) => return self.replied(reply),
            Told::Wrote => self.sender.as_mut().ok_or(Misuse::NothingWritten)?.wrote()?,
            Told::Body { offset, chunk } => {
                let sender = self.sender.as_mut().ok_or(Misuse::NotAsked { wanted: None, offset })?;
                if sender.body(offset, chunk)?.is_err() {
                    return Err(Misuse::NotAsked { wanted: sender.asked(), offset });
                }
            }
            Told::BodyGone => {
                // The head is out: all that is left is to break off, so that the client notices.
                self.sender.as_ref().and_then(Sender::asked).ok_or(Misuse::NotAsked { wanted: None, offset: 0 })?;
                self.sender = None;
            }
        }
        Ok(())
    }

    fn identified(&mut self) -> Result<(), Misuse> {
        match core::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Identifying { request, file } => {
                self.stage = Stage::Ready(request, file);
                Ok(())
            }
            stage @ (Stage::Read
            | Stage::Identify(..)
            | Stage::Ready(..)
            | Stage::Serve(_)
            | Stage::Files
            | Stage::Replying
            | Stage::Answer(_)
            | Stage::Body
            | Stage::Over
            | Stage::Done) => {
                self.stage = stage;
                Err(Misuse::Unasked("word on an identity"))
            }
        }
    }

    fn replied(&mut self, reply: Result<A::Answers, A::Fault>) -> Result<(), Misuse> {
        let is_early = matches!(self.stage, Stage::Read) && reply.is_err();
        if !is_early && !matches!(self.stage, Stage::Replying | Stage::Files | Stage::Serve(_)) {
            return Err(Misuse::Unasked("a reply"));
        }
        match reply {
            Ok(answer) => self.answer(A::reply(&answer, &self.style)),
            Err(fault) => self.refuse(&fault),
        }
        Ok(())
    }
}

/// Whether a body may still come. A GET or a HEAD that announces none has none, even before its end is told.
fn has_body(head: &http::request::Parts) -> bool {
    let announced = [http::header::CONTENT_LENGTH, http::header::TRANSFER_ENCODING];
    !matches!(head.method, http::Method::GET | http::Method::HEAD) || announced.iter().any(|name| head.headers.contains_key(name))
}
