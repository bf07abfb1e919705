//! What the machines of calls say of secrets to whoever records them.

use crate::{Meta, Redactor, Secret};

/// Listens during one poll. It is there only while somebody records, and keeps nothing between polls.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    secrets: Redactor,
    /// What may be secret in where it was sent to.
    places: Redactor,
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
        self.secrets.join(confided.clone());
        self.is_understood |= is_understood;
    }

    pub(crate) fn hears(&mut self, secret: Secret) {
        self.secrets.add(secret);
    }

    /// It is sent elsewhere.
    pub(crate) fn is_led(&mut self, places: &Redactor) {
        self.places.join(places.clone());
    }

    /// What may be secret in where it was sent to, or not.
    pub(crate) fn places(&self) -> &[Secret] {
        self.places.secrets()
    }

    /// All that it heard of.
    pub(crate) fn secrets(&self) -> &[Secret] {
        self.secrets.secrets()
    }
}
