//! What stands between TCP and HTTP.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What stands between TCP and HTTP: nothing, or TLS.
pub trait Accept: Send + Sync + 'static {
    /// What HTTP is spoken over.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// Whether others on the way can neither read nor change it.
    const IS_SECURE: bool;

    /// Prepares a new connection. It has [`Options::head`](super::Options::head) for that.
    ///
    /// # Errors
    /// The client did not play its part: the connection is closed.
    fn accept(&self, tcp: TcpStream) -> impl Future<Output = io::Result<Self::Io>> + Send;
}

/// Nothing: HTTP over TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plain;

impl Accept for Plain {
    type Io = TcpStream;
    const IS_SECURE: bool = false;

    async fn accept(&self, tcp: TcpStream) -> io::Result<TcpStream> {
        Ok(tcp)
    }
}
