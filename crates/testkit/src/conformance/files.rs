//! The caller's files.

use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::world::World;
use super::{Rule, content};

/// The file that a job sends. It does not block.
pub struct Source {
    pub(super) world: Arc<World>,
    pub(super) job: usize,
    pub(super) length: u64,
    pub(super) is_known: bool,
    pub(super) is_once: bool,
    pub(super) at: u64,
}

impl Source {
    /// At most `max` bytes from `offset` on; none at the end. It may be less than `max` before the end.
    ///
    /// # Errors
    /// [`NotSeekable`](io::ErrorKind::NotSeekable): it cannot go back there. Say `BodyGone`.
    pub fn read(&mut self, offset: u64, max: usize) -> io::Result<Option<Bytes>> {
        if self.is_once && offset != self.at {
            return Err(io::ErrorKind::NotSeekable.into());
        }
        // Never as much as was asked for, while the file is short: who counts on it is wrong.
        let most = if self.length > 1 << 20 { max } else { max.min(3000) };
        let piece = content::piece(offset, most, self.length);
        self.at = offset + piece.len() as u64;
        self.world.log(format_args!("job {}: the file is read at {offset}, {} bytes", self.job, piece.len()));
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// All of it, for a driver that takes files whole. Needs no [`Abilities::streams`](super::Abilities::streams).
    #[must_use]
    pub fn whole(&self) -> Vec<u8> {
        let mut file = Vec::new();
        while (file.len() as u64) < self.length {
            file.extend_from_slice(&content::piece(file.len() as u64, usize::MAX, self.length));
        }
        file
    }

    /// Its length in bytes, if the caller knows it.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.is_known.then_some(self.length)
    }
}

/// Where the file that a job fetches goes. It does not block.
pub struct Sink {
    pub(super) world: Arc<World>,
    pub(super) job: usize,
    pub(super) at: u64,
}

impl Sink {
    /// Takes a piece.
    ///
    /// # Errors
    /// Never.
    pub fn write(&mut self, offset: u64, chunk: &[u8]) -> io::Result<()> {
        let job = self.job;
        if offset != self.at {
            let what = format!("job {job}: the caller was handed bytes at {offset}, and has {} of them", self.at);
            self.world.found(Rule::Deliver, what);
        } else if let Some(at) = content::differs(offset, chunk) {
            self.world.found(Rule::Deliver, format!("job {job}: what the caller was handed is something else at byte {at}"));
        }
        self.at = offset + chunk.len() as u64;
        self.world.change(|state| state.jobs[job].delivered = self.at);
        Ok(())
    }
}
