//! What follows from the end of an attempt.

use core::time::Duration;

use http::{HeaderMap, StatusCode, Uri, header, response};

use super::attempt::{Attempt, Ending};
use super::engine::{Engine, Purpose, Script, State};
use super::gate;
use super::kept::tokens_of;
use crate::machine::{Note, Shared};
use crate::operation::{Api, Fault, FaultClass, Refusal};
use crate::retry::{Cause, Decision, Tried, retry_after};
use crate::{BodyFlaw, ErrorKind, Failure, Kind, PeerFlaw, Phase, Redactor, Repeat, Time, Verdict, redirect};

/// What is remembered of the places that a call was sent to: older tokens have had their time.
const PLACES: usize = 64;

impl<A: Api> Engine<A> {
    pub(super) fn ended(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        script: &mut dyn Script<A>,
        purpose: Purpose,
        attempt: &Attempt,
        ending: Ending,
    ) -> Verdict {
        self.detail = None;
        if let Some(ear) = &mut shared.session.ear {
            ear.is_over = true;
        }
        match ending {
            Ending::Answered(head, body) => {
                let head = head.0.into_parts().0;
                match purpose {
                    Purpose::Login => self.login_answered(now, shared, script, &head, &body),
                    Purpose::Operation { .. } if self.meta.kind == Kind::Download && redirect::is_redirect(head.status) => {
                        self.redirected(shared, &attempt.uri, &head.headers);
                        if let State::Over(_) = self.state {
                            self.keep_flaw(shared, script, self.meta, (head.status, &body), PeerFlaw::Redirect);
                        }
                        Verdict::Redirected
                    }
                    // What it says of a request that it cannot know may be of any, or of part of this one.
                    Purpose::Operation { .. } if !attempt.is_all_sent() && script.judge(&head, &body).is_ok() => {
                        self.keep_flaw(shared, script, self.meta, (head.status, &body), PeerFlaw::Early);
                        self.again(now, shared, purpose, Trouble::Flawed(PeerFlaw::Early, None));
                        Verdict::Refused(head.status.as_u16())
                    }
                    Purpose::Operation { epoch } => self.answered(now, shared, script, epoch, &head, &body),
                }
            }
            Ending::Broken { failure, phase, delivered } => {
                self.note_phase(purpose, phase);
                self.keep_detail(shared, script, failure, attempt.detail());
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
                self.keep_flaw(shared, script, operation, (status, &body), flaw.clone());
                self.again(now, shared, purpose, Trouble::Flawed(flaw, None));
                Verdict::Refused(status.as_u16())
            }
            Ending::Body(flaw) => {
                let lost = self.lost.as_ref().map(|(kind, _)| kind.clone());
                let first = lost.or(self.first.take()).filter(|_| flaw == BodyFlaw::Gone);
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
                if let Some(ear) = &mut shared.session.ear {
                    ear.hears(token.clone());
                }
                shared.session.opened(token, now);
                (self.logins, self.login_since) = (0, None);
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
                self.succeeded(shared, epoch);
                return Verdict::Success;
            }
            Err(Refusal::Fault(fault)) if self.recover(script, &fault) => self.succeeded(shared, epoch),
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

    fn succeeded(&mut self, shared: &mut Shared<A>, epoch: Option<u64>) {
        self.succeed(shared);
        if let Some(epoch) = epoch.filter(|_| self.meta.ends_session) {
            shared.session.expired(epoch);
        }
    }

    /// Whether a refusal tells that an earlier attempt was carried out.
    fn recover(&mut self, script: &mut dyn Script<A>, fault: &A::Fault) -> bool {
        let recovered = if self.may_be_done { script.recover(fault) } else { None };
        self.notes.extend(recovered.map(Note::Recovered));
        recovered.is_some()
    }

    /// The session of `epoch` is over: once per call, and only if there is something to log in with, that is no error.
    fn log_in_again(&mut self, shared: &mut Shared<A>, epoch: Option<u64>) -> bool {
        let Some(epoch) = epoch.filter(|_| shared.session.login().is_some()) else { return false };
        shared.session.expired(epoch);
        if self.has_relogged || self.meta.ends_session {
            return false;
        }
        // A login that was refused since then is refused to this call too, and where it was redirected to may be a URL
        // with the token that has ended.
        self.waiting_since = Some(epoch);
        self.go_back();
        self.has_relogged = true;
        self.attempts -= 1;
        self.notes.push_back(Note::SessionExpired);
        self.state = State::Gate;
        true
    }

    fn redirected(&mut self, shared: &mut Shared<A>, from: &Uri, headers: &HeaderMap) {
        self.redirects += 1;
        self.attempts -= 1;
        self.remember_place(headers);
        if let Some(ear) = &mut shared.session.ear {
            ear.is_led(&self.led_by);
        }
        let target = redirect::location(from, headers).filter(|_| self.redirects <= self.settings.limits.redirects);
        let Some(target) = target else {
            self.state = State::Over(Err(ErrorKind::Peer(PeerFlaw::Redirect)));
            return;
        };
        self.state = State::Gate;
        self.elsewhere = Some(target);
        self.notes.push_back(Note::Redirected);
    }

    /// Where a redirect leads may be a URL with a token, whether it is followed or not.
    fn remember_place(&mut self, headers: &HeaderMap) {
        let location = headers.get(header::LOCATION).map(|location| String::from_utf8_lossy(location.as_bytes()));
        if self.led_by.len() > PLACES {
            self.led_by = Redactor::default();
        }
        location.iter().flat_map(|location| tokens_of(location)).for_each(|token| self.led_by.add(token));
    }

    /// Decides whether the attempt is made again, and what to report if not.
    pub(super) fn again(&mut self, now: Time, shared: &mut Shared<A>, purpose: Purpose, trouble: Trouble<A::Fault>) {
        let (repeat, attempts) = match purpose {
            Purpose::Login => (gate::login_meta::<A>().repeat, self.logins),
            Purpose::Operation { .. } => (self.meta.repeat, self.attempts),
        };
        let (cause, phase, wait) = trouble.cause(repeat);
        self.retry_after = wait;
        if purpose != Purpose::Login && repeat == Repeat::Telling && phase > Phase::Connect {
            self.lose(&trouble, phase);
        }
        let end = if purpose == Purpose::Login { self.login_ends_at() } else { None };
        let left = self.ends_at().into_iter().chain(end).min().map(|end| end.since(now));
        let tried = Tried { attempts, phase, cause, repeat, retry_after: wait, left };
        let jitter = shared.ids.bits();
        match self.settings.policy.decide(&tried, jitter) {
            Decision::After(pause) if shared.budget.take() => {
                self.notes.push_back(Note::Retrying { attempts, phase, pause });
                if purpose != Purpose::Login {
                    self.first = Some(trouble.into_kind());
                    self.go_back();
                }
                self.state = State::Pause { until: now + pause };
            }
            // Of the operation itself, nothing was sent. Who only is in a hurry leaves the login to the others.
            Decision::Unknown | Decision::Stop if purpose == Purpose::Login => {
                let patient = Tried { left: end.map(|end| end.since(now)), ..tried };
                if let Decision::After(_) = self.settings.policy.decide(&patient, jitter) {
                    self.release(shared);
                }
                self.fail(shared, purpose, trouble.into_kind());
            }
            Decision::Unknown => self.fail(shared, purpose, trouble.into_unknown()),
            Decision::Stop | Decision::After(_) => {
                let lost = self.lost.take_if(|_| purpose != Purpose::Login && trouble.is_no_answer());
                if let Some((_, phase)) = lost {
                    self.phase = self.phase.max(phase);
                }
                let kind = lost.map_or_else(|| trouble.into_kind(), |(kind, _)| kind);
                self.fail(shared, purpose, kind);
            }
        }
    }

    /// Nobody knows whether this attempt was carried out; a later refusal may tell.
    fn lose(&mut self, trouble: &Trouble<A::Fault>, phase: Phase) {
        match trouble {
            Trouble::Broken(failure, _) => self.lost = Some((ErrorKind::OutcomeUnknown(*failure), phase)),
            Trouble::Flawed(flaw, _) => self.lost = Some((ErrorKind::Peer(flaw.clone()), phase)),
            // A service that is in trouble may have had it after it was done.
            Trouble::Fault(fault, _) if fault.class() == FaultClass::Transient => {
                // What is lost says more than that.
                if !matches!(self.lost, Some((ErrorKind::OutcomeUnknown(_) | ErrorKind::Peer(_), _))) {
                    self.lost = Some((ErrorKind::Fault(fault.clone()), phase));
                }
            }
            Trouble::Fault(..) => return,
        }
        self.may_be_done = true;
    }

    fn fail(&mut self, shared: &mut Shared<A>, purpose: Purpose, kind: ErrorKind<A::Fault>) {
        if let (Purpose::Login, Some(id)) = (purpose, self.id) {
            let is_final = matches!(&kind, ErrorKind::Fault(fault) if fault.class() != FaultClass::Transient);
            // Who tries only once, as a part of something larger does, does not give up for all: the next in line tries.
            if self.settings.policy.attempts > 1 || is_final {
                shared.session.failed(id, kind.clone());
            }
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
    fn cause(&self, repeat: Repeat) -> (Cause, Phase, Option<Duration>) {
        match self {
            Self::Broken(failure, phase) if failure.is_lasting() && *phase <= Phase::Connect => (Cause::NoTls, *phase, None),
            Self::Broken(_, phase) => (Cause::Broken, *phase, None),
            // A proxy in front of the service says so: the service may do better in a moment.
            Self::Flawed(flaw, wait) if flaw.is_transient() => (Cause::Fault(FaultClass::Transient), Phase::Receive, *wait),
            // The reply is as good as lost, and asking again will tell.
            Self::Flawed(_, wait) if repeat == Repeat::Telling => (Cause::Broken, Phase::Receive, *wait),
            Self::Flawed(..) => (Cause::Malformed, Phase::Receive, None),
            Self::Fault(fault, wait) => (Cause::Fault(fault.class()), Phase::Receive, *wait),
        }
    }

    /// Whether it leaves open what came of the attempts before.
    fn is_no_answer(&self) -> bool {
        match self {
            Self::Broken(..) | Self::Flawed(..) => true,
            Self::Fault(fault, _) => fault.class() == FaultClass::Transient,
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
