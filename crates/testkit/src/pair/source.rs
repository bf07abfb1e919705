//! The caller's file.

use core::time::Duration;

use bytes::Bytes;
use larder_core::Input;

/// The file that a call uploads. An empty one that is there at once, by default.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its content.
    pub bytes: Bytes,
    /// The most bytes given at once; must not be zero.
    pub piece: usize,
    /// How long each piece takes to be read.
    pub pause: Duration,
    /// Whether what was read can be read again.
    pub rewinds: bool,
}

impl Default for Source {
    fn default() -> Self {
        Self { bytes: Bytes::new(), piece: usize::MAX, pause: Duration::ZERO, rewinds: true }
    }
}

impl<B: Into<Bytes>> From<B> for Source {
    fn from(bytes: B) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }
}

impl Source {
    /// What the machine is told when it asks for `offset`; `read` is how far it has been read.
    pub(super) fn give(&self, offset: u64, max: usize, read: u64) -> Input {
        let at = usize::try_from(offset).ok().filter(|at| *at <= self.bytes.len());
        match at {
            Some(at) if offset >= read || self.rewinds => {
                let end = self.bytes.len().min(at.saturating_add(max.min(self.piece)));
                if end == at { Input::BodyEnd } else { Input::Body { offset, chunk: self.bytes.slice(at..end) } }
            }
            Some(_) | None => Input::BodyGone,
        }
    }
}
