//! One bound for the request bodies of a whole server that are held in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Memory for request bodies: forms, messages, and files within messages; a file that is uploaded passes and takes none. All
/// [exchanges](super::exchange()) that are given the same one share it; its clones are the same one.
///
/// A body takes what it needs after each piece of it, so that a thread goes beyond this by a piece at most, and gives it back
/// when its answer begins or its exchange is dropped. One that there is no room for is refused as
/// [busy](larder_core::RequestFlaw::Busy), and its connection is closed. A quarter is kept for bodies of at most
/// [`SMALL`](Self::SMALL) bytes, so that a few large ones do not keep everybody out.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    used: AtomicUsize,
    size: usize,
    kept: usize,
}

impl Memory {
    /// Bytes in all unless said otherwise: 256 MiB. The quarter that is kept is a small body for each of 1,024 connections,
    /// the most that a listener has by default; the rest is two of the largest messages and more, by the default limits.
    pub const DEFAULT: usize = 256 << 20;

    /// Bytes of a body that may use what is kept: 64 KiB. Most forms have less than one.
    pub const SMALL: usize = 64 << 10;

    /// So many bytes. A message with a file in it takes up to [`Limits::request`](larder_core::Limits::request) and
    /// [`Limits::embedded`](larder_core::Limits::embedded): three quarters of `bytes` must be more than that, or none is
    /// ever served.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Shared { used: AtomicUsize::new(0), size: bytes, kept: bytes / 4 }))
    }

    /// Bytes that are in use.
    #[must_use]
    pub fn used(&self) -> usize {
        self.0.used.load(Ordering::Relaxed)
    }

    pub(super) fn share(&self) -> Share {
        Share { memory: self.clone(), bytes: 0 }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Self::DEFAULT)
    }
}

/// What one body has of it.
#[derive(Debug)]
pub(super) struct Share {
    memory: Memory,
    bytes: usize,
}

impl Share {
    /// Takes or gives back, so that it is this much. Without room for it nothing changes.
    #[must_use]
    pub(super) fn resize(&mut self, bytes: usize) -> bool {
        let shared = &self.memory.0;
        let limit = if bytes > Memory::SMALL { shared.size - shared.kept } else { shared.size };
        let resized = shared.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
            let used = (used - self.bytes).checked_add(bytes)?;
            (bytes <= self.bytes || used <= limit).then_some(used)
        });
        if resized.is_ok() {
            self.bytes = bytes;
        }
        resized.is_ok()
    }

    /// Gives all back.
    pub(super) fn release(&mut self) {
        self.memory.0.used.fetch_sub(self.bytes, Ordering::Relaxed);
        self.bytes = 0;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use larder_core::Limits;

    use super::*;
    use crate::server::Options;

    #[test]
    fn the_default_is_room_for_what_it_says() {
        let (limits, kept) = (Limits::default(), Memory::DEFAULT / 4);
        assert!(Options::default().connections * Memory::SMALL <= kept);
        assert!(2 * (limits.request + limits.embedded) < Memory::DEFAULT - kept);
    }

    #[test]
    fn at_the_limit_and_one_byte_beyond() {
        let memory = Memory::new(4 << 20);
        let (mut large, mut other, mut small) = (memory.share(), memory.share(), memory.share());
        assert!(!large.resize((3 << 20) + 1) && memory.used() == 0);
        assert!(large.resize(3 << 20));
        assert!(!other.resize(Memory::SMALL + 1), "what is kept is for small ones");
        assert!(small.resize(Memory::SMALL) && !small.resize(Memory::SMALL + 1));
        assert_eq!(memory.used(), (3 << 20) + Memory::SMALL);
        let others: Vec<_> = std::iter::repeat_with(|| memory.share()).take(15).collect();
        let mut others: Vec<_> = others.into_iter().map(|mut share| (share.resize(Memory::SMALL), share)).collect();
        assert!(others.iter().all(|(is_taken, _)| *is_taken));
        assert!(memory.used() == 4 << 20 && !other.resize(1) && other.resize(0));
        // Giving back is always possible, also down to more than a small one may have.
        assert!(large.resize(2 << 20));
        others.clear();
        drop((large, small));
        assert_eq!(memory.used(), 0);
    }

    #[test]
    fn threads_that_take_and_give_back_leave_nothing() {
        let memory = Memory::new(1 << 20);
        std::thread::scope(|scope| {
            for seed in 0..4_usize {
                let memory = &memory;
                scope.spawn(move || {
                    for round in 0..10_000_usize {
                        let mut share = memory.share();
                        for step in 0..4 {
                            let _ = share.resize((round * 7_919 + step * 104_729 + seed) % (1 << 20));
                            assert!(memory.used() <= 1 << 20);
                        }
                    }
                });
            }
        });
        assert_eq!(memory.used(), 0);
    }
}
