//! What the end of a child means for its flow.

use larder_core::{BodyFlaw, Error, ErrorKind, FaultClass, Meta, PeerFlaw, Phase};

use super::base::Failed;
use crate::Fault;

/// What the end of a call that sends something means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Nothing was carried out: it can be sent again.
    Nothing,
    /// It may have been carried out.
    Reply,
    /// It may have been carried out, and asking again hardly helps.
    Garbled,
    /// No.
    Final,
}

/// How a flow ends when it fails: what is in doubt stays so, whatever went wrong after it.
pub(super) fn in_doubt(doubt: &mut Option<Failed>, error: Failed) -> Failed {
    let Some(doubt) = doubt.take() else { return error };
    let meta = doubt.operation;
    let told = match error.kind {
        ErrorKind::Body(BodyFlaw::Gone) => doubt,
        // These say something of their own.
        ErrorKind::Deadline(_) | ErrorKind::Cancelled | ErrorKind::Content(_) | ErrorKind::Body(_) => error,
        ErrorKind::Encode(_)
        | ErrorKind::NoSession
        | ErrorKind::Fault(_)
        | ErrorKind::Peer(_)
        | ErrorKind::Failure(_)
        | ErrorKind::OutcomeUnknown(_)
        | _ => doubt,
    };
    unsure(told, meta)
}

/// What the operation of a flow was to do may have been done, whatever the error says.
pub(super) fn unsure(mut error: Failed, operation: Meta) -> Failed {
    (error.operation, error.is_in_doubt) = (operation, true);
    error
}

/// Whether a call that ended so may have been carried out.
pub(super) fn lost(error: &Error<Fault>) -> Lost {
    use larder_core::Fault as _;
    match &error.kind {
        ErrorKind::Failure(_) if error.phase <= Phase::Connect => Lost::Nothing,
        ErrorKind::Failure(_) | ErrorKind::OutcomeUnknown(_) => Lost::Reply,
        // A proxy in front of the service says so.
        ErrorKind::Peer(PeerFlaw::Status(429 | 500..=599)) => Lost::Reply,
        ErrorKind::Peer(_) => Lost::Garbled,
        ErrorKind::Fault(fault) if fault.class() == FaultClass::Transient => Lost::Nothing,
        ErrorKind::Fault(_)
        | ErrorKind::Encode(_)
        | ErrorKind::NoSession
        | ErrorKind::Deadline(_)
        | ErrorKind::Body(_)
        | ErrorKind::Content(_)
        | ErrorKind::Cancelled
        | _ => Lost::Final,
    }
}

/// Whether it is of no use to ask once more what is safe to ask: the service has said no, or its answer was none.
pub(super) fn is_final(error: &Error<Fault>) -> bool {
    match &error.kind {
        ErrorKind::Peer(PeerFlaw::Status(429 | 502..=504)) => false,
        ErrorKind::Peer(_) => true,
        ErrorKind::Encode(_)
        | ErrorKind::NoSession
        | ErrorKind::Fault(_)
        | ErrorKind::Failure(_)
        | ErrorKind::OutcomeUnknown(_)
        | ErrorKind::Body(_)
        | ErrorKind::Deadline(_)
        | ErrorKind::Content(_)
        | ErrorKind::Cancelled
        | _ => lost(error) == Lost::Final,
    }
}
