//! Nirvanix Web Services on the wire: messages go to the handlers, files to and from the engine.

mod download;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use larder_core::{Api, Credential, Outcome, RequestFlaw};
use larder_engine::handlers::Effort;
use larder_engine::handlers::nvx::{Asker, Known, Nirvanix, effort};
use larder_proto_nvx::transfer::{Download, Update, Upload};
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

    async fn upload(&self, known: Known, upload: Upload) -> Result<Serving, Fault> {
        let nirvanix = self.nirvanix.clone();
        let steps = settled(blocking::run(move || nirvanix.receive(&known, &upload)).await)?;
        Ok(Served::Upload(upload::Receiving::new(steps)))
    }

    async fn update(&self, known: Known, update: Update) -> Result<Serving, Fault> {
        let nirvanix = self.nirvanix.clone();
        let steps = settled(blocking::run(move || nirvanix.receive_update(&known, &update)).await)?;
        Ok(Served::Upload(upload::Receiving::new(steps)))
    }

    async fn download(&self, known: Known, download: Download) -> Result<Serving, Fault> {
        let nirvanix = self.nirvanix.clone();
        let (answer, file) = settled(blocking::run(move || nirvanix.send(&known, &download)).await)?;
        Ok(Served::Download(answer, download::Sending::new(file)))
    }
}

impl Respond<Nvx> for Responder {
    type Caller = Known;
    type Upload = upload::Receiving;
    type Download = download::Sending;

    async fn identify(&self, peer: &Peer, credential: Credential) -> Result<Known, Fault> {
        self.nirvanix.identify(peer.address.ip(), &self.authority, credential)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all but these are messages without a file")]
    async fn serve(&self, known: Known, request: Request) -> Result<Serving, Fault> {
        match request {
            Request::TransferUpload(upload) => self.upload(known, upload).await,
            Request::TransferUpdate(update) => self.update(known, update).await,
            Request::TransferDownload(download) => self.download(known, download).await,
            request => self.answer(known.asker, request).await.map(Served::Reply),
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
