//! What a broken connection means, in the words of the core.

use std::error::Error as StdError;
use std::io;

use hyper::client::conn::TrySendError;
use larder_core::{Failure, Phase};

use crate::broken::Broken;

/// Why no answer came, and how far the request can have come.
///
/// `Connect` is told only when provably nothing was sent: hyper hands a request back that it never began to write. A reused
/// connection that dies as we send (hyper#2136) is told as `Send`.
pub(super) fn of_request<T>(error: &TrySendError<T>) -> (Broken, Phase) {
    let phase = if error.message().is_some() { Phase::Connect } else { Phase::Send };
    let error = error.error();
    let failure = if error.is_parse() || error.is_user() { Failure::Protocol } else { Failure::Reset };
    (told(failure, error), phase)
}

/// Why an answer did not come to its end.
pub(super) fn of_answer(error: &hyper::Error) -> Broken {
    let failure = match find::<io::Error>(error).map(io::Error::kind) {
        _ if error.is_incomplete_message() => Failure::Truncated,
        Some(io::ErrorKind::UnexpectedEof) => Failure::Truncated,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => Failure::Protocol,
        Some(_) | None => Failure::Reset,
    };
    told(failure, error)
}

/// With what the system said, or else what hyper did. Neither repeats what was sent.
fn told(failure: Failure, error: &hyper::Error) -> Broken {
    find::<io::Error>(error).map_or_else(|| Broken::new(failure, error), |system| Broken::new(failure, system))
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
