//! A file on its way out.

use std::io;

use bytes::Bytes;
use larder_engine::blobs::{BLOCK, BlobReader};
use larder_transport::server;

use crate::blocking;

/// An open file. Its content is verified block by block; one block is kept, since answers are sent in smaller pieces.
pub(crate) struct Sending {
    /// Away only while a thread works with it.
    reader: Option<BlobReader>,
    block: (u64, Bytes),
}

impl Sending {
    pub(crate) fn new(reader: BlobReader) -> Self {
        Self { reader: Some(reader), block: (0, Bytes::new()) }
    }

    /// Reads the block that `offset` lies in.
    async fn load(&mut self, offset: u64) -> io::Result<()> {
        let mut reader = self.reader.take().ok_or_else(|| io::Error::other("the reader is gone"))?;
        let start = offset / BLOCK * BLOCK;
        let (reader, block) = blocking::run(move || {
            let block = reader.read_at(start, usize::try_from(BLOCK).unwrap_or(usize::MAX));
            (reader, block)
        })
        .await
        .ok_or_else(|| io::Error::other("shutting down"))?;
        self.reader = Some(reader);
        self.block = (start, block.map_err(io::Error::other)?);
        Ok(())
    }

    fn piece(&self, offset: u64, max: usize) -> Option<Bytes> {
        let (start, block) = &self.block;
        let from = usize::try_from(offset.checked_sub(*start)?).ok().filter(|from| *from < block.len())?;
        Some(block.slice(from..block.len().min(from.saturating_add(max))))
    }
}

impl server::Download for Sending {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Bytes> {
        if let Some(piece) = self.piece(offset, max) {
            return Ok(piece);
        }
        self.load(offset).await?;
        self.piece(offset, max).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
