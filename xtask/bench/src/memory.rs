//! A global allocator that counts.
#![expect(unsafe_code, reason = "a global allocator is an unsafe trait; this one passes every call on unchanged")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// What some code allocated.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    /// Calls of the allocator that asked for memory; growing counts.
    pub(crate) calls: usize,
    /// Bytes asked for.
    pub(crate) bytes: usize,
    /// The most that was in use at one moment, beyond what was in use before.
    pub(crate) peak: usize,
}

/// Runs `code` and says what it allocated.
pub(crate) fn used(code: impl FnOnce()) -> Used {
    let (calls, bytes, live) = (CALLS.load(Relaxed), BYTES.load(Relaxed), LIVE.load(Relaxed));
    PEAK.store(live, Relaxed);
    code();
    Used { calls: CALLS.load(Relaxed) - calls, bytes: BYTES.load(Relaxed) - bytes, peak: PEAK.load(Relaxed) - live }
}

/// One thread runs, so that loads and stores do: a locked instruction would cost as much as the allocation.
fn add(counter: &AtomicUsize, amount: usize) -> usize {
    let sum = counter.load(Relaxed).wrapping_add(amount);
    counter.store(sum, Relaxed);
    sum
}

fn grew(by: usize, asked: usize) {
    add(&CALLS, 1);
    add(&BYTES, asked);
    let live = add(&LIVE, by);
    if live > PEAK.load(Relaxed) {
        PEAK.store(live, Relaxed);
    }
}

// SAFETY: every method hands its arguments to `System` as they are and returns what that returns.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grew(layout.size(), layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grew(layout.size(), layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        add(&LIVE, layout.size().wrapping_neg());
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        grew(size.wrapping_sub(layout.size()), size);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(block, layout, size) }
    }
}
