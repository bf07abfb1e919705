//! What a connection is made of: TCP, or TLS over it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A stream to a service.
///
/// A service that answers early and closes makes our next write fail, and its answer may be here already. So a write that fails
/// takes nothing any more, and the end comes with what is read.
pub(super) struct Stream {
    way: Way,
    /// Nobody takes what we write.
    is_deaf: bool,
    /// Told of what was written: hyper keeps the stream to itself.
    moved: Moved,
}

/// Whether bytes have gone out since it was last asked.
#[derive(Clone, Default)]
pub(super) struct Moved(Arc<AtomicBool>);

impl Moved {
    pub(super) fn take(&self) -> bool {
        // Set and read by one task.
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}

enum Way {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Secure(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Self { way: Way::Plain(tcp), is_deaf: false, moved: Moved::default() }
    }

    #[cfg(feature = "tls")]
    pub(super) fn secure(stream: tokio_rustls::client::TlsStream<TcpStream>) -> Self {
        Self { way: Way::Secure(Box::new(stream)), is_deaf: false, moved: Moved::default() }
    }

    pub(super) fn moved(&self) -> Moved {
        self.moved.clone()
    }

    /// What writing comes to. Nobody is woken for a write that waits for ever: what is read will wake.
    fn written<T>(&mut self, result: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if let Poll::Ready(Err(error)) = &result
            && is_gone(error)
        {
            self.is_deaf = true;
            return Poll::Pending;
        }
        result
    }

    fn wrote(&mut self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if matches!(result, Poll::Ready(Ok(1..))) {
            self.moved.0.store(true, Ordering::Relaxed);
        }
        self.written(result)
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted)
}

macro_rules! on {
    ($stream:expr, $method:ident($($argument:expr),*)) => {
        match &mut $stream.way {
            Way::Plain(tcp) => Pin::new(tcp).$method($($argument),*),
            #[cfg(feature = "tls")]
            Way::Secure(tls) => Pin::new(tls.as_mut()).$method($($argument),*),
        }
    };
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        on!(self, poll_read(cx, buffer))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let result = on!(self, poll_write(cx, bytes));
        self.wrote(result)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let result = on!(self, poll_write_vectored(cx, bytes));
        self.wrote(result)
    }

    fn is_write_vectored(&self) -> bool {
        match &self.way {
            Way::Plain(tcp) => tcp.is_write_vectored(),
            #[cfg(feature = "tls")]
            Way::Secure(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let result = on!(self, poll_flush(cx));
        self.written(result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on!(self, poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn what_was_said_before_a_reset_is_read() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (ours, theirs) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        let (mut ours, mut theirs) = (Stream::plain(ours.unwrap()), theirs.unwrap().0);
        ours.write_all(b"more than they read").await.unwrap();
        assert!(ours.moved.take() && !ours.moved.take());
        theirs.read_exact(&mut [0; 4]).await.unwrap();
        theirs.write_all(b"enough").await.unwrap();
        drop(theirs);
        // What else is written meets a reset, and then nothing at all.
        let piece = vec![b'x'; 64 << 10];
        poll_fn(|cx| {
            while let Poll::Ready(written) = Pin::new(&mut ours).poll_write(cx, &piece) {
                written.unwrap();
            }
            if ours.is_deaf { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let mut said = [0; 6];
        ours.read_exact(&mut said).await.unwrap();
        assert_eq!(&said, b"enough");
        assert!(matches!(ours.read(&mut said).await, Ok(0) | Err(_)));
    }
}
