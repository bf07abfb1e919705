//! What a refusal means for the next step.

use larder_core::FaultClass::{self, Permanent, Transient};
use larder_core::Redactor;

use super::{Documented, ErrorType, Fault};
use crate::{AddCname, RemoveCname, UpdateCname};

/// Every printed message of `request_processing_failed`, the one code that stands for failures that pass and failures that
/// stay: status, type and message decide together (ledger E16).
const PRINTED: [(Documented, FaultClass); 10] = [
    (AddCname::UNUSABLE, Permanent),
    (AddCname::NO_STORAGE, Permanent),
    (AddCname::ALREADY_THERE, Permanent),
    (AddCname::UNVERIFIED, Permanent),
    (UpdateCname::ALREADY_THERE, Permanent),
    (UpdateCname::UNREACHABLE, Transient),
    (RemoveCname::NO_CNAME, Permanent),
    (RemoveCname::NOT_REMOVED, Transient),
    (RemoveCname::FAILED, Transient),
    (RemoveCname::NO_DATA, Permanent),
];

impl Fault {
    /// Blanks around a message and its capitals are not looked at.
    pub(super) fn is(&self, row: &Documented) -> bool {
        (self.status, self.kind.as_str(), self.code.as_str()) == (row.status, row.kind, row.code)
            && self.message.trim().eq_ignore_ascii_case(row.message)
    }
}

impl larder_core::Fault for Fault {
    /// What is printed is judged by its row. Of the rest, an overload and a gateway's failure pass whatever the body says;
    /// a 500 passes unless its type says that the request is at fault; everything else stays.
    fn class(&self) -> FaultClass {
        match PRINTED.iter().find(|(row, _)| self.is(row)) {
            Some((_, class)) => *class,
            None => match (self.status, &self.kind) {
                (429 | 502..=504, _) => Transient,
                (500, ErrorType::InvalidRequest) => Permanent,
                (500, _) => Transient,
                _ => Permanent,
            },
        }
    }

    fn redacted(self, redactor: &Redactor) -> Self {
        Self {
            kind: redactor.redact(self.kind.as_str()).into(),
            code: redactor.redact(self.code.as_str()).into(),
            message: redactor.redact(&self.message),
            errors: self.errors.redacted(redactor),
            headers: self.headers.redacted(redactor),
            raw: self.raw.redacted(redactor),
            status: self.status,
        }
    }
}
