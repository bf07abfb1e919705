//! A body that is fed piece by piece, with word on each piece when HTTP has taken it. Both ends use it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use larder_core::Length;

/// The embedder gave the message up before its end: the connection must close, so that the peer notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message was given up before its end")]
pub(crate) struct GivenUp;

/// What stands between the two ends. One piece finds room in it: a [`Machine`](larder_core::Machine) never has more than one
/// unacknowledged.
#[derive(Debug, Default)]
struct Slot {
    piece: Option<Bytes>,
    end: Option<Result<(), GivenUp>>,
    /// The last piece was taken, and nobody was told of it yet.
    is_taken: bool,
    /// HTTP waits for a piece.
    taker: Option<Waker>,
    /// The feeder waits for word.
    giver: Option<Waker>,
}

/// Where the pieces go in. Dropped without [`finish`](Self::finish), it breaks the body off.
#[derive(Debug)]
pub(crate) struct Feeder(Arc<Mutex<Slot>>);

/// Where HTTP takes them out.
#[derive(Debug)]
pub(crate) struct Pieces {
    slot: Arc<Mutex<Slot>>,
    left: Length,
    is_complete: bool,
}

/// A body of this length.
pub(crate) fn channel(length: Length) -> (Feeder, Pieces) {
    let slot = Arc::<Mutex<Slot>>::default();
    (Feeder(Arc::clone(&slot)), Pieces { slot, left: length, is_complete: false })
}

impl Feeder {
    /// Hands a piece over. When nobody takes it any more, the broken connection is told elsewhere.
    pub(crate) fn write(&mut self, chunk: Bytes) {
        let mut slot = lock(&self.0);
        slot.piece = Some(chunk);
        slot.is_taken = false;
        wake(slot, |slot| &mut slot.taker);
    }

    /// There is no more.
    pub(crate) fn finish(&mut self) {
        self.end(Ok(()));
    }

    /// Ready when the last piece was taken; never, if it will not be.
    pub(crate) async fn taken(&mut self) {
        poll_fn(|cx| {
            let mut slot = lock(&self.0);
            if core::mem::take(&mut slot.is_taken) {
                return Poll::Ready(());
            }
            slot.giver = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Whether the last piece was taken, and nobody was told of it yet.
    pub(crate) fn is_taken(&mut self) -> bool {
        core::mem::take(&mut lock(&self.0).is_taken)
    }

    fn end(&mut self, end: Result<(), GivenUp>) {
        let mut slot = lock(&self.0);
        slot.end.get_or_insert(end);
        wake(slot, |slot| &mut slot.taker);
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.end(Err(GivenUp));
    }
}

fn lock(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes when the lock is open again.
fn wake(mut slot: MutexGuard<'_, Slot>, who: impl FnOnce(&mut Slot) -> &mut Option<Waker>) {
    let waker = who(&mut slot).take();
    drop(slot);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if self.is_complete {
            return Poll::Ready(None);
        }
        let mut slot = lock(&self.slot);
        if let Some(chunk) = slot.piece.take() {
            slot.is_taken = true;
            wake(slot, |slot| &mut slot.giver);
            if let Length::Known(left) = self.left {
                self.left = Length::Known(left.saturating_sub(chunk.len() as u64));
            }
            return Poll::Ready(Some(Ok(Frame::data(chunk))));
        }
        let Some(end) = slot.end else {
            slot.taker = Some(cx.waker().clone());
            return Poll::Pending;
        };
        drop(slot);
        self.is_complete = true;
        Poll::Ready(end.err().map(Err))
    }

    fn is_end_stream(&self) -> bool {
        self.is_complete || self.left == Length::Known(0)
    }

    fn size_hint(&self) -> SizeHint {
        match self.left {
            Length::Known(left) => SizeHint::with_exact(left),
            Length::Unknown => SizeHint::default(),
        }
    }
}
