//! The body of an answer.

use std::error::Error as StdError;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::pieces::Pieces;

type BoxError = Box<dyn StdError + Send + Sync>;
type Foreign = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;

/// What makes a body while it is read, until it is done.
pub(super) type Run = Option<Pin<Box<dyn Future<Output = ()> + Send>>>;

/// The body of an answer: bytes, an [`exchange`](super::exchange()), or another crate's.
pub struct Body(Kind);

enum Kind {
    Whole(Bytes),
    Exchange { pieces: Pieces, run: Run },
    Foreign(Foreign),
}

impl Body {
    pub(super) fn exchange(pieces: Pieces, run: Run) -> Self {
        Self(Kind::Exchange { pieces, run })
    }

    /// A body of another crate.
    pub fn foreign<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self(Kind::Foreign(Box::pin(http_body_util::BodyExt::map_err(body, Into::into))))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }
}

impl<T: Into<Bytes>> From<T> for Body {
    fn from(bytes: T) -> Self {
        Self(Kind::Whole(bytes.into()))
    }
}

impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self.0 {
            Kind::Whole(_) => "Body::Whole",
            Kind::Exchange { .. } => "Body::Exchange",
            Kind::Foreign(_) => "Body::Foreign",
        })
    }
}

/// Goes on with what makes a body.
pub(super) fn poll_run(run: &mut Run, cx: &mut Context<'_>) {
    if run.as_mut().is_some_and(|run| run.as_mut().poll(cx).is_ready()) {
        *run = None;
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(core::mem::take(bytes))))),
            Kind::Exchange { pieces, run } => {
                let mut frame = Pin::new(&mut *pieces).poll_frame(cx);
                if frame.is_pending() {
                    poll_run(run, cx);
                    frame = Pin::new(pieces).poll_frame(cx);
                }
                frame.map_err(Into::into)
            }
            Kind::Foreign(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes) => bytes.is_empty(),
            Kind::Exchange { pieces, .. } => pieces.is_end_stream(),
            Kind::Foreign(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Exchange { pieces, .. } => pieces.size_hint(),
            Kind::Foreign(body) => body.size_hint(),
        }
    }
}
