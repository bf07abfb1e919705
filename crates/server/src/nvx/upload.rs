//! Files on their way in: the engine's steps, each where it may block.

use bytes::Bytes;
use larder_core::wire::FileHead;
use larder_engine::handlers::nvx::Receiving as Steps;
use larder_proto_nvx::{Answer, Code, Fault, Nvx};
use larder_transport::server;

use super::settled;
use crate::blocking;

/// An upload under way. Dropped before its end, it leaves no half file behind; files that were complete stay.
pub(crate) struct Receiving(
    /// Away only while a thread works with it.
    Option<Steps>,
);

impl Receiving {
    pub(crate) const fn new(steps: Steps) -> Self {
        Self(Some(steps))
    }

    async fn step(&mut self, step: impl FnOnce(&mut Steps) -> Result<(), Fault> + Send + 'static) -> Result<(), Fault> {
        let mut steps = self.0.take().ok_or_else(gone)?;
        let (steps, result) = blocking::run(move || {
            let result = step(&mut steps);
            (steps, result)
        })
        .await
        .unzip();
        self.0 = steps;
        settled(result)
    }
}

impl server::Upload<Nvx> for Receiving {
    async fn file(&mut self, head: FileHead) -> Result<(), Fault> {
        self.step(move |steps| steps.file(&head)).await
    }

    async fn chunk(&mut self, chunk: Bytes) -> Result<(), Fault> {
        self.step(move |steps| steps.chunk(&chunk)).await
    }

    async fn file_end(&mut self) -> Result<(), Fault> {
        self.step(Steps::file_end).await
    }

    async fn finish(mut self) -> Result<Answer, Fault> {
        let steps = self.0.take().ok_or_else(gone)?;
        settled(blocking::run(move || steps.finish()).await)
    }
}

fn gone() -> Fault {
    Fault::from(Code::Configuration)
}
