//! What a connection is made of: TCP, or TLS over it.

use std::io::{self, IoSlice};
use std::pin::Pin;
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
}

enum Way {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Secure(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Stream {
    pub(super) fn plain(tcp: TcpStream) -> Self {
        Self { way: Way::Plain(tcp), is_deaf: false }
    }

    #[cfg(feature = "tls")]
    pub(super) fn secure(stream: tokio_rustls::client::TlsStream<TcpStream>) -> Self {
        Self { way: Way::Secure(Box::new(stream)), is_deaf: false }
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
        self.written(result)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if self.is_deaf {
            return Poll::Pending;
        }
        let result = on!(self, poll_write_vectored(cx, bytes));
        self.written(result)
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
