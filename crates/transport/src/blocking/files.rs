//! The caller's files during one call, in the words of the core.

use std::io;

use bytes::Bytes;
use larder_core::Input;

use super::{Sink, Source};
use crate::error::Spoiled;

/// The file that is sent, the file that is fetched, and the error of either.
pub(super) struct Files<S, K> {
    source: S,
    sink: K,
    /// What was asked of the source and has not come yet.
    asked: Option<(u64, usize)>,
    spoiled: Option<Spoiled>,
}

impl<S: Source, K: Sink> Files<S, K> {
    pub(super) fn new(source: S, sink: K) -> Self {
        Self { source, sink, asked: None, spoiled: None }
    }

    /// This piece of the source is wanted; any other is not.
    pub(super) fn ask(&mut self, offset: u64, max: usize) {
        self.asked = Some((offset, max));
    }

    /// The piece that was asked for; nothing, if none was.
    pub(super) fn read(&mut self) -> Option<Input> {
        let (offset, max) = self.asked.take()?;
        Some(match self.source.read(offset, max) {
            Ok(Some(chunk)) if !chunk.is_empty() => Input::Body { offset, chunk },
            Ok(Some(_) | None) => Input::BodyEnd,
            Err(error) if error.kind() == io::ErrorKind::NotSeekable => Input::BodyGone,
            Err(error) => {
                self.spoiled = Some(Spoiled::Source(error));
                Input::Cancel
            }
        })
    }

    /// Hands a piece to the sink; what the call is to be told, if anything.
    pub(super) fn write(&mut self, offset: u64, chunk: Bytes) -> Option<Input> {
        let error = self.sink.write(offset, chunk).err()?;
        self.spoiled = Some(Spoiled::Sink(error));
        Some(Input::Cancel)
    }

    /// Why the call was cancelled from here, if it was.
    pub(super) fn into_spoiled(self) -> Option<Spoiled> {
        self.spoiled
    }
}
