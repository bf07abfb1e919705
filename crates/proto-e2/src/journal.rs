//! What a call or a flow did, again, from its file alone. See [`larder_core::journal`].

use larder_core::journal::{Journal, Replayed, Unlike};

use crate::E2;
use crate::flow::{CreateKey, EnableRegion, RemoveOrphans};

/// Makes the machine anew that a journal is of, tells it what the journal says, and compares all that it does.
///
/// # Errors
/// The journal cannot be read, or is of another API; or the first difference.
pub fn replay(bytes: impl AsRef<[u8]>) -> Result<Replayed, Unlike> {
    again(&Journal::read(bytes)?)
}

/// The same, of a journal that was read.
///
/// # Errors
/// As [`replay`].
pub fn again(journal: &Journal) -> Result<Replayed, Unlike> {
    journal.is_of::<E2>()?;
    match journal.recipe()?.machine.as_str() {
        "EnableRegion" => journal.replay::<E2, _>(EnableRegion::made(journal.made_of()?)),
        "CreateKey" => journal.replay::<E2, _>(CreateKey::made(journal.made_of()?)),
        "RemoveOrphans" => journal.replay::<E2, _>(RemoveOrphans::made(journal.made_of()?)),
        _ => journal.replay_call::<E2>(),
    }
}
