//! A download that broke off goes on where it stopped, if it can be known that the file is still the same.

use http::{StatusCode, response};
use serde::{Deserialize, Serialize};

use super::attempt::Attempt;
use super::engine::{Engine, Purpose, Script, State};
use super::verdict::Trouble;
use super::{FaultOf, Typed};
use crate::machine::{Note, Shared};
use crate::operation::{Api, Operation, Refusal};
use crate::part::{Part, total_of_none};
use crate::{ContentFlaw, ErrorKind, Phase, Time, Verdict};

/// Whether a download that broke off after some of the file was handed on asks for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Resume {
    /// No: the call ends with the failure.
    Never,
    /// If the service said what tells the file from another: see [`Part::validator`].
    #[default]
    Checked,
    /// Also if it did not. A file that changes meanwhile to one of the same length is not noticed.
    Unchecked,
}

/// What of an answer's bytes is handed on, and where it belongs.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    /// How much of what was asked for the caller has already.
    pub(super) base: u64,
    /// How much of the answer the caller has already.
    pub(super) skip: u64,
    /// How much of the answer is wanted behind that; all of it when nobody knows.
    pub(super) take: Option<u64>,
    /// How much was asked for in all, if that is known.
    pub(super) whole: Option<u64>,
}

/// What is left of a file.
pub(super) enum Rest {
    /// Nothing: only the end was missing.
    Nothing,
    /// Something, and the next request asks for it.
    Asked,
    /// It cannot be asked for.
    Unknown,
}

/// The first answer of a download: the one that is reported, whatever the next ones say.
pub(super) struct Begun<T> {
    answer: T,
    part: Part,
}

impl<O: Operation> Typed<O> {
    /// The head of a file came, when the caller has this much of it.
    pub(super) fn begins(&mut self, head: &response::Parts, delivered: u64) -> Result<Window, ErrorKind<FaultOf<O::Api>>> {
        if delivered > 0 {
            let window = Part::of(head).and_then(|next| self.begun.as_ref()?.part.continued_by(&next, delivered));
            return window.ok_or(ErrorKind::Content(ContentFlaw::Changed));
        }
        let answer = O::Api::decode::<O>(head, b"").map_err(|refusal| match refusal {
            Refusal::Fault(fault) => ErrorKind::Fault(fault),
            Refusal::Peer(flaw) => ErrorKind::Peer(flaw),
        })?;
        let part = Part::of(head);
        let whole = part.as_ref().and_then(|part| part.length);
        self.begun = part.map(|part| Begun { answer, part });
        Ok(Window { whole, ..Window::default() })
    }

    /// The transport broke when the caller had this much.
    pub(super) fn rest(&mut self, delivered: u64, resume: Resume) -> Rest {
        let Some(Begun { part, .. }) = &self.begun else { return Rest::Unknown };
        if part.length == Some(delivered) {
            self.answer = self.begun.take().map(|begun| begun.answer);
            return Rest::Nothing;
        }
        let validator = part.validator();
        let is_allowed = match resume {
            Resume::Never => false,
            Resume::Checked => validator.is_some(),
            Resume::Unchecked => true,
        };
        let end = part.length.map(|length| part.offset.saturating_add(length));
        let first = part.offset.saturating_add(delivered);
        if !is_allowed || end.is_some_and(|end| first > end) {
            return Rest::Unknown;
        }
        let last = end.filter(|_| part.is_partial).map(|end| end - 1);
        self.rest = self.operation.part(first, last, validator);
        if self.rest.is_some() { Rest::Asked } else { Rest::Unknown }
    }

    /// There is nothing behind what the caller has, in a file of this length: whether that is all of it.
    pub(super) fn is_all(&mut self, total: Option<u64>, delivered: u64) -> bool {
        let all = |begun: &mut Begun<O::Answer>| {
            begun.part.length.is_none() && total.is_some() && begun.part.offset.checked_add(delivered) == total
        };
        self.answer = self.begun.take_if(all).map(|begun| begun.answer);
        self.answer.is_some()
    }

    /// The answer that is reported of a file that is complete.
    pub(super) fn first_answer(&mut self, head: &response::Parts) -> Option<O::Answer> {
        let is_file = matches!(head.status, StatusCode::OK | StatusCode::PARTIAL_CONTENT);
        Some(self.begun.take_if(|_| is_file)?.answer)
    }
}

impl Part {
    /// What of another answer goes on where this one stopped. A whole file is taken for a part of itself only if its strong
    /// entity tag says that it is the same: otherwise `If-Range` was right to send it.
    fn continued_by(&self, next: &Self, delivered: u64) -> Option<Window> {
        let place = self.offset.checked_add(delivered)?;
        let base = Window { base: delivered, whole: self.length, ..Window::default() };
        let is_same = self.is_of_same_file(next);
        match next.is_partial {
            true if is_same && next.offset == place => Some(base),
            false if is_same && self.strong_etag().is_some() => {
                Some(Window { skip: place, take: self.length.and_then(|length| length.checked_sub(delivered)), ..base })
            }
            _ => None,
        }
    }
}

impl<A: Api> Engine<A> {
    /// The head of a file came: nothing of it is handed on before this.
    pub(super) fn file_begins(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        purpose: Purpose,
        mut attempt: Box<Attempt>,
        head: &response::Parts,
    ) {
        if let Some(ear) = &mut shared.session.ear {
            ear.is_file = true;
        }
        match script.begins(head, self.delivered) {
            Ok(window) => {
                attempt.accept(window);
                self.state = State::Attempt { purpose, attempt };
            }
            Err(kind) => {
                self.abort = Some(attempt.at);
                let place = self.notes.len();
                self.phase = Phase::Receive;
                self.remember(now, purpose, &attempt, Verdict::Refused(head.status.as_u16()), place);
                self.release(shared);
                self.state = State::Over(Err(kind));
            }
        }
    }

    /// The transport broke when the caller had this much of the file.
    pub(super) fn broke_off(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        trouble: Trouble<A::Fault>,
        delivered: u64,
    ) {
        let has_progressed = delivered > self.delivered;
        self.delivered = self.delivered.max(delivered);
        match script.rest(self.delivered, self.settings.resume) {
            Rest::Nothing => self.succeed(shared),
            Rest::Unknown => {
                self.release(shared);
                self.state = State::Over(Err(trouble.into_kind()));
            }
            Rest::Asked => {
                if has_progressed {
                    self.attempts = 1;
                }
                let elsewhere = self.elsewhere.clone().filter(|_| has_progressed);
                self.again(now, shared, Purpose::Operation { epoch: None }, trouble);
                if let State::Pause { .. } = self.state {
                    // Where it moved, it is asked to go on.
                    self.elsewhere = elsewhere;
                    self.notes.push_back(Note::Resuming { offset: self.delivered });
                }
            }
        }
    }

    /// The rest was asked for, and is not to be had: a file that ends here is all there, a shorter one is another.
    pub(super) fn nothing_behind(
        &mut self,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        head: &response::Parts,
    ) -> Verdict {
        if script.is_all(total_of_none(head), self.delivered) {
            self.succeed(shared);
            return Verdict::Success;
        }
        self.release(shared);
        self.state = State::Over(Err(ErrorKind::Content(ContentFlaw::Changed)));
        Verdict::Refused(head.status.as_u16())
    }

    /// The place that a download was sent to is gone: once per call, it is asked for anew.
    pub(super) fn goes_back(&mut self, status: StatusCode) -> bool {
        let is_gone = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE);
        let goes = is_gone && self.elsewhere.is_some() && !self.has_gone_back;
        if goes {
            self.go_back();
            self.has_gone_back = true;
            self.attempts -= 1;
            self.notes.extend((self.delivered > 0).then_some(Note::Resuming { offset: self.delivered }));
            self.state = State::Gate;
        }
        goes
    }

    /// The next attempt asks who was asked first: where it was sent to may be the very trouble.
    pub(super) fn go_back(&mut self) {
        self.elsewhere = None;
        self.redirects = 0;
    }

    pub(super) fn succeed(&mut self, shared: &mut Shared<A>) {
        shared.budget.refund();
        self.raw = None;
        self.state = State::Over(Ok(()));
    }
}
