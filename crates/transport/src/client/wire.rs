//! One exchange on the wire: a request body going out, an answer coming in.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, Request, Uri};
use http_body::Body;
use hyper::body::Incoming;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Failure, Input, Length, Phase};

use super::failure;
use super::link::{Answering, Link};
use super::pool::Pool;
use crate::broken::Broken;
use crate::h1;
use crate::idle::Origin;
use crate::pieces::{self, Feeder, Pieces};

/// The exchange that is open, if one is. Dropping it before its end closes the connection.
pub(super) struct Wire {
    pool: Arc<Pool>,
    open: Option<Open>,
}

struct Open {
    at: ExchangeId,
    body: Feeder,
    stage: Stage,
}

type Connecting = Pin<Box<dyn Future<Output = Result<Box<Link>, Broken>> + Send>>;

enum Stage {
    Connect(Connecting, Box<Request<Pieces>>),
    Head(Box<Link>, Answering),
    Body(Box<Link>, Incoming),
    Over,
}

impl Wire {
    pub(super) fn new(pool: Arc<Pool>) -> Self {
        Self { pool, open: None }
    }

    /// Takes a connection and sends this head. Nothing moves before [`event`](Self::event) is awaited. What the call is to be
    /// told at once, if anything.
    pub(super) fn open(&mut self, at: ExchangeId, head: RequestHead, length: Length) -> Option<Input> {
        let Some(origin) = Origin::of(head.0.uri()) else {
            return Some(Broken::new(Failure::Protocol, "the URI is not absolute").input(at, Phase::Connect));
        };
        let (body, pieces) = pieces::channel(length);
        let request = request(head, length, pieces);
        let (stage, told) = match self.pool.take(&origin) {
            Some(link) => (Stage::send(link, request), Some(Input::Connected { at })),
            None => (Stage::Connect(Box::pin(Arc::clone(&self.pool).connect(origin)), Box::new(request)), None),
        };
        self.open = Some(Open { at, body, stage });
        told
    }

    /// Sends this piece; see [`event`](Self::event).
    pub(super) fn write(&mut self, chunk: Bytes) -> Option<Input> {
        self.open.as_mut()?.body.write(chunk);
        None
    }

    /// The request is complete.
    pub(super) fn finish(&mut self) -> Option<Input> {
        self.open.as_mut()?.body.finish();
        None
    }

    /// Closes the connection.
    pub(super) fn abort(&mut self) -> Option<Input> {
        self.open = None;
        None
    }

    /// The next event of the answer if `peer`, word that the last piece was taken if `room`. May be dropped and called again.
    pub(super) async fn event(&mut self, peer: bool, room: bool) -> Input {
        poll_fn(|cx| match &mut self.open {
            Some(open) => open.poll(cx, &self.pool, peer, room),
            None => Poll::Pending,
        })
        .await
    }
}

impl Open {
    fn poll(&mut self, cx: &mut Context<'_>, pool: &Pool, peer: bool, room: bool) -> Poll<Input> {
        if !(peer && matches!(self.stage, Stage::Body(..))) {
            self.stage.move_on(cx);
        }
        // An answer first: an early one says that the rest of the request is not wanted.
        if peer && let Poll::Ready(input) = self.answer(cx, pool) {
            return Poll::Ready(input);
        }
        if room && self.body.is_taken() {
            return Poll::Ready(Input::Wrote { at: self.at });
        }
        // A slow peer takes a piece bit by bit, and lives.
        if room && self.stage.has_moved() { Poll::Ready(Input::Connected { at: self.at }) } else { Poll::Pending }
    }

    fn answer(&mut self, cx: &mut Context<'_>, pool: &Pool) -> Poll<Input> {
        let at = self.at;
        let (stage, input) = match core::mem::replace(&mut self.stage, Stage::Over) {
            Stage::Connect(mut connecting, request) => match connecting.as_mut().poll(cx) {
                Poll::Ready(Ok(link)) => (Stage::send(link, *request), Input::Connected { at }),
                Poll::Ready(Err(broken)) => (Stage::Over, broken.input(at, Phase::Connect)),
                Poll::Pending => {
                    self.stage = Stage::Connect(connecting, request);
                    return Poll::Pending;
                }
            },
            Stage::Head(link, mut answering) => match answering.poll() {
                Poll::Ready(Ok(response)) => {
                    let (head, body) = response.into_parts();
                    let head = http::Response::from_parts(head, ());
                    // hyper takes one of two ends, and what has none for the connection's: which is meant cannot be known.
                    match h1::check_framing(&head) {
                        Ok(()) => (Stage::Body(link, body), Input::Head { at, head: ResponseHead(head) }),
                        Err(flaw) => (Stage::Over, Broken::new(Failure::Protocol, flaw).input(at, Phase::Send)),
                    }
                }
                Poll::Ready(Err(error)) => {
                    let (broken, phase) = failure::of_request(&error);
                    (Stage::Over, broken.input(at, phase))
                }
                Poll::Pending => {
                    self.stage = Stage::Head(link, answering);
                    return Poll::Pending;
                }
            },
            Stage::Body(mut link, mut body) => match next(&mut link, &mut body, cx) {
                Poll::Ready(Some(Ok(chunk))) => (Stage::Body(link, body), Input::Data { at, chunk }),
                Poll::Ready(Some(Err(error))) => (Stage::Over, failure::of_answer(&error).input(at, Phase::Receive)),
                Poll::Ready(None) => {
                    pool.put(link);
                    (Stage::Over, Input::End { at })
                }
                Poll::Pending => {
                    self.stage = Stage::Body(link, body);
                    return Poll::Pending;
                }
            },
            Stage::Over => return Poll::Pending,
        };
        self.stage = stage;
        Poll::Ready(input)
    }
}

impl Stage {
    fn send(mut link: Box<Link>, mut request: Request<Pieces>) -> Self {
        if !request.headers().contains_key(header::HOST) {
            request.headers_mut().insert(header::HOST, link.host().clone());
        }
        let answering = link.send(request);
        Self::Head(link, answering)
    }

    fn has_moved(&self) -> bool {
        matches!(self, Self::Head(link, _) | Self::Body(link, _) if link.has_moved())
    }

    fn move_on(&mut self, cx: &mut Context<'_>) {
        if let Self::Head(link, _) | Self::Body(link, _) = self {
            link.poll(cx);
        }
    }
}

/// The next piece of an answer: one that has come already, or else what polling the link brings. Nothing else does, so that
/// nobody else need wake us.
fn next(link: &mut Link, body: &mut Incoming, cx: &mut Context<'_>) -> Poll<Option<hyper::Result<Bytes>>> {
    let mut nobody = Context::from_waker(Waker::noop());
    loop {
        let mut frame = Pin::new(&mut *body).poll_frame(&mut nobody);
        if frame.is_pending() {
            // Taking the last piece has made room for more.
            link.poll(cx);
            frame = Pin::new(&mut *body).poll_frame(&mut nobody);
        }
        match ready!(frame).map(|frame| frame.map(http_body::Frame::into_data)) {
            Some(Ok(Ok(chunk))) => return Poll::Ready(Some(Ok(chunk))),
            // Trailers say nothing that an API here would use.
            Some(Ok(Err(_trailers))) => {}
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        }
    }
}

/// A request as it is written: with a path for a target, and the length that hyper leaves out.
fn request(head: RequestHead, length: Length, body: Pieces) -> Request<Pieces> {
    let mut request = head.0.map(|()| body);
    let path = request.uri().path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    if length == Length::Known(0) && [Method::POST, Method::PUT].contains(request.method()) {
        // Some servers insist on it.
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    request
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::{TcpListener, TcpSocket};

    use super::super::Options;
    use super::super::stream::Stream;
    use super::*;

    /// The stall clock counts from the last sign of life: a peer that reads byte by byte gives one for each bit of a piece that
    /// it makes room for.
    #[tokio::test]
    async fn a_peer_that_reads_byte_by_byte_lives() {
        const PIECE: usize = 1 << 20;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        // What sockets hold is small, so that each bit shows.
        socket.set_send_buffer_size(16 << 10).unwrap();
        let (ours, theirs) = tokio::join!(socket.connect(address), listener.accept());
        let mut theirs = theirs.unwrap().0;
        let uri: Uri = format!("http://{address}/").parse().unwrap();
        let pool = Pool::new(Options::default());
        let http = hyper::client::conn::http1::Builder::new();
        pool.put(Link::new(Origin::of(&uri).unwrap(), Stream::plain(ours.unwrap()), &http).await.unwrap());

        let (mut wire, at) = (Wire::new(pool), ExchangeId(1));
        let head = RequestHead(Request::post(uri).body(()).unwrap());
        assert!(matches!(wire.open(at, head, Length::Known(2 * PIECE as u64)), Some(Input::Connected { .. })));
        wire.write(Bytes::from(vec![b'x'; PIECE]));
        assert!(matches!(wire.event(true, true).await, Input::Wrote { .. }));
        wire.write(Bytes::from(vec![b'x'; PIECE]));
        let (mut signs, mut byte) = (0, [0]);
        loop {
            tokio::select! {
                biased;
                input = wire.event(true, true) => {
                    if matches!(input, Input::Wrote { .. }) {
                        break;
                    }
                    assert!(matches!(input, Input::Connected { .. }), "{input:?}");
                    signs += 1;
                }
                read = theirs.read(&mut byte) => assert_eq!(read.unwrap(), 1),
            }
        }
        assert!(signs > 3, "{signs}");
    }
}
