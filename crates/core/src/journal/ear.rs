//! What the machines of calls say of secrets to whoever records them.

use crate::{Meta, Redactor, Secret};

/// Listens during one poll. It is there only while somebody records, and keeps nothing between polls.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    secrets: Redactor,
    /// An attempt has begun: whether its answer holds a secret.
    pub(crate) begun: Option<bool>,
    /// An answer was understood, so that its secrets are known.
    pub(crate) is_understood: bool,
    /// The answer that has begun is a file.
    pub(crate) is_file: bool,
    /// The attempt is over.
    pub(crate) is_over: bool,
}

impl Ear {
    /// An attempt begins, with these secrets.
    pub(crate) fn begins(&mut self, secrets: Redactor, token: Option<&Secret>, operation: &Meta) {
        self.secrets.join(secrets);
        token.cloned().into_iter().for_each(|token| self.hears(token));
        self.begun = Some(operation.confides);
    }

    /// An answer was looked at.
    pub(crate) fn judged(&mut self, confided: &Redactor, is_understood: bool) {
        self.joins(confided);
        self.is_understood |= is_understood;
    }

    pub(crate) fn hears(&mut self, secret: Secret) {
        self.secrets.add(secret);
    }

    pub(crate) fn joins(&mut self, secrets: &Redactor) {
        self.secrets.join(secrets.clone());
    }

    /// All that it heard of.
    pub(crate) fn secrets(&self) -> &[Secret] {
        self.secrets.secrets()
    }
}
