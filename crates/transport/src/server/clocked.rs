//! The clocks of a connection that only its socket can keep.
//!
//! hyper's own header time-out counts from the end of the last request, so that it cannot tell an idle connection from a
//! slow one; and while a client takes nothing, hyper polls nothing but the socket, least of all the answer's body.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::Options;

/// Begun and ended requests of a connection, together: odd while one is served.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauge(Arc<AtomicU64>);

/// A request that is served.
#[derive(Debug)]
pub(super) struct Busy(Gauge);

impl Gauge {
    pub(super) fn begin(&self) -> Busy {
        self.0.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A socket with clocks.
#[derive(Debug)]
pub(super) struct Clocked<I> {
    io: I,
    gauge: Gauge,
    /// The gauge when the reading clock was last looked at.
    seen: u64,
    reading: Clock,
    writing: Clock,
    /// Whether the reading clock runs for a head that has begun.
    has_begun: bool,
    head: Duration,
    idle: Duration,
    stall: Duration,
    is_late: bool,
}

impl<I> Clocked<I> {
    pub(super) fn new(io: I, gauge: Gauge, options: &Options) -> Self {
        let Options { head, idle, stall, .. } = *options;
        let (reading, writing) = (Clock::default(), Clock::default());
        Self { io, gauge, seen: 0, reading, writing, has_begun: false, head, idle, stall, is_late: false }
    }

    /// The socket, unless its client was too slow to be worth a farewell.
    pub(super) fn into_inner(self) -> Option<I> {
        (!self.is_late).then_some(self.io)
    }

    fn late<T>(&mut self) -> Poll<io::Result<T>> {
        self.is_late = true;
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Runs the clock of what the client owes: its first bytes, its next ones, or the rest of a head. Ready when that is
    /// late.
    fn watch_reading(&mut self, came: bool, cx: &mut Context<'_>) -> Poll<()> {
        let now = self.gauge.0.load(Ordering::Relaxed);
        if self.seen != now {
            self.seen = now;
            self.reading.stop();
            self.has_begun = false;
        }
        if now % 2 == 1 {
            // A body is the exchange's to wait for.
            return Poll::Pending;
        }
        if came && !self.has_begun && now > 0 {
            self.reading.stop();
            self.has_begun = true;
        }
        let limit = if self.has_begun || now == 0 { self.head } else { self.idle };
        self.reading.poll(limit, cx)
    }

    /// Runs the clock of a client that takes nothing.
    fn watch_writing<T>(&mut self, result: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if result.is_ready() {
            self.writing.stop();
            return result;
        }
        ready!(self.writing.poll(self.stall, cx));
        self.late()
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Clocked<I> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.io).poll_read(cx, buffer);
        let came = buffer.filled().len() > before;
        let is_late = self.watch_reading(came, cx).is_ready();
        if is_late && result.is_pending() { self.late() } else { result }
    }
}

impl<I: AsyncWrite + Unpin> AsyncWrite for Clocked<I> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.watch_writing(result, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.watch_writing(result, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.io).poll_flush(cx);
        self.watch_writing(result, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.io).poll_shutdown(cx);
        self.watch_writing(result, cx)
    }
}

/// A clock that is started by being looked at.
#[derive(Debug, Default)]
struct Clock {
    sleep: Option<Pin<Box<Sleep>>>,
    is_running: bool,
}

impl Clock {
    fn stop(&mut self) {
        self.is_running = false;
    }

    /// Ready when it has run for this long.
    fn poll(&mut self, limit: Duration, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        if !core::mem::replace(&mut self.is_running, true) {
            sleep.as_mut().reset(Instant::now() + limit);
        }
        sleep.as_mut().poll(cx)
    }
}
