//! Which fault reports which refusal.

use larder_core::Operation;
use larder_proto_e2::{E2, ErrorCode, Fault};

use crate::refusal::{Refusal, ResellerRefusal};

/// The fault that reports a refusal which is no operation's own.
#[must_use]
pub fn fault(refusal: &Refusal) -> Fault {
    if *refusal == Refusal::Unauthorized { Fault::unauthorized() } else { Fault::failed() }
}

/// The fault that reports a refusal of `O`: in the words that its own table prints (ledger E17).
pub(super) fn by<O: Operation<Api = E2>>(refusal: &Refusal) -> Fault {
    let row = code(refusal).and_then(|code| O::FAULTS.iter().find(|row| row.code == code.as_str()));
    row.map_or_else(|| fault(refusal), |row| Fault::from(*row))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the refusals of the other API")]
fn code(refusal: &Refusal) -> Option<ErrorCode> {
    Some(match refusal {
        Refusal::UserSignedUp => ErrorCode::UserSignedUp,
        Refusal::EmailInUse => ErrorCode::EmailAlreadyInUse,
        Refusal::Reseller(refusal) => match refusal {
            ResellerRefusal::UserNotFound => ErrorCode::AccountNonExistent,
            ResellerRefusal::AlreadyDisabled => ErrorCode::UserAccountAlreadyDisabled,
            ResellerRefusal::AlreadyEnabled => ErrorCode::UserAccountAlreadyEnabled,
            ResellerRefusal::NotDisabled => ErrorCode::UserAccountNotDisabled,
            ResellerRefusal::Disabled => ErrorCode::UserDisabled,
            ResellerRefusal::RegionAlreadyEnabled => ErrorCode::RegionAlreadyEnabled,
            ResellerRefusal::StorageNotFound => ErrorCode::StorageNonExistent,
            ResellerRefusal::AccessKeyNotFound => ErrorCode::AccessKeyNonExistent,
        },
        _ => return None,
    })
}
