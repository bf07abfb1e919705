//! One login for all calls of a client.
//!
//! ```text
//!          enter: Lead                 opened
//!   Out ────────────────▶ Busy ─────────────────────▶ In
//!    ▲                     │  failed, released,        │
//!    └─────────────────────┘  or its time is up        │
//!    ▲            expired, or left (this very epoch)   │
//!    └─────────────────────────────────────────────────┘
//!                          ▲    enter, idle: Lead      │
//!                          └───────────────────────────┘
//! ```
//!
//! Every change moves the epoch. A call that waits for another's login gets no input of its own: the embedder polls it
//! again when the epoch has moved.
//!
//! A static key is a session too: it is there from the start, nothing opens another, and it does not end by being idle.

use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::journal::Ear;
use crate::operation::Api;
use crate::{ErrorKind, ExchangeId, Secret, Time};

/// How long the others wait for a login that has not waited for anything yet before one of them takes over: it may have been
/// dropped without a word. From its first wait on, its own clocks count, which are never off.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long they wait beyond the moment at which its own clocks must have woken it: its driver may be busy.
const GRACE: Duration = Duration::from_secs(5);

/// How long before its end an idle session is renewed: enough for a slow connection to carry the next request.
const MARGIN: Duration = Duration::from_secs(60);

/// The same for a service that keeps a session for so long: never more than a tenth of it.
fn margin(idle: Duration) -> Duration {
    MARGIN.min(idle / 10)
}

/// The session that all calls of one client share.
#[derive(Debug)]
pub struct Session<A: Api> {
    login: Option<A::Login>,
    pub(crate) state: State,
    pub(crate) epoch: u64,
    /// How the last login ended that came to nothing.
    pub(crate) failed: Option<(u64, ErrorKind<A::Fault>)>,
    /// Who listens while a machine is recorded: what is secret in what it hears and says.
    pub(crate) ear: Option<Ear>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum State {
    Out,
    Busy {
        leader: ExchangeId,
        until: Time,
    },
    In {
        token: Secret,
        /// When it was last sent, if it was: the service counts from when it sees that, which is no earlier.
        used: Option<Time>,
    },
}

/// What a call that needs the session shall do.
#[derive(Debug)]
pub(crate) enum Gate<F> {
    /// Go on with this token, and remember the epoch it is of.
    Pass { token: Secret, epoch: u64 },
    /// Log in, for all.
    Lead {
        /// Because nobody has used the session for so long.
        is_idle: bool,
    },
    /// Wait for the epoch to move from this, or for this moment.
    Wait { epoch: u64, until: Time },
    /// The login that it waited for came to nothing.
    Failed(ErrorKind<F>),
    /// There is nothing to log in with.
    Shut,
}

impl<A: Api> Session<A> {
    /// No session and no credentials: operations that need one fail with `NoSession`.
    #[must_use]
    pub fn none() -> Self {
        Self { login: None, state: State::Out, epoch: 0, failed: None, ear: None }
    }

    /// Logs in when the first call needs it, and again when the service says that the session is over.
    #[must_use]
    pub fn with_login(login: A::Login) -> Self {
        Self { login: Some(login), ..Self::none() }
    }

    /// A token that is there already, or a static key.
    #[must_use]
    pub fn with_token(token: Secret) -> Self {
        Self { state: State::In { token, used: None }, ..Self::none() }
    }

    /// Moves with every change; see [`On::shared`](crate::On::shared).
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether there is a session, as far as is known here: the service may have ended it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::In { .. })
    }

    /// The operation that logs in.
    pub(crate) fn login(&self) -> Option<&A::Login> {
        self.login.as_ref()
    }

    /// Its token, if it is open.
    pub(crate) fn token(&self) -> Option<&Secret> {
        match &self.state {
            State::In { token, .. } => Some(token),
            State::Out | State::Busy { .. } => None,
        }
    }

    /// `call` needs the session; `since` is the epoch at which it began to wait, if it did.
    pub(crate) fn enter(&mut self, call: ExchangeId, since: Option<u64>, now: Time) -> Gate<A::Fault> {
        match &self.state {
            State::In { used, .. } if self.is_idle(*used, now) => self.lead(call, since, now, true),
            State::In { token, .. } => Gate::Pass { token: token.clone(), epoch: self.epoch },
            State::Busy { leader, until } if *leader != call && now < *until => Gate::Wait { epoch: self.epoch, until: *until },
            State::Busy { .. } | State::Out => self.lead(call, since, now, false),
        }
    }

    /// As [`enter`](Self::enter), of a call that wants to end the session: it never opens one.
    pub(crate) fn enter_to_end(&self, call: ExchangeId, now: Time) -> Gate<A::Fault> {
        match &self.state {
            State::In { token, .. } => Gate::Pass { token: token.clone(), epoch: self.epoch },
            State::Busy { leader, until } if *leader != call && now < *until => Gate::Wait { epoch: self.epoch, until: *until },
            State::Busy { .. } | State::Out => Gate::Shut,
        }
    }

    /// Whether it is to be taken for ended, and can be renewed.
    fn is_idle(&self, used: Option<Time>, now: Time) -> bool {
        let Some((idle, used)) = A::IDLE.zip(used).filter(|_| self.login.is_some()) else { return false };
        now.since(used) >= idle - margin(idle)
    }

    /// A request leaves with the token of `epoch`.
    pub(crate) fn sent(&mut self, epoch: u64, now: Time) {
        if let State::In { used, .. } = &mut self.state
            && epoch == self.epoch
        {
            *used = Some(now);
        }
    }

    fn lead(&mut self, call: ExchangeId, since: Option<u64>, now: Time, is_idle: bool) -> Gate<A::Fault> {
        // Who waited for a login that came to nothing shares how it ended: two hundred calls with one wrong password must
        // not lock the account, nor try one after another what was tried for all of them.
        if let (Some(since), Some((at, kind))) = (since, &self.failed)
            && *at > since
        {
            return Gate::Failed(kind.clone());
        }
        if self.login.is_none() {
            return Gate::Shut;
        }
        self.change(State::Busy { leader: call, until: now + PATIENCE });
        Gate::Lead { is_idle }
    }

    /// A call logged in. Welcome from one whose place another took meanwhile, too: otherwise logins that are slower than
    /// the others' patience would never come to anything. Ignored when a session stands.
    pub(crate) fn opened(&mut self, token: Secret, now: Time) {
        if !self.is_open() {
            self.change(State::In { token, used: Some(now) });
        }
    }

    /// `call` waits until then, or until it hears of something. If it is the one that logs in, the others wait for it that
    /// much longer: as long as its driver is alive, no second login is under way beside it.
    pub(crate) fn awaits(&mut self, call: ExchangeId, now: Time, wakes: Option<Time>) {
        if let State::Busy { leader, until } = &mut self.state
            && *leader == call
        {
            *until = wakes.map_or(now + PATIENCE, |wakes| wakes + GRACE);
        }
    }

    /// The login of `call` ended like this, for all who wait for it.
    pub(crate) fn failed(&mut self, call: ExchangeId, kind: ErrorKind<A::Fault>) {
        if self.is_led_by(call) {
            self.change(State::Out);
            self.failed = Some((self.epoch, kind));
        }
    }

    /// `call` gave up, or was dropped: the next one that waits takes over.
    pub(crate) fn released(&mut self, call: ExchangeId) {
        if self.is_led_by(call) {
            self.change(State::Out);
        }
    }

    /// The session of `epoch` is over: the service said so, or a call has ended it. Ignored when a newer one stands.
    pub(crate) fn expired(&mut self, epoch: u64) {
        if epoch == self.epoch && self.is_open() {
            self.change(State::Out);
        }
    }

    fn is_led_by(&self, call: ExchangeId) -> bool {
        matches!(self.state, State::Busy { leader, .. } if leader == call)
    }

    fn change(&mut self, state: State) {
        self.state = state;
        // Waiting calls see that it moves, even in a forged journal that has the last number.
        self.epoch = self.epoch.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_session_is_not_renewed_all_the_time() {
        let seconds = Duration::from_secs;
        assert_eq!(margin(seconds(20 * 60)), seconds(60));
        assert_eq!(margin(seconds(600)), seconds(60));
        assert_eq!(margin(seconds(30)), seconds(3));
    }
}
