//! What a call or a flow did, again, from its file alone. See [`larder_core::journal`].

use larder_core::journal::{Journal, Replayed, Unlike};

use crate::E2;

/// Makes the machine anew that a journal is of, tells it what the journal says, and compares all that it does.
///
/// # Errors
/// The journal cannot be read, or is of another API; or the first difference.
pub fn replay(bytes: impl AsRef<[u8]>) -> Result<Replayed, Unlike> {
    let journal = Journal::read(bytes)?;
    journal.replay_call::<E2>()
}
