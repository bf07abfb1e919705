//! One connection of a listener.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;

use super::clocked::{Busy, Clocked, Gauge};
use super::{Body, HungUp, Options, Peer, Service};

/// Serves a connection until either side closes it, or `draining` turns true and the exchange under way is over.
pub(super) async fn run<I, S>(io: I, peer: Peer, service: Arc<S>, options: &Options, mut draining: watch::Receiver<bool>)
where
    I: AsyncRead + AsyncWrite + Unpin,
    S: Service,
{
    let gauge = Gauge::default();
    let io = TokioIo::new(Clocked::new(io, gauge.clone(), options));
    let mut connection = builder(options).serve_connection(io, Bound { service, peer, gauge });
    let mut is_draining = false;
    loop {
        tokio::select! {
            // How it ended is told by the exchanges.
            _ = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)) => break,
            _ = draining.wait_for(|is_draining| *is_draining), if !is_draining => {
                is_draining = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    if let Some(io) = connection.into_parts().io.into_inner().into_inner() {
        linger(io, options).await;
    }
}

fn builder(options: &Options) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // Only a backstop: the two parts of it are counted by `Clocked`.
        .header_read_timeout(options.idle + options.head)
        .half_close(options.half_close)
        .max_headers(options.headers)
        .max_header_size(options.head_size)
        .max_buf_size(options.buffer.max(8 << 10));
    builder
}

/// Closes our half, and reads on for a while: what arrives at a closed socket is answered by a reset, and that would
/// destroy the answer before the client has read it.
async fn linger<I: AsyncRead + AsyncWrite + Unpin>(mut io: I, options: &Options) {
    let farewell = async {
        io.shutdown().await?;
        let mut buffer = vec![0; 8 << 10];
        let mut left = options.linger_size;
        while left > 0 {
            match io.read(&mut buffer).await? {
                0 => return Ok(()),
                count => left = left.saturating_sub(count),
            }
        }
        // It sends on and on: now its own buffers fill, and it has the rest of the time to look at the answer.
        std::future::pending::<io::Result<()>>().await
    };
    // Whether it heard us is its own affair.
    let _ = tokio::time::timeout(options.linger, farewell).await;
}

/// The service of one connection.
struct Bound<S> {
    service: Arc<S>,
    peer: Peer,
    gauge: Gauge,
}

impl<S: Service> hyper::service::Service<Request<Incoming>> for Bound<S> {
    type Response = Response<Guarded>;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Guarded>, HungUp>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (service, peer, busy) = (Arc::clone(&self.service), self.peer, self.gauge.begin());
        Box::pin(async move {
            let response = service.serve(peer, request).await?;
            Ok(response.map(|body| Guarded { body, _busy: busy }))
        })
    }
}

/// A body while which the connection is busy.
struct Guarded {
    body: Body,
    _busy: Busy,
}

impl http_body::Body for Guarded {
    type Data = Bytes;
    type Error = <Body as http_body::Body>::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
