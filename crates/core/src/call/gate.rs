//! The way through the session, before every attempt.

use http::response;

use super::engine::{Engine, Purpose, Script, State};
use crate::clocks::Why;
use crate::machine::{Action, Note, On, Shared};
use crate::operation::{Api, Operation, Refusal};
use crate::session::Gate;
use crate::{Auth, ErrorKind, Redactor, Secret, Time};

impl<A: Api> Engine<A> {
    pub(super) fn gate(&mut self, now: Time, shared: &mut Shared<A>, script: &dyn Script<A>) -> Option<Action<(), A::Fault>> {
        if self.meta.auth == Auth::Own {
            return self.operate(now, shared, None, script);
        }
        if let (Some(epoch), Some(token)) = (self.ending, self.token.clone()) {
            return self.operate(now, shared, Some((&token, epoch)), script);
        }
        let id = self.number(shared);
        let gate = if self.meta.ends_session {
            shared.session.enter_to_end(id, now)
        } else {
            shared.session.enter(id, self.waiting_since, now)
        };
        if !matches!(gate, Gate::Pass { .. } | Gate::Shut) {
            // Who is held up by the session stands in nobody's way meanwhile.
            self.give_back(shared);
        }
        if !matches!(gate, Gate::Lead { .. }) {
            self.login_since = None;
        }
        match gate {
            Gate::Pass { token, epoch } => return self.operate(now, shared, Some((&token, epoch)), script),
            Gate::Lead { is_idle } => self.lead(now, shared, is_idle),
            Gate::Wait { epoch, until } => {
                self.waiting_since.get_or_insert(epoch);
                return Some(self.wait_for(Why::Session, Some(until), shared));
            }
            Gate::Failed(kind) => self.state = State::Over(Err(kind)),
            Gate::Shut if self.meta.auth == Auth::MaybeSession => return self.operate(now, shared, None, script),
            Gate::Shut => {
                self.give_back(shared);
                self.state = State::Over(Err(ErrorKind::NoSession));
            }
        }
        None
    }

    /// Waits for something that all calls share.
    fn wait_for(&mut self, why: Why, until: Option<Time>, shared: &Shared<A>) -> Action<(), A::Fault> {
        self.state = State::Gate;
        self.gated = why;
        self.wait(until, why, On { shared: Some(shared.epoch()), ..On::default() })
    }

    fn operate(
        &mut self,
        now: Time,
        shared: &mut Shared<A>,
        session: Option<(&Secret, u64)>,
        script: &dyn Script<A>,
    ) -> Option<Action<(), A::Fault>> {
        self.waiting_since = None;
        if self.is_transfer() {
            let id = self.number(shared);
            if !shared.permits.take(id) {
                return Some(self.wait_for(Why::Permit, None, shared));
            }
        }
        self.attempts += 1;
        let (token, epoch) = session.unzip();
        self.token = token.cloned();
        if let Some(epoch) = epoch {
            shared.session.sent(epoch, now);
            self.ending = self.meta.ends_session.then_some(epoch);
        }
        if let Some(ear) = &mut shared.session.ear {
            ear.begins(script.secrets(), token, self.meta);
        }
        self.begin(now, shared, Purpose::Operation { epoch }, token, &|address| script.encode(address));
        None
    }

    fn lead(&mut self, now: Time, shared: &mut Shared<A>, is_idle: bool) {
        let Some(login) = shared.session.login().cloned() else { return };
        self.logins += 1;
        self.login_since.get_or_insert(now);
        self.notes.extend(is_idle.then_some(Note::SessionIdle));
        self.notes.push_back(Note::LoggingIn);
        if let Some(ear) = &mut shared.session.ear {
            ear.begins(Redactor::of(&login), None, login_meta::<A>());
        }
        self.begin(now, shared, Purpose::Login, None, &|address| A::encode(&login, address));
    }
}

/// The token in the answer to a login.
pub(super) fn token<A: Api>(head: &response::Parts, body: &[u8]) -> Result<Secret, Refusal<A::Fault>> {
    A::decode::<A::Login>(head, body).map(A::token)
}

/// Whether a login may be repeated.
pub(super) fn login_meta<A: Api>() -> &'static crate::Meta {
    &<A::Login as Operation>::META
}
