//! A wish of the caller's that comes while a call is under way.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Raised by the suite at a moment of its choice. Ask it ([`is_raised`](Self::is_raised)), be called by it
/// ([`on_raise`](Self::on_raise)), or await it: it is a future. Clones are the same signal.
#[derive(Clone, Default)]
pub struct Signal(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    is_raised: bool,
    waiting: Vec<Box<dyn FnOnce() + Send>>,
}

impl Signal {
    /// Whether it was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.inner().is_raised
    }

    /// Calls `work` when it is raised, on the thread that raises it; at once, if it was before.
    pub fn on_raise(&self, work: impl FnOnce() + Send + 'static) {
        let mut inner = self.inner();
        if !inner.is_raised {
            return inner.waiting.push(Box::new(work));
        }
        drop(inner);
        work();
    }

    pub(super) fn raise(&self) {
        let mut inner = self.inner();
        inner.is_raised = true;
        let waiting = core::mem::take(&mut inner.waiting);
        drop(inner);
        waiting.into_iter().for_each(|work| work());
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Future for Signal {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut inner = self.inner();
        if inner.is_raised {
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        inner.waiting.push(Box::new(move || waker.wake()));
        Poll::Pending
    }
}

impl core::fmt::Debug for Signal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Signal(raised: {})", self.is_raised())
    }
}
