//! One exchange on the wire: a request body going out, an answer coming in.

use std::future::pending;

use bytes::Bytes;
use http::header::{self, HeaderValue};
use http::{Method, Request};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::client::legacy::ResponseFuture;
use larder_core::wire::{RequestHead, ResponseHead};
use larder_core::{ExchangeId, Input, Length, Phase};

use super::connect::Pool;
use super::failure;
use crate::pieces::{self, Feeder};

/// The exchange that is open, if one is. Dropping it before its end closes the connection.
#[derive(Default)]
pub(super) struct Wire(Option<Open>);

struct Open {
    at: ExchangeId,
    body: Feeder,
    answer: Answer,
}

enum Answer {
    Head(ResponseFuture),
    Body(Incoming),
    Over,
}

impl Wire {
    /// Takes a connection and sends this head. Nothing happens before [`event`](Self::event) is awaited.
    pub(super) fn open(&mut self, pool: &Pool, at: ExchangeId, head: RequestHead, length: Length) {
        let (feeder, body) = pieces::channel(length);
        let mut request: Request<_> = head.0.map(|()| body);
        if length == Length::Known(0) && [Method::POST, Method::PUT].contains(request.method()) {
            // hyper leaves it out, and some servers insist on it.
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        self.0 = Some(Open { at, body: feeder, answer: Answer::Head(pool.request(request)) });
    }

    /// Sends this piece; see [`event`](Self::event).
    pub(super) fn write(&mut self, chunk: Bytes) {
        if let Some(open) = &mut self.0 {
            open.body.write(chunk);
        }
    }

    /// The request is complete.
    pub(super) fn finish(&mut self) {
        if let Some(open) = &mut self.0 {
            open.body.finish();
        }
    }

    /// Closes the connection: hyper does so when either half is dropped before its end.
    pub(super) fn abort(&mut self) {
        self.0 = None;
    }

    /// The next event of the answer if `peer`, word that the last piece was taken if `room`. May be dropped and called again.
    pub(super) async fn event(&mut self, peer: bool, room: bool) -> Input {
        let Some(Open { at, body, answer }) = &mut self.0 else { return pending().await };
        tokio::select! {
            // An answer first: an early one says that the rest of the request is not wanted.
            biased;
            input = answer.next(*at), if peer => input,
            () = body.taken(), if room => Input::Wrote { at: *at },
            else => pending().await,
        }
    }
}

impl Answer {
    async fn next(&mut self, at: ExchangeId) -> Input {
        match self {
            Self::Head(head) => match head.await {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    *self = Self::Body(body);
                    Input::Head { at, head: ResponseHead(http::Response::from_parts(parts, ())) }
                }
                Err(error) => {
                    *self = Self::Over;
                    let (failure, phase) = failure::of_request(&error);
                    Input::Failed { at, failure, phase }
                }
            },
            Self::Body(body) => loop {
                match body.frame().await {
                    // Trailers say nothing that an API here would use.
                    Some(Ok(frame)) => {
                        if let Ok(chunk) = frame.into_data() {
                            return Input::Data { at, chunk };
                        }
                    }
                    Some(Err(error)) => {
                        let failure = failure::of_answer(&error);
                        *self = Self::Over;
                        return Input::Failed { at, failure, phase: Phase::Receive };
                    }
                    None => {
                        *self = Self::Over;
                        return Input::End { at };
                    }
                }
            },
            Self::Over => pending().await,
        }
    }
}
