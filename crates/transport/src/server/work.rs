//! The embedder's part of one exchange, in the words of the core.

use std::sync::Arc;

use bytes::Bytes;
use larder_core::operation::Names;
use larder_core::wire::FileHead;
use larder_core::{Api, Credential, Failure, Kind, Told};

use super::Peer;
use super::respond::{Download, RequestOf, Respond, Served, Upload};

/// What the embedder has of one exchange: who asks, and the file on its way.
pub(super) struct Work<A: Api, R: Respond<A>> {
    responder: Arc<R>,
    peer: Peer,
    caller: Option<R::Caller>,
    upload: Option<R::Upload>,
    download: Option<R::Download>,
}

impl<A: Api, R: Respond<A>> Work<A, R> {
    pub(super) fn new(responder: Arc<R>, peer: Peer) -> Self {
        Self { responder, peer, caller: None, upload: None, download: None }
    }

    pub(super) async fn identify(&mut self, credential: Credential) -> Option<Told<A>> {
        Some(match self.responder.identify(&self.peer, credential).await {
            Ok(caller) => {
                self.caller = Some(caller);
                Told::Identified
            }
            Err(fault) => Told::Refused(fault),
        })
    }

    pub(super) async fn serve(&mut self, name: Option<A::Names>, request: RequestOf<A>) -> Option<Told<A>> {
        // The machine asks who it is before it says what to do.
        let Some(caller) = self.caller.take() else { return Some(Told::Failed(Failure::Protocol)) };
        let served = match self.responder.serve(caller, request).await {
            Ok(served) => served,
            Err(fault) => return Some(Told::Reply(Err(fault))),
        };
        match served {
            Served::Reply(answer) => Some(Told::Reply(Ok(answer))),
            Served::Download(answer, file) => {
                self.download = Some(file);
                Some(Told::Reply(Ok(answer)))
            }
            Served::Upload(upload) => {
                self.upload = Some(upload);
                // No file comes with any other operation.
                let has_files = name.is_some_and(|name| name.meta().kind == Kind::Upload);
                if has_files { None } else { self.finish().await }
            }
        }
    }

    pub(super) async fn file(&mut self, head: FileHead) -> Option<Told<A>> {
        let result = self.upload.as_mut()?.file(head).await;
        self.stop_on(result)
    }

    pub(super) async fn chunk(&mut self, chunk: Bytes) -> Option<Told<A>> {
        let result = self.upload.as_mut()?.chunk(chunk).await;
        self.stop_on(result)
    }

    pub(super) async fn file_end(&mut self) -> Option<Told<A>> {
        let result = self.upload.as_mut()?.file_end().await;
        self.stop_on(result)
    }

    pub(super) async fn finish(&mut self) -> Option<Told<A>> {
        Some(Told::Reply(self.upload.take()?.finish().await))
    }

    pub(super) async fn read(&mut self, offset: u64, max: usize) -> Option<Told<A>> {
        let Some(file) = &mut self.download else { return Some(Told::BodyGone) };
        Some(match file.read(offset, max).await {
            Ok(mut chunk) if !chunk.is_empty() => {
                chunk.truncate(max);
                Told::Body { offset, chunk }
            }
            Ok(_) | Err(_) => Told::BodyGone,
        })
    }

    /// The answer is on its way: an upload that is not finished never will be.
    pub(super) fn answered(&mut self) {
        self.upload = None;
    }

    fn stop_on(&mut self, result: Result<(), A::Fault>) -> Option<Told<A>> {
        let fault = result.err()?;
        self.upload = None;
        Some(Told::Reply(Err(fault)))
    }
}
