//! Files on their way, hashed and counted as they pass: nothing is read twice, and nothing is kept.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressStyle};
use larder::larder_transport::client::{Sink, Source};
use md5::{Digest, Md5};

/// What passed so far.
pub(super) struct Watch {
    md5: Md5,
    seen: u64,
    bar: ProgressBar,
}

impl Watch {
    pub(super) fn new(what: &str, length: u64) -> Self {
        let bar = ProgressBar::new(length).with_message(what.to_owned());
        let style = ProgressStyle::with_template("  {msg} [{bar:40}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
        Self { md5: Md5::new(), seen: 0, bar }
    }

    fn see(&mut self, offset: u64, chunk: &[u8]) {
        if offset == 0 && self.seen > 0 {
            // Another attempt: from the beginning.
            (self.md5, self.seen) = (Md5::new(), 0);
        }
        self.md5.update(chunk);
        self.seen += chunk.len() as u64;
        self.bar.set_position(self.seen);
    }

    /// The MD5 of what passed, in base64 as the API writes it, and how many bytes it was.
    pub(super) fn finish(self) -> (String, u64) {
        self.bar.finish_and_clear();
        (STANDARD.encode(self.md5.finalize()), self.seen)
    }
}

/// A source that is watched.
pub(super) struct Reading<'a, S>(pub(super) S, pub(super) &'a mut Watch);

impl<S: Source> Source for Reading<'_, S> {
    async fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        let piece = self.0.read(offset, max).await?;
        if let Some(piece) = &piece {
            self.1.see(offset, piece);
        }
        Ok(piece)
    }

    fn length(&self) -> Option<u64> {
        self.0.length()
    }
}

/// A place where a download ends: it is only watched.
pub(super) struct Counting<'a>(pub(super) &'a mut Watch);

impl Sink for Counting<'_> {
    async fn write(&mut self, offset: u64, chunk: Bytes) -> io::Result<()> {
        self.0.see(offset, &chunk);
        Ok(())
    }
}
