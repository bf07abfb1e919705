//! Nirvanix Web Services on the wire: messages go to the handlers, files to and from the engine.

mod download;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use larder_core::{Api, Credential, Outcome, RequestFlaw, Secret};
use larder_engine::Refusal;
use larder_engine::handlers::nvx::{Asker, Nirvanix, Session, effort};
use larder_engine::handlers::{Effort, nvx_fault};
use larder_proto_nvx::transfer::{Download, Upload};
use larder_proto_nvx::{Answer, Code, Fault, Nvx, Request, dispatch};
use larder_transport::server::{Peer, Respond, Served};

use crate::blocking::{self, Doors};
use crate::{Access, AccessLog};

/// Answers one request.
pub(crate) struct Responder {
    nirvanix: Nirvanix,
    authority: String,
    doors: Arc<Doors>,
    access_log: Option<Arc<dyn AccessLog>>,
}

/// Who asks: by a session or not at all, or by the token of an upload.
pub(crate) struct Caller {
    asker: Asker,
    upload_token: Option<Secret>,
}

type Serving = Served<Nvx, upload::Receiving, download::Sending>;

impl Responder {
    pub(crate) fn new(nirvanix: Nirvanix, authority: String, doors: Arc<Doors>, access_log: Option<Arc<dyn AccessLog>>) -> Self {
        Self { nirvanix, authority, doors, access_log }
    }

    async fn answer(&self, asker: Asker, request: Request) -> Result<Answer, Fault> {
        let door = match effort(&request) {
            Effort::Quick => return dispatch(&self.nirvanix, &asker, request).await,
            Effort::Reads => &self.doors.reading,
            Effort::Writes => &self.doors.writing,
            Effort::Hashes => &self.doors.hashing,
        };
        let Ok(place) = door.enter().await else { return Err(busy()) };
        let nirvanix = self.nirvanix.clone();
        settled(blocking::drive(place, async move { dispatch(&nirvanix, &asker, request).await }).await)
    }

    async fn upload(&self, caller: Caller, upload: Upload) -> Result<Serving, Fault> {
        let token = caller.upload_token.ok_or_else(|| Fault::from(Code::MissingRequiredParameter))?;
        let engine = Arc::clone(&self.nirvanix.engine);
        let receiving = blocking::run(move || upload::Receiving::begin(&engine, token, caller.asker.peer, &upload)).await;
        settled(receiving).map(Served::Upload)
    }

    async fn download(&self, asker: Asker, download: Download) -> Result<Serving, Fault> {
        let nirvanix = self.nirvanix.clone();
        let (head, file) = settled(blocking::run(move || nirvanix.download(&asker, &download)).await)?;
        Ok(Served::Download(Answer::TransferDownload(head), download::Sending::new(file.content)))
    }
}

impl Respond<Nvx> for Responder {
    type Caller = Caller;
    type Upload = upload::Receiving;
    type Download = download::Sending;

    async fn identify(&self, peer: &Peer, credential: Credential) -> Result<Caller, Fault> {
        let peer = peer.address.ip();
        let mut asker = Asker { peer, authority: self.authority.clone(), session: None };
        let mut upload_token = None;
        match credential {
            Credential::None => {}
            Credential::Upload(token) => upload_token = Some(token),
            // This service hands out no links yet.
            Credential::Link(_) => return Err(Fault::from(Code::InvalidDownloadToken)),
            Credential::Session(token) | Credential::Key(token) => {
                let caller = self.nirvanix.engine.session(&token, peer).map_err(|refusal| nvx_fault(&refusal))?;
                asker.session = Some(Session { token, caller });
            }
        }
        Ok(Caller { asker, upload_token })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all but these two are messages without a file")]
    async fn serve(&self, caller: Caller, request: Request) -> Result<Serving, Fault> {
        match request {
            Request::TransferUpload(upload) => self.upload(caller, upload).await,
            Request::TransferDownload(download) => self.download(caller.asker, download).await,
            request => self.answer(caller.asker, request).await.map(Served::Reply),
        }
    }

    fn ended(&self, peer: &Peer, outcome: Outcome<Nvx>, elapsed: Duration) {
        if let Some(log) = &self.access_log {
            log.ended(&Access::of(peer.address.ip(), &outcome, elapsed));
        }
    }
}

/// Too many ask for the slowest work: later there may be a place.
fn busy() -> Fault {
    Nvx::fault(RequestFlaw::Busy, None)
}

/// What blocking work came to; without a result, the service is going down.
fn settled<T>(result: Option<Result<T, Fault>>) -> Result<T, Fault> {
    result.unwrap_or_else(|| Err(Fault::from(Code::Configuration)))
}

/// The fault that reports a refusal, for use in `map_err`.
#[expect(clippy::needless_pass_by_value, reason = "for use in map_err")]
fn said(refusal: Refusal) -> Fault {
    nvx_fault(&refusal)
}
