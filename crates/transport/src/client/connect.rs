//! The pooled client under a [`Client`](super::Client).

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;

use super::Options;
use crate::pieces::Pieces;

/// The pooled client.
pub(super) type Pool = legacy::Client<Timed<Connector>, Pieces>;

#[cfg(feature = "tls")]
type Connector = hyper_rustls::HttpsConnector<HttpConnector>;
#[cfg(not(feature = "tls"))]
type Connector = HttpConnector;

type BoxError = Box<dyn StdError + Send + Sync>;

pub(super) fn pool(options: Options) -> Pool {
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(options.idle)
        .pool_max_idle_per_host(options.idle_per_host)
        .http1_max_headers(options.headers)
        .http1_max_buf_size(options.buffer.max(8 << 10))
        // There is one retry layer, and it is not this one.
        .retry_canceled_requests(false)
        .build(Timed { limit: options.connect, inner: connector(options) })
}

#[cfg(feature = "tls")]
fn connector(options: Options) -> Connector {
    let mut tcp = tcp(&options);
    tcp.enforce_http(false);
    let config = crate::tls::config(options.roots);
    (tcp, config).into()
}

#[cfg(not(feature = "tls"))]
fn connector(options: Options) -> Connector {
    tcp(&options)
}

fn tcp(options: &Options) -> HttpConnector {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    // Shared out among the addresses of a host, so that one dead address does not take it all.
    tcp.set_connect_timeout(Some(options.connect));
    tcp
}

/// A connector with a time limit over all that it does: hyper-util's own ends before TLS begins.
#[derive(Debug, Clone)]
pub(super) struct Timed<C> {
    limit: Duration,
    inner: C,
}

impl<C> Service<Uri> for Timed<C>
where
    C: Service<Uri>,
    C::Error: Into<BoxError>,
    C::Future: Send + 'static,
{
    type Response = C::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<C::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.limit, self.inner.call(uri));
        Box::pin(async move {
            match connecting.await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}
