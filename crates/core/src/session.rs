//! One login for all calls of a client.
//!
//! ```text
//!          enter: Lead                 opened
//!   Out ────────────────▶ Busy ─────────────────────▶ In
//!    ▲                     │  refused, released,       │
//!    └─────────────────────┘  or its time is up        │
//!    ▲                 expired (this very epoch)       │
//!    └─────────────────────────────────────────────────┘
//! ```
//!
//! Every change moves the epoch. A call that waits for another's login gets no input of its own: the embedder polls it
//! again when the epoch has moved.

use core::time::Duration;

use crate::operation::Api;
use crate::{ExchangeId, Secret, Time};

/// How long the others wait for a login before one of them takes over.
const PATIENCE: Duration = Duration::from_secs(30);

/// The session that all calls of one client share.
#[derive(Debug)]
pub struct Session<A: Api> {
    login: Option<A::Login>,
    state: State,
    epoch: u64,
    refused: Option<(u64, A::Fault)>,
}

#[derive(Debug)]
enum State {
    Out,
    Busy { leader: ExchangeId, until: Time },
    In { token: Secret },
}

/// What a call that needs the session shall do.
#[derive(Debug)]
pub(crate) enum Gate<F> {
    /// Go on with this token, and remember the epoch it is of.
    Pass { token: Secret, epoch: u64 },
    /// Log in, for all.
    Lead,
    /// Wait for the epoch to move from this, or for this moment.
    Wait { epoch: u64, until: Time },
    /// The login that it waited for was refused.
    Refused(F),
    /// There is nothing to log in with.
    Shut,
}

impl<A: Api> Session<A> {
    /// No session and no credentials: operations that need one fail with `NoSession`.
    #[must_use]
    pub fn none() -> Self {
        Self { login: None, state: State::Out, epoch: 0, refused: None }
    }

    /// Logs in when the first call needs it, and again when the service says that the session is over.
    #[must_use]
    pub fn with_login(login: A::Login) -> Self {
        Self { login: Some(login), ..Self::none() }
    }

    /// A token that is there already, or a static key.
    #[must_use]
    pub fn with_token(token: Secret) -> Self {
        Self { state: State::In { token }, ..Self::none() }
    }

    /// Moves with every change; see [`On::shared`](crate::On::shared).
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The operation that logs in.
    pub(crate) fn login(&self) -> Option<&A::Login> {
        self.login.as_ref()
    }

    /// `call` needs the session; `since` is the epoch at which it began to wait, if it did.
    pub(crate) fn enter(&mut self, call: ExchangeId, since: Option<u64>, now: Time) -> Gate<A::Fault> {
        match &self.state {
            State::In { token } => Gate::Pass { token: token.clone(), epoch: self.epoch },
            State::Busy { leader, until } if *leader != call && now < *until => Gate::Wait { epoch: self.epoch, until: *until },
            State::Busy { .. } | State::Out => self.lead(call, since, now),
        }
    }

    fn lead(&mut self, call: ExchangeId, since: Option<u64>, now: Time) -> Gate<A::Fault> {
        // Who waited for a login that the service refused shares the refusal: two hundred calls with one wrong
        // password must not lock the account.
        if let (Some(since), Some((at, fault))) = (since, &self.refused)
            && *at > since
        {
            return Gate::Refused(fault.clone());
        }
        if self.login.is_none() {
            return Gate::Shut;
        }
        self.change(State::Busy { leader: call, until: now + PATIENCE });
        Gate::Lead
    }

    /// A call logged in. Welcome from one whose place another took meanwhile, too: otherwise logins that are slower than
    /// [`PATIENCE`] would never come to anything. Ignored when a session stands.
    pub(crate) fn opened(&mut self, token: Secret) {
        if !matches!(self.state, State::In { .. }) {
            self.change(State::In { token });
        }
    }

    /// The service refused the login of `call`.
    pub(crate) fn refused(&mut self, call: ExchangeId, fault: A::Fault) {
        if self.is_led_by(call) {
            self.change(State::Out);
            self.refused = Some((self.epoch, fault));
        }
    }

    /// `call` gave up, or was dropped: the next one that waits takes over.
    pub(crate) fn released(&mut self, call: ExchangeId) {
        if self.is_led_by(call) {
            self.change(State::Out);
        }
    }

    /// The service said that the session of `epoch` is over. Ignored when a newer one stands.
    pub(crate) fn expired(&mut self, epoch: u64) {
        if epoch == self.epoch && matches!(self.state, State::In { .. }) {
            self.change(State::Out);
        }
    }

    fn is_led_by(&self, call: ExchangeId) -> bool {
        matches!(self.state, State::Busy { leader, .. } if leader == call)
    }

    fn change(&mut self, state: State) {
        self.state = state;
        self.epoch += 1;
    }
}
