//! Refusals that tell: after an attempt whose reply was lost, they mean that it was carried out.

use larder_core::Recovered;

use super::{Documented, ErrorCode, Fault};

/// A removal of what has a number of its own: what is gone may be so for another reason.
pub(crate) const GONE: &str =
    "it is not there now; whether it was this request that removed it, or whether it ever was there, could not be verified";

/// A removal of what has a name that can be given again.
pub(crate) const NAME_GONE: &str = "it is not there now; whether it was this request that removed it, or whether it ever was \
    there, could not be verified; one of the same name that was made after the request was lost may have been removed, too";

impl Fault {
    /// The lost attempt's answer, if this refusal has the code that tells.
    pub(crate) fn tells<T>(&self, code: &ErrorCode, answer: T, caveat: &'static str) -> Option<(T, Recovered)> {
        (self.code == *code).then_some((answer, Recovered { caveat }))
    }

    /// The same where the code alone does not tell (ledger E16): one of these rows is it.
    pub(crate) fn tells_as<T>(&self, rows: &[Documented], answer: T, caveat: &'static str) -> Option<(T, Recovered)> {
        rows.iter().any(|row| self.is(row)).then_some((answer, Recovered { caveat }))
    }
}
