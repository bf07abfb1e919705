//! A body that is fed piece by piece, with word on each piece when HTTP has taken it. Both ends use it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use larder_core::Length;
use tokio::sync::{mpsc, oneshot};

/// The embedder gave the message up before its end: the connection must close, so that the peer notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message was given up before its end")]
pub(crate) struct GivenUp;

enum Piece {
    Data(Bytes, oneshot::Sender<()>),
    End,
}

/// Where the pieces go in. Dropped without [`finish`](Self::finish), it breaks the body off.
#[derive(Debug)]
pub(crate) struct Feeder {
    pieces: mpsc::Sender<Piece>,
    /// Word that the last piece was taken; none when that was told.
    taken: Option<oneshot::Receiver<()>>,
}

/// Where HTTP takes them out.
#[derive(Debug)]
pub(crate) struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    left: Length,
    is_complete: bool,
}

/// A body of this length. One piece and its end find room in it: a [`Machine`](larder_core::Machine) never has more than
/// one piece unacknowledged.
pub(crate) fn channel(length: Length) -> (Feeder, Pieces) {
    let (sender, pieces) = mpsc::channel(2);
    (Feeder { pieces: sender, taken: None }, Pieces { pieces, left: length, is_complete: false })
}

impl Feeder {
    /// Hands a piece over. When nobody takes it any more, the broken connection is told elsewhere.
    pub(crate) fn write(&mut self, chunk: Bytes) {
        let (sender, taken) = oneshot::channel();
        if self.pieces.try_send(Piece::Data(chunk, sender)).is_ok() {
            self.taken = Some(taken);
        }
    }

    /// There is no more.
    pub(crate) fn finish(&mut self) {
        // HTTP drops a body of known length with its last byte: then there is nobody to tell.
        let _ = self.pieces.try_send(Piece::End);
    }

    /// Ready when the last piece was taken; never, if it will not be.
    pub(crate) async fn taken(&mut self) {
        if let Some(taken) = &mut self.taken {
            let is_taken = taken.await.is_ok();
            self.taken = None;
            if is_taken {
                return;
            }
        }
        std::future::pending().await
    }

    /// Whether the last piece was taken, and nobody was told of it yet.
    pub(crate) fn is_taken(&mut self) -> bool {
        self.taken.take().is_some_and(|mut taken| taken.try_recv().is_ok())
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        if self.is_complete {
            return Poll::Ready(None);
        }
        Poll::Ready(match ready!(self.pieces.poll_recv(cx)) {
            Some(Piece::Data(chunk, taken)) => {
                if let Length::Known(left) = self.left {
                    self.left = Length::Known(left.saturating_sub(chunk.len() as u64));
                }
                // Who dropped the other end wants no word.
                let _ = taken.send(());
                Some(Ok(Frame::data(chunk)))
            }
            Some(Piece::End) => {
                self.is_complete = true;
                None
            }
            None => Some(Err(GivenUp)),
        })
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
