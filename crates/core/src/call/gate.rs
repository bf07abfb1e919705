//! The way through the session, before every attempt.

use http::response;

use super::FaultOf;
use super::engine::{Engine, Purpose, Script, State};
use crate::clocks::Why;
use crate::machine::{Action, Note, On, Shared};
use crate::operation::{Api, Operation, Refusal};
use crate::session::Gate;
use crate::wire::{Address, Outgoing};
use crate::{Auth, ErrorKind, Redactor, Reject, Secret, Time};

impl<A: Api> Engine<A> {
    pub(super) fn gate(&mut self, now: Time, shared: &mut Shared<A>, script: &dyn Script<A>) -> Option<Action<(), A::Fault>> {
        if self.meta.auth == Auth::Own {
            self.operate(shared, None, script);
            return None;
        }
        let id = *self.id.get_or_insert_with(|| shared.ids.next_id());
        match shared.session.enter(id, self.waiting_since, now) {
            Gate::Pass { token, epoch } => self.operate(shared, Some((&token, epoch)), script),
            Gate::Lead => self.lead(shared),
            Gate::Wait { epoch, until } => {
                self.waiting_since.get_or_insert(epoch);
                self.state = State::Gate;
                let on = On { shared: Some(epoch), ..On::default() };
                return Some(self.wait(Some(until), Why::Session, on));
            }
            Gate::Refused(fault) => self.state = State::Over(Err(ErrorKind::Fault(fault))),
            Gate::Shut if self.meta.auth == Auth::MaybeSession => self.operate(shared, None, script),
            Gate::Shut => self.state = State::Over(Err(ErrorKind::NoSession)),
        }
        None
    }

    fn operate(&mut self, shared: &mut Shared<A>, session: Option<(&Secret, u64)>, script: &dyn Script<A>) {
        self.waiting_since = None;
        self.attempts += 1;
        let (token, epoch) = session.unzip();
        self.token = token.cloned();
        self.begin(shared, Purpose::Operation { epoch }, token, script);
    }

    fn lead(&mut self, shared: &mut Shared<A>) {
        let Some(login) = shared.session.login().cloned() else { return };
        self.logins += 1;
        self.notes.push_back(Note::LoggingIn);
        self.begin(shared, Purpose::Login, None, &LoginScript::<A>(login));
    }
}

/// The login, as the engine sends it.
struct LoginScript<A: Api>(A::Login);

impl<A: Api> Script<A> for LoginScript<A> {
    fn encode(&self, address: &Address<'_, A>) -> Result<Outgoing, Reject> {
        A::encode(&self.0, address)
    }

    fn judge(&mut self, head: &response::Parts, body: &[u8]) -> Result<(), Refusal<FaultOf<A>>> {
        A::decode::<A::Login>(head, body).map(drop)
    }

    fn secrets(&self) -> Redactor {
        Redactor::of(&self.0)
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
