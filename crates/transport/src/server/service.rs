//! What a listener asks of whoever answers.

use std::net::SocketAddr;

use http::{Request, Response};
use hyper::body::Incoming;

use super::Body;

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Its address, with IPv4 written as such.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub is_secure: bool,
}

/// There is nobody to answer any more, or no answer that could be given: the connection closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the connection is to be closed")]
pub struct HungUp;

/// Answers all requests of a listener: finds out which API a request is for, and hands it to
/// [`exchange`](super::exchange()), or answers it by itself.
///
/// Who reads a request's body by itself must bound its size and the time that it waits for it: an exchange does.
pub trait Service: Send + Sync + 'static {
    /// Answers a request. The future is dropped when the connection breaks.
    fn serve(&self, peer: Peer, request: Request<Incoming>) -> impl Future<Output = Result<Response<Body>, HungUp>> + Send;
}
