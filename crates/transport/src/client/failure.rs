//! What a broken connection means, in the words of the core.

use std::error::Error as StdError;
use std::io;

use hyper_util::client::legacy;
use larder_core::{Failure, Phase};

/// Why no answer came, and how far the request can have come.
///
/// `Connect` is told only when nothing can have been sent: hyper hands a request back that it never began to write
/// (`is_canceled`), and says `is_closed` of a connection that ended before it took one. A reused connection that dies as
/// we send (hyper#2136) is neither, and is told as `Send`.
pub(super) fn of_request(error: &legacy::Error) -> (Failure, Phase) {
    if error.is_connect() {
        let failure = if is_tls(error) { Failure::Tls } else { Failure::Connect };
        return (failure, Phase::Connect);
    }
    match find::<hyper::Error>(error) {
        Some(error) if error.is_canceled() || error.is_closed() => (Failure::Reset, Phase::Connect),
        Some(error) if error.is_parse() || error.is_user() => (Failure::Protocol, Phase::Send),
        Some(_) => (Failure::Reset, Phase::Send),
        // A request that hyper-util refuses before it connects, such as one of an unknown version.
        None if error.connect_info().is_none() => (Failure::Protocol, Phase::Connect),
        None => (Failure::Reset, Phase::Send),
    }
}

/// Why an answer did not come to its end.
pub(super) fn of_answer(error: &hyper::Error) -> Failure {
    if error.is_incomplete_message() {
        return Failure::Truncated;
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::UnexpectedEof) => Failure::Truncated,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Failure::Protocol,
        Some(_) | None => Failure::Reset,
    }
}

#[cfg(feature = "tls")]
fn is_tls(error: &legacy::Error) -> bool {
    find::<rustls::Error>(error).is_some()
}

#[cfg(not(feature = "tls"))]
fn is_tls(_: &legacy::Error) -> bool {
    false
}

/// The first error of this type in the chain. An `io::Error` hides the one that it was made of from `source`.
fn find<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = inner.map(|inner| inner as &(dyn StdError + 'static)).or_else(|| error.source());
    }
    None
}
