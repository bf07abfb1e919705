//! A file on its way out: the engine's reading, where it may block.

use std::io;

use bytes::Bytes;
use larder_engine::handlers::nvx::Sending as File;
use larder_transport::server;

use crate::blocking;

/// An open file.
pub(crate) struct Sending(
    /// Away only while a thread works with it.
    Option<File>,
);

impl Sending {
    pub(crate) const fn new(file: File) -> Self {
        Self(Some(file))
    }
}

impl server::Download for Sending {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Bytes> {
        let mut file = self.0.take().ok_or_else(|| io::Error::other("the reader is gone"))?;
        if let Some(piece) = file.at_hand(offset, max) {
            self.0 = Some(file);
            return Ok(piece);
        }
        let (file, piece) = blocking::run(move || {
            let piece = file.read(offset, max);
            (file, piece)
        })
        .await
        .ok_or_else(|| io::Error::other("shutting down"))?;
        self.0 = Some(file);
        piece
    }
}
