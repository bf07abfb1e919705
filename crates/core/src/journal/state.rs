//! What a machine shares with others, in a file.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mask::Mask;
use crate::machine::Shared;
use crate::operation::{Api, Fault};
use crate::permits::Permits;
use crate::retry::Budget;
use crate::session;
use crate::{ErrorKind, Failure, Ids, PeerFlaw, Secret, Session};

/// What a machine shares with others: [`Shared`] in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// What logs in. It never changes, and stands in the first one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    login: Option<Value>,
    session: session::State,
    epoch: u64,
    failed: Option<(u64, Failed)>,
    budget: Budget,
    permits: Permits,
    ids: Ids,
}

/// How a login ended that came to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Failed {
    Fault(Option<String>),
    Peer(PeerFlaw),
    Failure(Failure),
    Unknown(Failure),
    /// What no login ends with.
    Other,
}

impl State {
    /// What it is now, without secrets.
    pub(super) fn of<A: Api>(shared: &Shared<A>, mask: &mut Mask) -> Self {
        let session = match &shared.session.state {
            session::State::In { token, used } => {
                mask.learn(token.expose());
                session::State::In { token: Secret::new(mask.apply_text(token.expose())), used: *used }
            }
            session::State::Out | session::State::Busy { .. } => shared.session.state.clone(),
        };
        let failed = shared.session.failed.as_ref().map(|(epoch, kind)| (*epoch, Failed::of(kind, mask)));
        let (budget, permits, ids) = (shared.budget, shared.permits.clone(), shared.ids.clone());
        Self { login: None, session, epoch: shared.session.epoch, failed, budget, permits, ids }
    }

    /// With what logs in.
    pub(super) fn with_login<A: Api>(self, shared: &Shared<A>, mask: &mut Mask) -> Self {
        let login = shared.session.login().and_then(|login| {
            mask.learn_all(crate::Redactor::of(login).secrets());
            Some(mask.apply_value(serde_json::to_value(login).ok()?))
        });
        Self { login, ..self }
    }

    /// A client's shared state like this; none if it is not one of this API.
    pub(super) fn to_shared<A: Api>(&self) -> Option<Shared<A>> {
        let session = match &self.login {
            Some(login) => Session::with_login(serde_json::from_value(login.clone()).ok()?),
            None => Session::none(),
        };
        let mut shared = Shared::new(session, 0);
        self.restore(&mut shared)?;
        Some(shared)
    }

    /// Makes it so, but for what logs in.
    pub(super) fn restore<A: Api>(&self, shared: &mut Shared<A>) -> Option<()> {
        shared.session.state = self.session.clone();
        shared.session.epoch = self.epoch;
        shared.session.failed = match &self.failed {
            Some((epoch, failed)) => Some((*epoch, failed.to_kind()?)),
            None => None,
        };
        (shared.budget, shared.permits, shared.ids) = (self.budget, self.permits.clone(), self.ids.clone());
        Some(())
    }
}

impl Failed {
    fn of<F: Fault>(kind: &ErrorKind<F>, mask: &Mask) -> Self {
        match kind {
            ErrorKind::Fault(fault) => Self::Fault(fault.written().map(|text| mask.apply_text(&text))),
            ErrorKind::Peer(flaw) => Self::Peer(flaw.clone()),
            ErrorKind::Failure(failure) => Self::Failure(*failure),
            ErrorKind::OutcomeUnknown(failure) => Self::Unknown(*failure),
            ErrorKind::Encode(_)
            | ErrorKind::NoSession
            | ErrorKind::Deadline(_)
            | ErrorKind::Body(_)
            | ErrorKind::Content(_)
            | ErrorKind::Cancelled => Self::Other,
        }
    }

    fn to_kind<F: Fault>(&self) -> Option<ErrorKind<F>> {
        Some(match self {
            Self::Fault(text) => ErrorKind::Fault(F::read_back(text.as_deref()?)?),
            Self::Peer(flaw) => ErrorKind::Peer(flaw.clone()),
            Self::Failure(failure) => ErrorKind::Failure(*failure),
            Self::Unknown(failure) => ErrorKind::OutcomeUnknown(*failure),
            Self::Other => return None,
        })
    }
}
