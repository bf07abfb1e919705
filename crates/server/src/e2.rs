//! The reseller API on the wire.

use std::sync::Arc;
use std::time::Duration;

use larder_core::{Credential, Outcome};
use larder_engine::handlers::Effort;
use larder_engine::handlers::e2::{self, Reseller};
use larder_engine::types::AccountId;
use larder_proto_e2::{Answer, E2, Fault, Request, dispatch};
use larder_transport::server::{Never, Peer, Respond, Served};

use crate::blocking::{self, Doors};
use crate::{Access, AccessLog};

/// Answers the reseller API's requests.
pub(crate) struct Responder {
    reseller: Reseller,
    doors: Arc<Doors>,
    access_log: Option<Arc<dyn AccessLog>>,
}

impl Responder {
    pub(crate) fn new(reseller: Reseller, doors: Arc<Doors>, access_log: Option<Arc<dyn AccessLog>>) -> Self {
        Self { reseller, doors, access_log }
    }

    async fn answer(&self, caller: AccountId, request: Request) -> Result<Answer, Fault> {
        let door = match e2::effort(&request) {
            Effort::Quick => return dispatch(&self.reseller, &caller, request).await,
            Effort::Reads => &self.doors.reading,
            Effort::Writes => &self.doors.writing,
            Effort::Hashes => &self.doors.hashing,
        };
        let Ok(place) = door.enter().await else { return Err(Fault::failed()) };
        let reseller = self.reseller.clone();
        let work = async move { dispatch(&reseller, &caller, request).await };
        blocking::drive(place, work).await.unwrap_or_else(|| Err(Fault::failed()))
    }
}

impl Respond<E2> for Responder {
    type Caller = AccountId;
    type Upload = Never;
    type Download = Never;

    async fn identify(&self, _peer: &Peer, credential: Credential) -> Result<AccountId, Fault> {
        match credential {
            Credential::Key(key) => self.reseller.engine.reseller(&key).map_err(|refusal| e2::fault(&refusal)),
            Credential::None | Credential::Session(_) | Credential::Upload(_) | Credential::Link(_) => Err(Fault::unauthorized()),
        }
    }

    async fn serve(&self, caller: AccountId, request: Request) -> Result<Served<E2, Never, Never>, Fault> {
        self.answer(caller, request).await.map(Served::Reply)
    }

    fn ended(&self, peer: &Peer, outcome: Outcome<E2>, elapsed: Duration) {
        if let Some(log) = &self.access_log {
            log.ended(&Access::of(peer.address.ip(), &outcome, elapsed));
        }
    }
}
