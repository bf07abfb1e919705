//! What a client has only here.

use super::Client;
use super::transport::Cancel;

impl Client {
    /// The same client, whose calls `cancel` ends too; those of other clones go on. Options that are set afterwards undo it.
    #[must_use]
    pub fn with_cancel(self, cancel: &Cancel) -> Self {
        Self { transport: self.transport.with_cancel(cancel), ..self }
    }
}
