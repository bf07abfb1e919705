//! A global allocator that knows how much was in use at most, for tests of what reading a message may cost.
//!
//! ```
//! use larder_testkit::memory::{Counting, peak};
//!
//! #[global_allocator]
//! static COUNTING: Counting = Counting;
//!
//! let (_, bytes) = peak(|| vec![0_u8; 1_000]);
//! assert!((1_000..2_000).contains(&bytes));
//! ```
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait; this one passes every call on unchanged")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// The system's allocator, counted. A test makes it its `#[global_allocator]`.
#[derive(Debug)]
pub struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Runs `code`, and says how many bytes it had in use at most; a block that grows counts twice for that moment. All threads
/// count together, so that a binary that asks this has one test. Without [`Counting`] it is 0.
pub fn peak<T>(code: impl FnOnce() -> T) -> (T, usize) {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let value = code();
    (value, PEAK.load(Relaxed) - before)
}

fn grew(by: usize) {
    let live = LIVE.fetch_add(by, Relaxed) + by;
    PEAK.fetch_max(live, Relaxed);
}

// SAFETY: every method hands its arguments to `System` as they are and returns what that returns.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grew(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }

    // What is not written here allocates, copies and frees.
}
