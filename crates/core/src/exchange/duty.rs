//! What the server's machine wants done, and what it can be told.

use core::fmt;

use bytes::Bytes;

use crate::clocks::Why;
use crate::machine::On;
use crate::operation::{Api, Names};
use crate::wire::{Credential, FileHead, Length, ResponseHead};
use crate::{Failure, Time};

/// A typed request of any operation of `A`.
pub(super) type RequestOf<A> = <<A as Api>::Names as Names>::Request;

/// What a server's machine wants done. Exhaustive on purpose.
pub enum Duty<A: Api> {
    /// Find out who the caller is; then say `Identified` or `Refused`.
    Identify(Credential),
    /// Do what is asked; then say `Reply`. For an upload the files follow first; a `Reply` may come at any time and
    /// ends it early.
    Serve(RequestOf<A>),
    /// A file begins.
    File(FileHead),
    /// A piece of it.
    Chunk(Bytes),
    /// It is complete.
    FileEnd,
    /// All files are through: the reply is wanted now.
    FilesEnd,
    /// Send this head.
    Open {
        /// Status and headers.
        head: ResponseHead,
        /// The length of the body that will follow.
        length: Length,
    },
    /// Send this piece of the body, then say `Wrote`.
    Write(Bytes),
    /// The answer is complete.
    Finish,
    /// Close the connection.
    Abort,
    /// Read the stored file at `offset`, at most `max` bytes, and say `Body` or `BodyGone`.
    Feed {
        /// Where.
        offset: u64,
        /// How much, in bytes.
        max: usize,
    },
    /// Nothing to do now.
    Wait {
        /// When to poll again at the latest.
        until: Option<Time>,
        /// What for.
        why: Why,
        /// What may end the wait sooner.
        on: On,
    },
    /// It is over.
    Done(Outcome<A>),
}

/// How an exchange ended, for a log. Holds no path and no parameter.
#[derive(Debug, Clone)]
pub struct Outcome<A: Api> {
    /// The operation, if one was found.
    pub name: Option<A::Names>,
    /// The status that was answered; zero if none was.
    pub status: u16,
    /// The fault that was answered.
    pub fault: Option<A::Fault>,
    /// Bytes of the request's body that came.
    pub received: u64,
    /// Bytes of the answer's body that were written.
    pub sent: u64,
    /// Whether the connection broke, or was closed, before the end.
    pub is_broken: bool,
}

impl<A: Api> Default for Outcome<A> {
    fn default() -> Self {
        Self { name: None, status: 0, fault: None, received: 0, sent: 0, is_broken: false }
    }
}

/// What a server's machine can be told. Exhaustive on purpose.
pub enum Told<A: Api> {
    /// A piece of the request's body.
    Data(Bytes),
    /// The request is complete.
    End,
    /// The connection broke.
    Failed(Failure),
    /// The caller is known.
    Identified,
    /// The caller is not who it says.
    Refused(A::Fault),
    /// What the request came to. A refusal may also come while the request is read: there is no room for it (see
    /// [`Exchange::holds`](crate::Exchange::holds)).
    Reply(Result<A::Answers, A::Fault>),
    /// The last `Write` was taken.
    Wrote,
    /// A piece of the stored file.
    Body {
        /// As in `Feed`.
        offset: u64,
        /// The piece; not empty.
        chunk: Bytes,
    },
    /// The stored file cannot be read.
    BodyGone,
}

impl<A: Api> fmt::Debug for Duty<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Identify(credential) => write!(f, "Identify {credential:?}"),
            Self::Serve(request) => write!(f, "Serve {request:?}"),
            Self::File(head) => write!(f, "File {:?}", head.file_name),
            Self::Chunk(chunk) => write!(f, "Chunk {} bytes", chunk.len()),
            Self::FileEnd => f.write_str("FileEnd"),
            Self::FilesEnd => f.write_str("FilesEnd"),
            Self::Open { head, length } => write!(f, "Open {head:?} {length:?}"),
            Self::Write(chunk) => write!(f, "Write {} bytes", chunk.len()),
            Self::Finish => f.write_str("Finish"),
            Self::Abort => f.write_str("Abort"),
            Self::Feed { offset, max } => write!(f, "Feed {offset}, at most {max}"),
            Self::Wait { until, why, on } => write!(f, "Wait for {why:?} until {until:?} on {on:?}"),
            Self::Done(outcome) => write!(f, "Done {:?} {}", outcome.name, outcome.status),
        }
    }
}
