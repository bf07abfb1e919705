//! A change on its way to the disk: a future that needs no runtime, or a call that blocks.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::refusal::{Refusal, StoreError};

/// The outcome of a change: await it, or [`Self::wait`] for it. Once it is there, the change is durable. Dropping it does
/// not undo the change, which may be done already.
#[must_use = "a change is known to be durable only when this has been awaited"]
pub struct Pending<T>(State<T>);

enum State<T> {
    Ready(Option<Result<T, Refusal>>),
    Waiting(Arc<Slot<T>>),
}

struct Slot<T> {
    state: Mutex<SlotState<T>>,
    filled: Condvar,
}

struct SlotState<T> {
    outcome: Option<Result<T, Refusal>>,
    waker: Option<Waker>,
}

/// The other end: fills the slot once, with [`StoreError::Stopped`] if it is dropped empty.
pub(crate) struct Answer<T>(Option<Arc<Slot<T>>>);

impl<T> Pending<T> {
    /// An outcome that is there already.
    pub(crate) const fn ready(outcome: Result<T, Refusal>) -> Self {
        Self(State::Ready(Some(outcome)))
    }

    /// An outcome to come, and the end that gives it.
    pub(crate) fn new() -> (Answer<T>, Self) {
        let slot = Arc::new(Slot { state: Mutex::new(SlotState { outcome: None, waker: None }), filled: Condvar::new() });
        (Answer(Some(slot.clone())), Self(State::Waiting(slot)))
    }

    /// Blocks this thread until the outcome is there.
    ///
    /// # Errors
    /// The operation's own refusals.
    pub fn wait(self) -> Result<T, Refusal> {
        match self.0 {
            State::Ready(outcome) => outcome.unwrap_or(Err(StoreError::Stopped.into())),
            State::Waiting(slot) => {
                let mut state = slot.state.lock().unwrap_or_else(PoisonError::into_inner);
                loop {
                    if let Some(outcome) = state.outcome.take() {
                        return outcome;
                    }
                    state = slot.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl<T> Unpin for Pending<T> {}

impl<T> Future for Pending<T> {
    type Output = Result<T, Refusal>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            // Polled after the end, there is nothing left to wait for.
            State::Ready(outcome) => Poll::Ready(outcome.take().unwrap_or(Err(StoreError::Stopped.into()))),
            State::Waiting(slot) => {
                let mut state = slot.state.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(outcome) = state.outcome.take() {
                    return Poll::Ready(outcome);
                }
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> std::fmt::Debug for Pending<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

impl<T> Answer<T> {
    pub(crate) fn give(mut self, outcome: Result<T, Refusal>) {
        self.fill(outcome);
    }

    fn fill(&mut self, outcome: Result<T, Refusal>) {
        let Some(slot) = self.0.take() else { return };
        let mut state = slot.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.outcome = Some(outcome);
        let waker = state.waker.take();
        drop(state);
        slot.filled.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Drop for Answer<T> {
    fn drop(&mut self) {
        self.fill(Err(StoreError::Stopped.into()));
    }
}
