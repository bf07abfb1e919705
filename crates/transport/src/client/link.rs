//! One HTTP/1.1 connection. No task drives it: whoever uses it does, so that it ends with its last use.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{
    TrySendError,
    http1::{Builder, Connection, SendRequest},
};
use hyper_util::rt::TokioIo;

use super::stream::{Moved, Stream};
use crate::idle::Origin;
use crate::pieces::Pieces;

/// A connection, and where it leads.
pub(super) struct Link {
    origin: Origin,
    /// `Host`, as every request here says it.
    host: HeaderValue,
    moved: Moved,
    sender: SendRequest<Pieces>,
    /// None when it is over.
    connection: Option<Connection<TokioIo<Stream>, Pieces>>,
}

/// An answer's head, or why there is none: with the request, if nothing of it was sent.
pub(super) type Answered = Result<Response<Incoming>, TrySendError<Request<Pieces>>>;

/// What an answer's head comes from.
pub(super) struct Answering(Pin<Box<dyn Future<Output = Answered> + Send>>);

impl Link {
    /// HTTP over this stream. Nothing is sent yet.
    pub(super) async fn new(origin: Origin, stream: Stream, http: &Builder) -> hyper::Result<Box<Self>> {
        let moved = stream.moved();
        let (sender, connection) = http.handshake(TokioIo::new(stream)).await?;
        let host = host(&origin);
        Ok(Box::new(Self { origin, host, moved, sender, connection: Some(connection) }))
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// Moves bytes, in both directions, as far as they go now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) {
        if let Some(connection) = &mut self.connection
            && connection.poll_without_shutdown(cx).is_ready()
        {
            // It tells whoever waits for its answer when it is dropped.
            self.connection = None;
        }
    }

    /// Whether bytes have gone out since it was last asked.
    pub(super) fn has_moved(&self) -> bool {
        self.moved.take()
    }

    /// Whether it takes another request: the last exchange is over, and the peer has not closed it or said anything since.
    pub(super) fn is_free(&mut self) -> bool {
        self.poll(&mut Context::from_waker(Waker::noop()));
        self.is_idle()
    }

    /// The same, as far as is known without a look at the peer.
    pub(super) fn is_idle(&self) -> bool {
        self.connection.is_some() && self.sender.is_ready()
    }

    /// Queues a request. It goes out when the link is polled.
    pub(super) fn send(&mut self, request: Request<Pieces>) -> Answering {
        Answering(Box::pin(self.sender.try_send_request(request)))
    }
}

impl Answering {
    /// The head, if polling the link has brought it: nothing else does, so that nobody need be woken. Without the runtime's
    /// budget, which would wake later.
    pub(super) fn poll(&mut self) -> Poll<Answered> {
        pin!(tokio::task::unconstrained(self.0.as_mut())).poll(&mut Context::from_waker(Waker::noop()))
    }
}

/// Host and port, without a port that the scheme implies.
fn host(origin: &Origin) -> HeaderValue {
    let text = origin.authority().as_str();
    let text = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let usual = if origin.is_secure() { ":443" } else { ":80" };
    // An authority is visible ASCII.
    HeaderValue::from_str(text.strip_suffix(usual).unwrap_or(text)).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_as_they_are_said() {
        for (uri, said) in [
            ("http://a.example/x", "a.example"),
            ("http://a.example:80/x", "a.example"),
            ("http://a.example:443/x", "a.example:443"),
            ("https://a.example:443", "a.example"),
            ("https://[::1]:8443", "[::1]:8443"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(host(&Origin::of(&uri.parse().unwrap()).unwrap()), said);
        }
    }
}
