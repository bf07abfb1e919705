//! Reading a request until it is understood.

use bytes::Bytes;
use http::header;

use super::collected::Collected;
use super::form::{self, Form, Item};
use super::stage::Stage;
use super::{Duty, Exchange};
use crate::cycle::Half;
use crate::operation::{Api, Names, RequestFlaw};
use crate::wire::{RequestBody, RequestHead};
use crate::{Kind, Misuse, multipart};

/// What becomes of the request's body.
pub(super) enum Intake {
    /// It is not read.
    Nothing,
    /// It is collected, to be decoded as a whole.
    Whole(Collected),
    /// It is parsed as it comes.
    Form(Box<Form>),
}

impl<A: Api> Exchange<A> {
    /// Finds the operation, and so what is to be done with the body.
    pub(super) fn route(&mut self, head: RequestHead) {
        let head = head.0.into_parts().0;
        match A::route(&head) {
            Ok((name, style)) => {
                self.style = style;
                self.name = Some(name);
                self.outcome.name = Some(name);
                if let Err(flaw) = self.prepare(name, &head) {
                    self.flaw(flaw);
                }
            }
            Err(refused) => {
                self.style = refused.style;
                self.name = refused.name;
                self.refuse(&refused.fault);
            }
        }
        self.head = Some(head);
    }

    fn prepare(&mut self, name: A::Names, head: &http::request::Parts) -> Result<(), RequestFlaw> {
        let limits = self.serving.limits;
        let declared = head.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        self.intake = match name.meta().kind {
            Kind::Upload if declared.is_some_and(|declared| declared > limits.upload) => return Err(RequestFlaw::TooLarge),
            Kind::Upload => Intake::Form(Box::new(Form::new(&form::boundary(head)?, A::is_field, limits))),
            Kind::Unary | Kind::Download => {
                let collected = Collected::new(limits, A::extract(name, &self.style, head));
                collected.allows(declared.unwrap_or_default())?;
                Intake::Whole(collected)
            }
        };
        Ok(())
    }

    /// A piece of the body came. While the embedder is asked something it must not: it would be lost.
    pub(super) fn data(&mut self, chunk: Bytes) -> Result<(), Misuse> {
        match self.stage {
            Stage::Read | Stage::Files => {}
            Stage::Answer(_) | Stage::Body | Stage::Over | Stage::Done => return Ok(()),
            Stage::Identify(..) | Stage::Identifying { .. } | Stage::Ready(..) | Stage::Serve(_) | Stage::Replying => {
                return Err(Misuse::Unasked("a piece of the body"));
            }
        }
        let received = self.outcome.received + chunk.len() as u64;
        let limits = self.serving.limits;
        let result = match &mut self.intake {
            Intake::Nothing => Ok(()),
            Intake::Whole(collected) => collected.push(self.outcome.received, &chunk),
            Intake::Form(_) if received > limits.upload => Err(RequestFlaw::TooLarge),
            Intake::Form(form) => match form.push(chunk) {
                Err(RequestFlaw::Multipart(multipart::Error::Misuse(_))) => {
                    return Err(Misuse::Unasked("a piece of the body"));
                }
                result => result,
            },
        };
        self.outcome.received = received;
        if let Err(flaw) = result {
            self.flaw(flaw);
        }
        Ok(())
    }

    /// The body is complete.
    pub(super) fn end(&mut self) {
        if let Intake::Form(form) = &mut self.intake {
            form.finish();
        }
    }

    /// Goes on reading: an upload's fields until its first file, any other body until its end.
    pub(super) fn read(&mut self) -> Option<Duty<A>> {
        match &mut self.intake {
            Intake::Form(form) => match form.next(false) {
                Ok(Item::File(file)) => self.open(Some(file)),
                Ok(Item::End) => self.open(None),
                Ok(Item::NeedInput | Item::Chunk(_) | Item::FileEnd) => self.stage = Stage::Read,
                Err(flaw) => self.malformed(flaw),
            },
            Intake::Whole(_) | Intake::Nothing if self.cycle.request == Half::Ended => self.open(None),
            Intake::Whole(_) | Intake::Nothing => self.stage = Stage::Read,
        }
        None
    }

    /// Passes an upload's files on.
    pub(super) fn files(&mut self) -> Option<Duty<A>> {
        self.stage = Stage::Files;
        let Intake::Form(form) = &mut self.intake else {
            self.stage = Stage::Replying;
            return None;
        };
        match form.next(true) {
            Ok(Item::File(file)) => Some(Duty::File(file)),
            Ok(Item::Chunk(chunk)) => Some(Duty::Chunk(chunk)),
            Ok(Item::FileEnd) => Some(Duty::FileEnd),
            Ok(Item::End) => {
                self.stage = Stage::Replying;
                Some(Duty::FilesEnd)
            }
            Ok(Item::NeedInput) => None,
            Err(flaw) => {
                self.malformed(flaw);
                None
            }
        }
    }

    /// The bytes of memory that the request's body takes by now. A file that is passed on takes none, only the fields before
    /// it do. Once it is complete it becomes the request that [`Duty::Serve`] hands over, and is no longer in here: whoever
    /// has one bound for many exchanges counts it until the answer begins, and refuses (see [`Told::Reply`](super::Told))
    /// what goes beyond it.
    #[must_use]
    pub fn holds(&self) -> usize {
        match &self.intake {
            Intake::Nothing => 0,
            Intake::Whole(collected) => collected.capacity(),
            Intake::Form(form) => form.text(),
        }
    }

    fn malformed(&mut self, flaw: RequestFlaw) {
        self.outcome.is_broken = form::is_truncation(&flaw);
        self.flaw(flaw);
    }

    /// The request is understood, or refused for good. `file`: the first file's head, if the request is an upload.
    fn open(&mut self, file: Option<crate::wire::FileHead>) {
        let (Some(name), Some(head)) = (self.name, &self.head) else { return };
        let body = match &mut self.intake {
            Intake::Form(form) => RequestBody::Fields(form.fields()),
            Intake::Whole(collected) => collected.body(),
            Intake::Nothing => RequestBody::Whole(&[]),
        };
        match A::open(name, &self.style, head, body) {
            Ok(incoming) => {
                self.style = incoming.style.clone();
                self.stage = Stage::Identify(incoming, file);
            }
            Err(refused) => {
                self.style = refused.style;
                self.refuse(&refused.fault);
            }
        }
        if let Intake::Whole(_) = self.intake {
            // It may hold a password, and is of no more use.
            self.intake = Intake::Nothing;
        }
    }
}
