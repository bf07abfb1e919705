//! What follows from the end of an attempt.

use core::time::Duration;

use http::{HeaderMap, StatusCode, Uri, header, response};

use super::attempt::Ending;
use super::engine::{Engine, Purpose, Script, State};
use super::gate;
use crate::machine::{Note, Shared};
use crate::operation::{Api, Fault, FaultClass, Refusal};
use crate::retry::{Cause, Decision, Tried};
use crate::{BodyFlaw, ErrorKind, Failure, Kind, PeerFlaw, Phase, Time, Verdict, redirect};

impl<A: Api> Engine<A> {
    pub(super) fn ended(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        purpose: Purpose,
        uri: &Uri,
        ending: Ending,
    ) -> Verdict {
        match ending {
            Ending::Answered(head, body) => {
                let head = head.0.into_parts().0;
                match purpose {
                    Purpose::Login => self.login_answered(now, shared, script, &head, &body),
                    Purpose::Operation { .. } if self.meta.kind == Kind::Download && redirect::is_redirect(head.status) => {
                        self.redirected(uri, &head.headers);
                        Verdict::Redirected
                    }
                    Purpose::Operation { epoch } => self.answered(now, shared, script, epoch, &head, &body),
                }
            }
            Ending::Broken { failure, phase, delivered } => {
                self.note_phase(purpose, phase);
                let trouble = Trouble::Broken(failure, phase);
                // Part of the file is with the caller: starting over would give it twice.
                if delivered > 0 || purpose != Purpose::Login && self.delivered > 0 {
                    self.broke_off(now, shared, script, trouble, delivered);
                } else {
                    self.again(now, shared, purpose, trouble);
                }
                Verdict::Failed(failure)
            }
            Ending::Flawed(flaw, status, body) => {
                let operation = if purpose == Purpose::Login { gate::login_meta::<A>() } else { self.meta };
                let refusal = Err::<(), _>(Refusal::Peer(flaw.clone()));
                let _ = self.keep(shared, script, operation, (status, &body), refusal);
                self.again(now, shared, purpose, Trouble::Flawed(flaw, None));
                Verdict::Refused(status.as_u16())
            }
            Ending::Body(flaw) => {
                let first = self.first.take().filter(|_| flaw == BodyFlaw::Gone);
                self.state = State::Over(Err(first.unwrap_or(ErrorKind::Body(flaw))));
                Verdict::GivenUp
            }
        }
    }

    fn note_phase(&mut self, purpose: Purpose, phase: Phase) {
        if purpose != Purpose::Login {
            self.phase = phase;
        }
    }

    fn login_answered(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &dyn Script<A>,
        head: &response::Parts,
        body: &[u8],
    ) -> Verdict {
        let token = gate::token::<A>(head, body);
        match self.keep(shared, script, gate::login_meta::<A>(), (head.status, body), token) {
            Ok(token) => {
                shared.session.opened(token);
                self.logins = 0;
                self.state = State::Gate;
                return Verdict::Success;
            }
            Err(Refusal::Fault(fault)) => {
                let wait = retry_after(&head.headers);
                self.again(now, shared, Purpose::Login, Trouble::Fault(fault, wait));
            }
            Err(Refusal::Peer(flaw)) => {
                let wait = retry_after(&head.headers);
                self.again(now, shared, Purpose::Login, Trouble::Flawed(flaw, wait));
            }
        }
        Verdict::Refused(head.status.as_u16())
    }

    fn answered(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        epoch: Option<u64>,
        head: &response::Parts,
        body: &[u8],
    ) -> Verdict {
        if self.delivered > 0 && head.status == StatusCode::RANGE_NOT_SATISFIABLE {
            return self.nothing_behind(shared, script, head);
        }
        let judged = script.judge(head, body);
        match self.keep(shared, script, self.meta, (head.status, body), judged) {
            Ok(()) => {
                self.succeed(shared);
                return Verdict::Success;
            }
            Err(Refusal::Fault(fault)) if fault.class() == FaultClass::Session && self.log_in_again(shared, epoch) => {
                self.first = Some(ErrorKind::Fault(fault));
                return Verdict::SessionOver;
            }
            Err(_) if self.goes_back(head.status) => {}
            Err(Refusal::Fault(fault)) => {
                let wait = retry_after(&head.headers);
                self.again(now, shared, Purpose::Operation { epoch }, Trouble::Fault(fault, wait));
            }
            Err(Refusal::Peer(flaw)) => {
                let wait = retry_after(&head.headers);
                self.again(now, shared, Purpose::Operation { epoch }, Trouble::Flawed(flaw, wait));
            }
        }
        Verdict::Refused(head.status.as_u16())
    }

    /// The session of `epoch` is over: once per call, and only if there is something to log in with, that is no error.
    fn log_in_again(&mut self, shared: &mut Shared<A>, epoch: Option<u64>) -> bool {
        let Some(epoch) = epoch.filter(|_| !self.has_relogged && shared.session.login().is_some()) else { return false };
        shared.session.expired(epoch);
        // A login that was refused since then is refused to this call too, and where it was redirected to may be a URL
        // with the token that has ended.
        self.waiting_since = Some(epoch);
        self.elsewhere = None;
        self.has_relogged = true;
        self.attempts -= 1;
        self.notes.push_back(Note::SessionExpired);
        self.state = State::Gate;
        true
    }

    fn redirected(&mut self, from: &Uri, headers: &HeaderMap) {
        self.redirects += 1;
        self.attempts -= 1;
        let target = redirect::location(from, headers).filter(|_| self.redirects <= self.settings.limits.redirects);
        let Some(target) = target else {
            self.state = State::Over(Err(ErrorKind::Peer(PeerFlaw::Redirect)));
            return;
        };
        self.state = State::Gate;
        self.elsewhere = Some(target);
        self.notes.push_back(Note::Redirected);
    }

    /// Decides whether the attempt is made again, and what to report if not.
    pub(super) fn again(&mut self, now: Time, shared: &mut Shared<A>, purpose: Purpose, trouble: Trouble<A::Fault>) {
        let (repeat, attempts) = match purpose {
            Purpose::Login => (gate::login_meta::<A>().repeat, self.logins),
            Purpose::Operation { .. } => (self.meta.repeat, self.attempts),
        };
        let (cause, phase, wait) = trouble.cause();
        let left = self.ends_at().map(|end| end.since(now));
        let tried = Tried { attempts, phase, cause, repeat, retry_after: wait, left };
        match self.settings.policy.decide(&tried, shared.ids.bits()) {
            Decision::After(pause) if shared.budget.take() => {
                self.notes.push_back(Note::Retrying { attempts, phase, pause });
                if purpose != Purpose::Login {
                    self.first = Some(trouble.into_kind());
                }
                self.state = State::Pause { until: now + pause };
            }
            Decision::Unknown => self.fail(shared, purpose, trouble.into_unknown()),
            Decision::Stop | Decision::After(_) => self.fail(shared, purpose, trouble.into_kind()),
        }
    }

    fn fail(&mut self, shared: &mut Shared<A>, purpose: Purpose, kind: ErrorKind<A::Fault>) {
        if let (Purpose::Login, ErrorKind::Fault(fault), Some(id)) = (purpose, &kind, self.id) {
            shared.session.refused(id, fault.clone());
        }
        self.release(shared);
        self.state = State::Over(Err(kind));
    }
}

/// What went wrong, before it is known whether that is the end.
pub(super) enum Trouble<F> {
    Broken(Failure, Phase),
    Flawed(PeerFlaw, Option<Duration>),
    Fault(F, Option<Duration>),
}

impl<F: Fault> Trouble<F> {
    fn cause(&self) -> (Cause, Phase, Option<Duration>) {
        match self {
            Self::Broken(_, phase) => (Cause::Broken, *phase, None),
            // A proxy in front of the service says so: the service may do better in a moment.
            Self::Flawed(PeerFlaw::Status(429 | 502..=504), wait) => (Cause::Fault(FaultClass::Transient), Phase::Receive, *wait),
            Self::Flawed(..) => (Cause::Malformed, Phase::Receive, None),
            Self::Fault(fault, wait) => (Cause::Fault(fault.class()), Phase::Receive, *wait),
        }
    }

    pub(super) fn into_kind(self) -> ErrorKind<F> {
        match self {
            Self::Broken(failure, _) => ErrorKind::Failure(failure),
            Self::Flawed(flaw, _) => ErrorKind::Peer(flaw),
            Self::Fault(fault, _) => ErrorKind::Fault(fault),
        }
    }

    fn into_unknown(self) -> ErrorKind<F> {
        match self {
            Self::Broken(failure, _) => ErrorKind::OutcomeUnknown(failure),
            Self::Flawed(..) | Self::Fault(..) => self.into_kind(),
        }
    }
}

/// `Retry-After` in seconds; the form with a date needs a calendar and is left to the policy's own pause.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
