//! Errors by blame: the embedder, the caller, the peer, the service, the transport.

use core::fmt;
use core::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ExchangeId, Fault, FaultClass, Meta, Phase, Reject, Repeat, Why, cycle::Illegal};

/// The embedder broke the contract of a [`Machine`](crate::Machine): a bug in its driver. The machine is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// An event that cannot come now.
    #[error("{0}")]
    Order(#[from] Illegal),
    /// A `Wrote` without a `Write`.
    #[error("nothing was written that could be acknowledged")]
    NothingWritten,
    /// A piece of the file that was not asked for: wrong offset, or no `Feed` outstanding.
    #[error("the file is wanted at {wanted:?}, not at {offset}")]
    NotAsked {
        /// The offset that the machine waits for; none when it waits for no piece.
        wanted: Option<u64>,
        /// The offset that was given.
        offset: u64,
    },
    /// An exchange that was never opened.
    #[error("exchange {} was never opened", .0.0)]
    NeverOpened(ExchangeId),
    /// A reply, or word on an identity, that nobody asked for.
    #[error("{0} was not asked for")]
    Unasked(&'static str),
    /// The call is over.
    #[error("the machine is done")]
    Done,
}

/// What a broken transport can say. Retry rule: tried again, as often as the policy and the client's budget allow, when the
/// phase is `Connect` or the operation is safe to repeat; a download goes on where it broke off, if it can
/// ([`Resume`](crate::Resume)). Otherwise the outcome is unknown. What will be the same the next time
/// ([`is_lasting`](Self::is_lasting)) is not tried again. The system's own words are in [`Error::detail`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The host's name has no address, or whoever resolves names is in trouble: systems do not tell these apart. Look for a typo
    /// in the host. Nothing was sent: tried again.
    #[error("the host's name could not be resolved")]
    Resolve,
    /// Nobody listens at this port of the host, or its firewall says so. Nothing was sent: tried again, for a service that
    /// restarts.
    #[error("the connection was refused")]
    Refused,
    /// No connection for another reason: unreachable, timed out, closed in the middle of the TLS handshake. Nothing was sent:
    /// tried again.
    #[error("no connection")]
    Connect,
    /// The server's certificate is not trusted, has expired, or is for another name. Nothing was sent. Not tried again: it is
    /// the same the next time.
    #[error("the server's certificate is not accepted")]
    Certificate,
    /// The TLS handshake failed otherwise: the peer does not speak TLS, or no version that we do, or gave up. Nothing was sent.
    /// Not tried again: what the two are able to do does not change from one attempt to the next.
    #[error("the TLS handshake failed")]
    Tls,
    /// The connection broke. Tried again if the operation is safe to repeat.
    #[error("the connection broke")]
    Reset,
    /// The answer ended before its declared length. Tried again if the operation is safe to repeat.
    #[error("the answer was cut short")]
    Truncated,
    /// The peer did not speak HTTP. Tried again if the operation is safe to repeat: it may be a proxy in trouble.
    #[error("the peer does not speak HTTP")]
    Protocol,
    /// The peer was silent for too long. Tried again if the operation is safe to repeat.
    #[error("the peer was silent for too long")]
    Silence,
    /// The attempt took longer than one may. Tried again if the operation is safe to repeat.
    #[error("the attempt took too long")]
    Late,
}

impl Failure {
    /// Whether the next attempt would fail the same way: there is no TLS with this peer.
    #[must_use]
    pub fn is_lasting(self) -> bool {
        matches!(self, Self::Certificate | Self::Tls)
    }
}

/// An answer that is no answer of this API. Retry rule: final, but for what a proxy says of itself
/// ([`Status`](Self::Status)). Whether the operation was carried out is unknown unless it is safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum PeerFlaw {
    /// It could not be decoded. Never tried again: it would be the same.
    #[error("malformed answer (status {status}): {reject}")]
    Malformed {
        /// The HTTP status.
        status: u16,
        /// What was wrong with it.
        reject: Reject,
    },
    /// It was longer than [`Limits::answer`](crate::Limits::answer) allows, in bytes. Never tried again.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
    /// A status that the API does not document, with a body that is none of its messages. Tried again if it is 429, 502,
    /// 503 or 504 and the operation is safe to repeat: a proxy speaks, and the service may do better in a moment.
    #[error("undocumented HTTP status {0}")]
    Status(u16),
    /// It said that all was well before it had the whole request: part of it may be stored, or all of another. Tried again only
    /// where a second refusal tells ([`Repeat::Telling`]).
    #[error("the service said that all was well before it had the whole request")]
    Early,
    /// A redirect that cannot be followed: it names no place, leads away from TLS, or is one more than
    /// [`Limits::redirects`](crate::Limits::redirects). Never tried again; [`Error::host`] is who sent it.
    #[error("a redirect that cannot be followed")]
    Redirect,
}

impl PeerFlaw {
    /// Whether it is the word of a proxy in front of the service, which may do better in a moment.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Status(429 | 502..=504))
    }
}

/// The caller's file was not what it promised to be. Retry rule: final; what was sent of it is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum BodyFlaw {
    /// It ended before the promised length, or went beyond it, in bytes. Asking again needs another promise.
    #[error("the file has {got} bytes where {promised} were promised")]
    Length {
        /// The promised length.
        promised: u64,
        /// What came (at least).
        got: u64,
    },
    /// It is not the file of which another process has sent a part.
    #[error("the file has changed since a part of it was sent")]
    Changed,
    /// It cannot be had (again). When an attempt before failed, that is reported instead.
    #[error("the file is gone")]
    Gone,
}

/// What is stored, or was fetched, is not what was sent. Retry rule: final here; a caller may begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ContentFlaw {
    /// It has another length, in bytes.
    #[error("the file has {ours} bytes here and {theirs} at the service")]
    Length {
        /// On our side.
        ours: u64,
        /// As the service says.
        theirs: u64,
    },
    /// It has another checksum.
    #[error("the file's checksum at the service is another than here")]
    Checksum,
    /// It is not there any more.
    #[error("the file is not at the service")]
    Missing,
    /// It was changed while it was being fetched: what was handed on is of a file that is no more. Begin anew.
    #[error("the file changed while it was being fetched")]
    Changed,
}

/// What kind of error a call ended with. Each says what was done about it before, and whether asking again may help.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind<F> {
    /// The operation's own values cannot be sent. Nothing was sent, and nothing will be as long as they stay.
    Encode(Reject),
    /// The operation needs a session, and the client has neither a token nor credentials. Nothing was sent.
    NoSession,
    /// The service said no. Tried again where [`Fault::class`](crate::Fault::class) says that it is in trouble and the
    /// operation is safe to repeat; once after a new login where it says that the session is over.
    Fault(F),
    /// The peer's answer was none: see [`PeerFlaw`]. Whether the operation was carried out is unknown unless it is safe to
    /// repeat.
    Peer(PeerFlaw),
    /// The transport failed, and repeating was safe but did not help; or a download broke off and cannot go on (see
    /// [`Resume`](crate::Resume)). Asking again is safe.
    Failure(Failure),
    /// The reply of an operation that must not be repeated was lost: it may or may not have been carried out.
    /// Not tried again: look first.
    OutcomeUnknown(Failure),
    /// The time for the call ran out while waiting for this. See [`Error::is_outcome_unknown`].
    Deadline(Why),
    /// The file to send failed the caller.
    Body(BodyFlaw),
    /// The content at the two ends differs. What is stored stays as it is.
    Content(ContentFlaw),
    /// The caller cancelled. See [`Error::is_outcome_unknown`].
    Cancelled,
}

/// How a call ended.
pub type CallResult<T, F> = Result<T, Box<Error<F>>>;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// As it was meant to.
    Success,
    /// With an answer of this HTTP status that is a refusal of the service, or none of its answers.
    Refused(u16),
    /// With a redirect.
    Redirected,
    /// The service said that the session was over.
    SessionOver,
    /// The transport failed.
    Failed(Failure),
    /// It was given up: by the caller, by the call's clock, or because the caller's file was not as promised.
    GivenUp,
}

/// One attempt: what it was for, when it was made, and how it ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Attempted {
    /// The operation that was sent: the call's own, or the login's.
    pub operation: Meta,
    /// When it began, since the call began.
    pub began: Duration,
    /// How long it took.
    pub took: Duration,
    /// How far it came.
    pub phase: Phase,
    /// How it ended.
    pub verdict: Verdict,
}

// By hand: of the operation, its name is enough.
impl fmt::Debug for Attempted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, began, took, phase, verdict } = self;
        write!(f, "{operation} at {began:?} for {took:?}, {phase:?}: {verdict:?}")
    }
}

/// The first bytes of an answer that was none, or a refusal, as they came: for people who must find out why. Secrets of the
/// request and of the session are replaced by `REDACTED`, in every encoding that the API writes them in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body's beginning, at most [`RawAnswer::MAX`] bytes of it; what is not UTF-8 is replaced.
    pub body: String,
}

impl RawAnswer {
    /// Bytes of a body that are kept. Enough for any message of a service, and for the part of a proxy's page that says what
    /// is wrong.
    pub const MAX: usize = 4 << 10;
}

/// How a call ended when it did not succeed. Never holds a secret. The service's own words are in
/// [`raw`](Self::raw) and in its fault, which `Display` repeats: secrets of the request and of the session are taken out of both.
///
/// Fields may come in a minor version: a parent machine makes one with [`Error::new`], by itself or behind `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error<F> {
    /// What kind of error it is.
    pub kind: ErrorKind<F>,
    /// The operation.
    pub operation: Meta,
    /// The attempts that were made, logins among them; the newest [`Error::ATTEMPTS`] of them.
    pub attempts: Vec<Attempted>,
    /// How long the call took.
    pub elapsed: Duration,
    /// How far the last attempt came, or an earlier one that came further and whose reply was lost.
    pub phase: Phase,
    /// The host (and port) that was spoken to.
    pub host: String,
    /// What the last answer said, if there was one.
    pub raw: Option<RawAnswer>,
    /// Whether this attempt, or one before it, may have been carried out whatever the [`kind`](Self::kind) says: the reply was
    /// lost, or the service was in trouble, and nothing since has told.
    pub is_in_doubt: bool,
    /// What the operating system or TLS said of the failure ("Connection refused (os error 111)"), if they did: at most
    /// [`Error::DETAIL`] bytes, without secrets. For people: the text depends on the system.
    pub detail: Option<Box<str>>,
    /// How long the peer asked to be left alone when it last refused (`Retry-After`). For who decides on another call.
    pub retry_after: Option<Duration>,
}

impl<F> Error<F> {
    /// Attempts that an error remembers.
    pub const ATTEMPTS: usize = 32;
    /// Bytes that are kept of what the system said of a failure.
    pub const DETAIL: usize = 200;

    /// An error of a call that sent nothing, or of a parent machine.
    #[must_use]
    pub fn new(kind: ErrorKind<F>, operation: Meta, host: impl Into<String>) -> Self {
        Self {
            kind,
            operation,
            attempts: Vec::new(),
            elapsed: Duration::ZERO,
            phase: Phase::Idle,
            host: host.into(),
            raw: None,
            is_in_doubt: false,
            detail: None,
            retry_after: None,
        }
    }

    /// Whether the operation may have been carried out although this says that it failed. Look before asking again.
    pub fn is_outcome_unknown(&self) -> bool {
        match &self.kind {
            _ if self.is_in_doubt && self.operation.repeat != Repeat::Safe => true,
            ErrorKind::OutcomeUnknown(_) => true,
            ErrorKind::Deadline(_) | ErrorKind::Cancelled | ErrorKind::Peer(_) | ErrorKind::Body(_) => {
                self.phase > Phase::Connect && self.operation.repeat != Repeat::Safe
            }
            ErrorKind::Encode(_) | ErrorKind::NoSession | ErrorKind::Fault(_) | ErrorKind::Failure(_) | ErrorKind::Content(_) => {
                false
            }
        }
    }

    /// The service's own refusal, if that is what it was.
    pub fn fault(&self) -> Option<&F> {
        match &self.kind {
            ErrorKind::Fault(fault) => Some(fault),
            ErrorKind::Encode(_)
            | ErrorKind::NoSession
            | ErrorKind::Peer(_)
            | ErrorKind::Failure(_)
            | ErrorKind::OutcomeUnknown(_)
            | ErrorKind::Deadline(_)
            | ErrorKind::Body(_)
            | ErrorKind::Content(_)
            | ErrorKind::Cancelled => None,
        }
    }
}

impl<F: Fault> Error<F> {
    /// Whether the caller may make the same call again without risk, and it may help.
    pub fn is_retryable(&self) -> bool {
        let is_harmless = self.phase <= Phase::Connect || self.operation.repeat != Repeat::Unsafe;
        match &self.kind {
            ErrorKind::Fault(fault) => match fault.class() {
                FaultClass::Permanent => false,
                FaultClass::Transient => is_harmless,
                // Nothing was carried out.
                FaultClass::Session => true,
            },
            ErrorKind::Peer(flaw) => is_harmless && flaw.is_transient(),
            ErrorKind::Failure(failure) => is_harmless && !failure.is_lasting(),
            ErrorKind::OutcomeUnknown(_) | ErrorKind::Deadline(_) | ErrorKind::Cancelled => is_harmless,
            ErrorKind::Content(flaw) => is_harmless && *flaw == ContentFlaw::Changed,
            ErrorKind::Encode(_) | ErrorKind::NoSession | ErrorKind::Body(_) => false,
        }
    }
}

impl<F: fmt::Display> fmt::Display for ErrorKind<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(reject) => write!(f, "{reject}"),
            Self::NoSession => f.write_str("no session, and no credentials to open one"),
            Self::Fault(fault) => write!(f, "{fault}"),
            Self::Peer(flaw) => write!(f, "{flaw}"),
            Self::Failure(failure) => write!(f, "{failure}"),
            Self::OutcomeUnknown(failure) => write!(f, "outcome unknown: {failure} before the reply came"),
            Self::Deadline(why) => write!(f, "time ran out, waiting for {why:?}"),
            Self::Body(flaw) => write!(f, "{flaw}"),
            Self::Content(flaw) => write!(f, "{flaw}"),
            Self::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl<F: fmt::Display> fmt::Display for Error<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.operation, self.host, self.kind)?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        let own = self.attempts.iter().filter(|attempt| attempt.operation == self.operation).count();
        if own > 1 {
            write!(f, " (attempt {own})")?;
        }
        Ok(())
    }
}

impl<F: fmt::Display + fmt::Debug> core::error::Error for Error<F> {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Verb;

    #[test]
    fn what_may_have_been_done_all_the_same() {
        const UNSAFE: Meta = Meta::unary("toy", "take", Verb::Post);
        const SAFE: Meta = Meta::unary("toy", "look", Verb::Get).safe();
        let unknown = |kind: ErrorKind<()>, operation: Meta, phase: Phase| {
            Error { phase, ..Error::new(kind, operation, "toy.example") }.is_outcome_unknown()
        };
        assert!(unknown(ErrorKind::OutcomeUnknown(Failure::Reset), UNSAFE, Phase::Send));
        assert!(unknown(ErrorKind::Deadline(Why::Answer), UNSAFE, Phase::Await));
        assert!(unknown(ErrorKind::Cancelled, UNSAFE, Phase::Send));
        assert!(!unknown(ErrorKind::Cancelled, UNSAFE, Phase::Connect));
        assert!(!unknown(ErrorKind::Deadline(Why::Answer), SAFE, Phase::Await));
        assert!(!unknown(ErrorKind::Fault(()), UNSAFE, Phase::Receive));
    }
}
